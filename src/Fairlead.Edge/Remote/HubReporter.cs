using System.Globalization;
using Fairlead.Client.Mqtt;
using Fairlead.Edge.Status;
using Fairlead.Protocols.Mqtt;

namespace Fairlead.Edge.Remote;

/// <summary>
/// Tells a Fairlead hub how the link is doing, over the link itself: on a topic of the hub's own, at QoS 0, past the spool, for what is told
/// late is of no use. Only where the settings say that the endpoint is such a hub.
/// </summary>
internal sealed class HubReporter(RemoteLink link, LinkServices services, MqttClient client)
{
    /// <summary>The topic. Whose report it is, the hub knows from the connection.</summary>
    public const string Topic = "$fairlead/edge/report";

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    /// <summary>Reports at once, then whenever something has changed, until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        string told = "";
        bool moves = false;
        while (true)
        {
            var figures = services.ReadFigures(link);
            string fingerprint = string.Create(CultureInfo.InvariantCulture, $"{figures} {link.Sent} {link.ShadowSyncedAt}");
            bool changed = fingerprint != told;
            // Once more when nothing moves any longer: a rate is the difference of two reports.
            if (changed || moves)
            {
                byte[] report = StatusMessage.WriteReport(link, figures, services.Time.GetUtcNow());
                await client.PublishAsync(Topic, report, QualityOfService.AtMostOnce, retain: false, cancellationToken);
            }

            (told, moves) = (fingerprint, changed);
            await Task.Delay(Interval, services.Time, cancellationToken);
        }
    }
}
