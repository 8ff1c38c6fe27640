using System.CommandLine;
using System.Text.Json;

namespace Fairlead.Verbs.Gateway;

/// <summary><c>fairlead gateway status</c>: asks a running gateway.</summary>
internal static class GatewayStatus
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var command = new Command("status", "Ask a running gateway what it holds: connections, devices, what waits. Exit code 1 when it is not ready.");
        var url = new Option<Uri>("--url") { Description = "Where it listens.", HelpName = "URL", DefaultValueFactory = static _ => new Uri("http://127.0.0.1:8088") };
        var json = new Option<bool>("--json") { Description = "Output as JSON." };
        command.Add(url);
        command.Add(json);
        HelpWithExamples.AddTo(
            command,
            """
            fairlead gateway status                          # of the gateway in fairlead dev
            fairlead gateway status --url http://10.0.0.7:8088 --json | jq .devices
            """,
            hasLetter: true);
        command.SetAction((result, cancellationToken) => AskAsync(result.GetValue(url)!, result.GetValue(json), cancellationToken));
        return command;
    }

    private static async Task<int> AskAsync(Uri url, bool asJson, CancellationToken cancellationToken)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = Patience };
        try
        {
            using var response = await client.GetAsync(new Uri(url, "/status"), cancellationToken);
            string text = await response.Content.ReadAsStringAsync(cancellationToken);
            if (!response.IsSuccessStatusCode)
            {
                await Console.Error.WriteLineAsync($"fairlead gateway: {url} answers {(int)response.StatusCode}: {text.ReplaceLineEndings(" ")}");
                return ExitCode.Failed;
            }

            using var document = JsonDocument.Parse(text);
            if (asJson) await Console.Out.WriteLineAsync(text);
            else Write(document.RootElement);
            return document.RootElement.TryGetProperty("ready", out var ready) && ready.ValueKind == JsonValueKind.True ? ExitCode.Done : ExitCode.Failed;
        }
        catch (Exception exception) when (exception is HttpRequestException or JsonException or TaskCanceledException)
        {
            await Console.Error.WriteLineAsync($"fairlead gateway: nothing that is a gateway answers at {url}: {exception.Message}");
            return ExitCode.NotFound;
        }
    }

    private static void Write(JsonElement status)
    {
        foreach (var member in status.EnumerateObject()) Console.Out.WriteLine($"{member.Name,-12}{member.Value}");
    }
}
