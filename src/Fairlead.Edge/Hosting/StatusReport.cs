using System.Text.Json;
using Fairlead.Edge.Configuration;

namespace Fairlead.Edge.Hosting;

/// <summary><c>fairlead edge status</c>: asks the health endpoint of a running connector.</summary>
internal static class StatusReport
{
    private const int Failed = 1;
    private const int Offline = 4;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Prints where the links stand.</summary>
    /// <returns>0, or 4 when no connector answers.</returns>
    public static int Run(GoFlags flags, TextWriter to, TextWriter error)
    {
        // What else is wrong with the configuration does not matter here.
        var configuration = EdgeConfiguration.Load(flags, Environment.GetEnvironmentVariable);
        if (configuration.Values.TextOrNull("metrics.listen") is not { } address)
        {
            error.WriteLine("fairlead edge status: metrics.listen is empty, so there is nobody to ask");
            return Failed;
        }

        string text;
        try
        {
            using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = Patience };
            text = client.GetStringAsync(new Uri($"http://{address}/status")).GetAwaiter().GetResult();
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException or UriFormatException)
        {
            error.WriteLine($"fairlead edge status: no connector answers at {address}: {exception.Message}");
            return Offline;
        }

        if (flags.WantsJson) to.Write(text);
        else Write(text, to);
        return 0;
    }

    private static void Write(string text, TextWriter to)
    {
        using var document = JsonDocument.Parse(text);
        var root = document.RootElement;
        to.WriteLine($"local broker  {(root.GetProperty("local").GetBoolean() ? "connected" : "not connected")}");
        foreach (var link in root.GetProperty("links").EnumerateObject())
        {
            var status = link.Value;
            string state = status.GetProperty("connected").GetBoolean() ? "connected" : status.GetProperty("cause").GetString()!;
            var since = DateTimeOffset.FromUnixTimeSeconds(status.GetProperty("since").GetInt64());
            to.WriteLine($"link {link.Name}  {state} since {since:yyyy-MM-ddTHH:mm:ssZ}");
            if (status.TryGetProperty("detail", out var detail)) to.WriteLine($"  last error  {detail.GetString()}");
            if (status.TryGetProperty("attempt", out var attempt)) to.WriteLine($"  next attempt  {attempt}, in {Number(status, "nextRetryMs")} ms");
            to.WriteLine($"  buffered  {Number(status, "buffered")} messages, {Number(status, "bufferedBytes")} bytes, oldest {Number(status, "oldestMs")} ms");
            to.WriteLine($"  dropped  {Number(status, "dropped")}, dead letters {Number(status, "deadLettered")}");
        }
    }

    private static long Number(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetInt64() : 0;
}
