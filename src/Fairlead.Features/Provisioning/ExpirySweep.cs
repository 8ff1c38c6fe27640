using Fairlead.Protocols.Mqtt;
using Microsoft.Extensions.Logging;

namespace Fairlead.Features.Provisioning;

/// <summary>Takes away claims and ownership tokens whose time is over, and cuts off who still uses such a claim.</summary>
internal sealed class ExpirySweep(FeatureContext context, ProvisioningRecords records, OwnershipTokens tokens, ILogger<ExpirySweep> log)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);
    private ITimer? _timer;

    /// <summary>Begins.</summary>
    public void Start() => _timer = context.Time.CreateTimer(_ => Sweep(), null, Interval, Interval);

    /// <summary>Sweeps once. Never throws.</summary>
    public void Sweep()
    {
        try
        {
            var ended = new HashSet<string>(StringComparer.Ordinal);
            lock (context.Documents.Gate)
            {
                tokens.Sweep();
                foreach (var (id, claim) in records.Claims.After(null).ToList())
                {
                    if (claim.ExpiresAt > context.Now) continue;
                    ended.Add(id);
                    records.Claims.Remove(id);
                }
            }

            if (ended.Count == 0) return;
            context.Broker.DisconnectWhere(
                subject => subject.Principal.Kind == ClaimConnect.Kind && ended.Contains(subject.Principal.Id), ReasonCode.NotAuthorized, "the provisioning claim has expired");
        }
        catch (Exception exception)
        {
            log.SweepFailed(exception);
        }
    }
}
