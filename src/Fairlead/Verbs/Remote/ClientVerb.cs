using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Fairlead.Verbs.Remote;

/// <summary><c>fairlead client ls|get|kick</c>.</summary>
internal sealed class ClientVerb(Terminal terminal)
{
    private static readonly string[] Columns = ["clientId", "connected", "principal", "version", "listener", "remoteAddress", "since", "subscriptions", "queued", "inflight"];

    public Command Create()
    {
        var command = new Command("client", "The clients of a hub.");
        command.Subcommands.Add(CreateList());
        command.Subcommands.Add(CreateOne("get", "Show one client.", "fairlead client get lamp1 --data ./data --json", GetAsync));
        command.Subcommands.Add(CreateOne("kick", "Disconnect a client; an MQTT 5 client is told Administrative action (0x98).", "fairlead client kick lamp1 --data ./data", KickAsync));
        return command;
    }

    private Command CreateList()
    {
        const string Examples =
            """
            fairlead client ls --data ./data
            fairlead client ls --prefix lamp --json | jq -r .clientId
            """;
        var api = new ApiFlags();
        var talk = new TalkFlags(30, "Longest wait for an answer");
        var prefix = new Option<string?>("--prefix") { Description = "Only Client Identifiers that begin so.", HelpName = "text" };
        var limit = new Option<int>("--limit") { Description = "At most so many.", HelpName = "number", DefaultValueFactory = _ => 10_000 };
        var command = new Command("ls", "List clients, connected or with a stored Session.");
        command.Options.Add(prefix);
        command.Options.Add(limit);
        api.AddTo(command, withToken: true);
        talk.AddTo(command);
        HelpWithExamples.AddTo(command, Examples);
        command.SetAction((result, cancellationToken) =>
        {
            var settings = talk.Read(result);
            return VerbRunner.RunAsync("client ls", terminal, settings, async () =>
            {
                if (result.GetValue(limit) < 1)
                    throw VerbException.Usage("cannot list", "--limit takes 1 or more", "Give such a number");
                using var hub = api.Open(result, settings, terminal);
                return await ListAsync(hub, settings, result.GetValue(prefix), result.GetValue(limit), cancellationToken);
            });
        });
        return command;
    }

    private Command CreateOne(
        string name,
        string description,
        string example,
        Func<HubApi, TalkFlags.Settings, string, CancellationToken, Task<int>> work)
    {
        var api = new ApiFlags();
        var talk = new TalkFlags(30, "Longest wait for the answer");
        var id = new Argument<string>("client") { Description = "Client Identifier." };
        var command = new Command(name, description);
        command.Arguments.Add(id);
        api.AddTo(command, withToken: true);
        talk.AddTo(command);
        HelpWithExamples.AddTo(command, example);
        command.SetAction((result, cancellationToken) =>
        {
            var settings = talk.Read(result);
            return VerbRunner.RunAsync($"client {name}", terminal, settings, async () =>
            {
                using var hub = api.Open(result, settings, terminal);
                return await work(hub, settings, result.GetValue(id)!, cancellationToken);
            });
        });
        return command;
    }

    private async Task<int> ListAsync(HubApi hub, TalkFlags.Settings talk, string? prefix, int limit, CancellationToken cancellationToken)
    {
        string? after = null;
        int left = limit;
        var rows = new List<string[]>();
        if (!talk.Json)
            rows.Add(Columns);
        while (left > 0)
        {
            string query = $"/v1/clients?limit={Math.Min(left, 1000)}";
            if (prefix is not null)
                query += $"&prefix={Uri.EscapeDataString(prefix)}";
            if (after is not null)
                query += $"&after={Uri.EscapeDataString(after)}";
            var page = await hub.CallAsync(HttpMethod.Get, query, "cannot list clients", cancellationToken);
            if (page.ValueKind != JsonValueKind.Object || !page.TryGetProperty("clients", out var clients))
                throw new VerbException(ExitCode.Failed, "cannot list clients", "the answer is not that of a Fairlead hub", "Check that --url names the hub's HTTP listener");
            foreach (var client in clients.EnumerateArray())
            {
                if (talk.Json)
                    WriteLine(client.GetRawText());
                else
                    rows.Add([.. Columns.Select(column => Cell(client, column))]);
                left--;
            }

            // A page at a time, so that a long list begins at once.
            WriteRows(rows);
            rows.Clear();

            after = page.TryGetProperty("next", out var next) ? next.GetString() : null;
            if (after is null)
                break;
        }

        return ExitCode.Done;
    }

    private async Task<int> GetAsync(HubApi hub, TalkFlags.Settings talk, string id, CancellationToken cancellationToken)
    {
        var client = await hub.CallAsync(HttpMethod.Get, $"/v1/clients/{HubApi.Segment(id)}", $"cannot show the client {id}", cancellationToken);
        if (talk.Json)
        {
            WriteLine(client.GetRawText());
            return ExitCode.Done;
        }

        foreach (var property in client.EnumerateObject())
            WriteLine($"{property.Name + ":",-16} {Cell(client, property.Name)}");
        return ExitCode.Done;
    }

    private async Task<int> KickAsync(HubApi hub, TalkFlags.Settings talk, string id, CancellationToken cancellationToken)
    {
        await hub.CallAsync(HttpMethod.Delete, $"/v1/clients/{HubApi.Segment(id)}", $"cannot disconnect the client {id}", cancellationToken);
        if (talk.Json)
            WriteLine($$"""{"clientId":"{{JsonEncodedText.Encode(id)}}","disconnected":true}""");
        else if (!talk.Quiet)
            await terminal.Error.WriteLineAsync($"disconnected {id}");
        return ExitCode.Done;
    }

    private static string Cell(JsonElement client, string column)
    {
        if (!client.TryGetProperty(column, out var value) || value.ValueKind == JsonValueKind.Null)
            return "-";
        string text = value.ValueKind switch
        {
            JsonValueKind.String => value.GetString()!,
            JsonValueKind.True => "yes",
            JsonValueKind.False => "no",
            _ => value.GetRawText(),
        };
        if (column == "since" && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out var since))
            return since.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

        // A Client Identifier is a stranger's text: no control characters on a terminal, no tabs in a column.
        return string.Concat(text.Select(c => char.IsControl(c) ? $"\\u{(int)c:x4}" : c.ToString()));
    }

    private void WriteRows(List<string[]> rows)
    {
        if (!terminal.IsOutputInteractive)
        {
            foreach (string[] row in rows)
                WriteLine(string.Join('\t', row));
            return;
        }

        int[] widths = [.. Columns.Select((_, column) => rows.Max(row => row[column].Length))];
        foreach (string[] row in rows)
            WriteLine(string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
    }

    private void WriteLine(string line) => terminal.Output.Write(Encoding.UTF8.GetBytes(line + "\n"));
}
