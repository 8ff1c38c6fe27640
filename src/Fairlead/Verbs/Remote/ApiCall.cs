using System.CommandLine;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Fairlead.Verbs.Remote;

/// <summary>One run of a verb that calls the API.</summary>
internal sealed class ApiCall(ParseResult result, HubApi hub, TalkFlags.Settings talk, Terminal terminal, CancellationToken cancellation)
{
    public HubApi Hub => hub;

    /// <summary>The command line.</summary>
    public ParseResult Result => result;

    public TalkFlags.Settings Talk => talk;

    public Terminal Terminal => terminal;

    public CancellationToken Cancellation => cancellation;

    /// <summary>Whether <c>--yes</c> was given.</summary>
    public bool IsYes { get; init; }

    public T? Get<T>(Option<T> option) => result.GetValue(option);

    public T Get<T>(Argument<T> argument) => result.GetValue(argument)!;

    public bool IsGiven(Option option) => result.GetResult(option) is { Implicit: false };

    /// <summary>Calls and expects success.</summary>
    public Task<JsonElement> SendAsync(HubRequest request, string what) => hub.CallAsync(request, what, cancellation);

    /// <summary>Calls; null when there is no such thing.</summary>
    public async Task<JsonElement?> FindAsync(HubRequest request, string what)
    {
        var answer = await hub.SendAsync(request, cancellation);
        if (answer.Status == System.Net.HttpStatusCode.NotFound)
            return null;
        return answer.IsSuccess ? answer.Json() ?? default(JsonElement) : throw answer.ToException(what);
    }

    /// <summary>Talk for a person.</summary>
    public void Say(string text)
    {
        if (!talk.Quiet && !talk.Json)
            terminal.Error.WriteLine(text);
    }

    public void WriteLine(string line) => terminal.Output.Write(Encoding.UTF8.GetBytes(line + "\n"));

    /// <summary>One JSON object on a line, when JSON is asked for.</summary>
    public void WriteJson(JsonObject document)
    {
        if (talk.Json)
            WriteLine(JsonText.Of(document));
    }

    /// <summary>One object: JSON as the hub gave it, or its members one below the other.</summary>
    public void WriteDetails(JsonElement document)
    {
        if (talk.Json)
        {
            WriteLine(JsonText.OneLine(document));
            return;
        }

        var lines = Cells.Lines(document);
        int width = Math.Max(15, lines.Count == 0 ? 0 : lines.Max(static line => line.Name.Length)) + 1;
        foreach (var (name, value) in lines)
            WriteLine($"{(name + ":").PadRight(width)} {value}");
    }

    /// <summary>Asks before what cannot be undone; without a terminal <c>--yes</c> must have been given.</summary>
    /// <param name="what">What will be done, such as "delete the thing lamp1".</param>
    public async Task ConfirmAsync(string what)
    {
        if (IsYes)
            return;
        CheckCanAsk(what);
        await terminal.Error.WriteAsync($"{char.ToUpperInvariant(what[0])}{what[1..]}? [y/N] ");
        using var reader = new StreamReader(terminal.Input, leaveOpen: true);
        string? answer = await reader.ReadLineAsync(cancellation);
        if (answer?.Trim() is not ("y" or "Y" or "yes" or "Yes"))
            throw new VerbException(ExitCode.Failed, $"did not {what}", "the answer was not yes", "Answer y, or give --yes");
    }

    /// <summary>Whether it can be asked at all; for verbs that look around before they ask.</summary>
    public void CheckCanAsk(string what)
    {
        if (!IsYes && !(terminal.IsInputInteractive && terminal.IsInteractive))
            throw VerbException.Usage($"cannot {what}", "there is no terminal to ask at", "Give --yes");
    }

    /// <summary>All entries of a list that comes in pages.</summary>
    public async IAsyncEnumerable<JsonElement> ListAsync(string path, string member, Paging paging, string what, int? limit = null, HttpMethod? method = null)
    {
        string? token = null;
        int left = limit ?? int.MaxValue;
        do
        {
            string size = Math.Min(left, paging.Largest).ToString(System.Globalization.CultureInfo.InvariantCulture);
            var page = await SendAsync(new HubRequest(method ?? HttpMethod.Get, HubRequest.Query(path, (paging.Size, size), (paging.Token, token))), what);
            if (page.ValueKind != JsonValueKind.Object || !page.TryGetProperty(member, out var entries))
                throw new VerbException(ExitCode.Failed, what, "the answer is not that of a Fairlead hub", "Check that --url names the hub's HTTP listener");
            foreach (var entry in entries.EnumerateArray())
            {
                if (left-- == 0)
                    yield break;
                yield return entry;
            }

            token = page.TryGetProperty(paging.Next, out var next) ? next.GetString() : null;
        }
        while (token is not null && left > 0);
    }
}
