using System.Globalization;
using System.Text;
using Fairlead.Edge.Hosting;
using Fairlead.Edge.Status;

namespace Fairlead.Edge.Health;

/// <summary>The pages of the health endpoint (spec section 17.11).</summary>
internal sealed class HealthPages(EdgeParts parts, Func<bool> isAlive)
{
    /// <summary>The answer to a path; null for not found.</summary>
    public HealthAnswer? Answer(string path) => path switch
    {
        "/metrics" => new HealthAnswer(200, "text/plain; version=0.0.4", MetricsText.Write(parts)),
        "/healthz" => isAlive() ? new HealthAnswer(200, "text/plain", "alive\n") : new HealthAnswer(503, "text/plain", "a loop stands still\n"),
        "/readyz" => Ready(),
        "/status" => new HealthAnswer(200, "application/json", Status()),
        _ => null,
    };

    private HealthAnswer Ready()
    {
        var faults = new StringBuilder();
        if (!parts.Session.IsConnected) faults.Append("no connection to the local broker\n");
        if (parts.Spool.Statistics.Fault is { } fault) faults.Append(CultureInfo.InvariantCulture, $"the spool cannot be written: {fault}\n");
        return faults.Length == 0 ? new HealthAnswer(200, "text/plain", "ready\n") : new HealthAnswer(503, "text/plain", faults.ToString());
    }

    private string Status()
    {
        var now = parts.Services.Time.GetUtcNow();
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{{\"local\":{(parts.Session.IsConnected ? "true" : "false")},\"links\":{{");
        bool first = true;
        foreach (var (link, figures) in parts.ReadFigures())
        {
            if (!first) text.Append(',');
            first = false;
            text.Append(CultureInfo.InvariantCulture, $"{Encoding.UTF8.GetString(Json.JsonText.Quote(link.Options.Name).Span)}:");
            text.Append(Encoding.UTF8.GetString(StatusMessage.Write(link.Status, figures, now)));
        }

        return text.Append("}}\n").ToString();
    }
}
