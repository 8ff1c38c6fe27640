using Fairlead.Gateway.Upstream;

namespace Fairlead.Gateway.Health;

/// <summary>Everything that is counted (spec section 9.4 item 12); reading takes no lock that sending takes (checklist 82).</summary>
internal sealed class GatewayMetrics
{
    /// <summary>Outcomes of sends by the class of the fault; the last is success.</summary>
    private readonly long[] _sends = new long[Enum.GetValues<HubFaultKind>().Length + 1];
    private readonly long[] _settled = new long[Enum.GetValues<MessageOutcome>().Length];
    private long _reconnects, _renewals, _renewalFailures, _putTokens, _putTokenFailures, _delivered, _settleFaults, _steals, _retired;
    private long _limited, _webhookSent, _webhookFailed, _idempotentHits, _peerForwards, _rejectedRequests;

    /// <summary>Seconds from the arrival of a message to its settlement by the hub.</summary>
    public Histogram Settle { get; } = new();

    /// <summary>Seconds from a method's arrival to the device's answer.</summary>
    public Histogram Method { get; } = new();

    /// <summary>Requests by status class, 0 for those without an answer, 1 to 5.</summary>
    public long[] Requests { get; } = new long[6];

    /// <summary>Connections after the first.</summary>
    public long Reconnects => Interlocked.Read(ref _reconnects);

    /// <summary>Authorisations renewed.</summary>
    public long Renewals => Interlocked.Read(ref _renewals);

    /// <summary>Renewals that failed.</summary>
    public long RenewalFailures => Interlocked.Read(ref _renewalFailures);

    /// <summary>Tokens put to the hub and accepted.</summary>
    public long PutTokens => Interlocked.Read(ref _putTokens);

    /// <summary>Tokens put to the hub and refused.</summary>
    public long PutTokenFailures => Interlocked.Read(ref _putTokenFailures);

    /// <summary>Cloud-to-device messages taken from the hub.</summary>
    public long Delivered => Interlocked.Read(ref _delivered);

    /// <summary>Settlements that the hub did not take.</summary>
    public long SettleFaults => Interlocked.Read(ref _settleFaults);

    /// <summary>Links taken by other connections.</summary>
    public long Steals => Interlocked.Read(ref _steals);

    /// <summary>Devices whose links were let go.</summary>
    public long Retired => Interlocked.Read(ref _retired);

    /// <summary>Requests refused for a rate limit.</summary>
    public long Limited => Interlocked.Read(ref _limited);

    /// <summary>Requests to webhooks that succeeded.</summary>
    public long WebhookSent => Interlocked.Read(ref _webhookSent);

    /// <summary>Requests to webhooks that failed.</summary>
    public long WebhookFailed => Interlocked.Read(ref _webhookFailed);

    /// <summary>Requests answered from the memory of idempotency keys.</summary>
    public long IdempotentHits => Interlocked.Read(ref _idempotentHits);

    /// <summary>Requests handed to other instances.</summary>
    public long PeerForwards => Interlocked.Read(ref _peerForwards);

    /// <summary>Requests refused because the gateway stops or a bound is reached.</summary>
    public long Refused => Interlocked.Read(ref _rejectedRequests);

    /// <summary>Sends with an outcome; null for those that the hub took.</summary>
    public long Sends(HubFaultKind? outcome) => Interlocked.Read(ref _sends[outcome is { } kind ? (int)kind : ^1]);

    /// <summary>Messages settled with an outcome.</summary>
    public long Settled(MessageOutcome outcome) => Interlocked.Read(ref _settled[(int)outcome]);

    /// <summary>A send has its outcome.</summary>
    public void CountSend(HubFault? fault, TimeSpan took)
    {
        Interlocked.Increment(ref _sends[fault is null ? ^1 : (int)fault.Kind]);
        if (fault is null) Settle.Add(took);
    }

    /// <summary>A message was settled.</summary>
    public void CountSettled(MessageOutcome outcome, HubFault? fault)
    {
        if (fault is null) Interlocked.Increment(ref _settled[(int)outcome]);
        else Interlocked.Increment(ref _settleFaults);
    }

    /// <summary>A token was put to the hub.</summary>
    public void CountPutToken(bool accepted)
    {
        if (accepted) Interlocked.Increment(ref _putTokens);
        else Interlocked.Increment(ref _putTokenFailures);
    }

    /// <summary>An authorisation was renewed, or could not be.</summary>
    public void CountRenewal(bool accepted)
    {
        if (accepted) Interlocked.Increment(ref _renewals);
        else Interlocked.Increment(ref _renewalFailures);
    }

    /// <summary>A request was answered.</summary>
    public void CountRequest(int status) => Interlocked.Increment(ref Requests[Math.Clamp(status / 100, 0, 5)]);

    /// <summary>A method was answered.</summary>
    public void CountMethod(TimeSpan took) => Method.Add(took);

    /// <summary>A webhook was called.</summary>
    public void CountWebhook(bool succeeded)
    {
        if (succeeded) Interlocked.Increment(ref _webhookSent);
        else Interlocked.Increment(ref _webhookFailed);
    }

    /// <summary>A connection came back.</summary>
    public void CountReconnect() => Interlocked.Increment(ref _reconnects);

    /// <summary>A message came from the hub.</summary>
    public void CountDelivered() => Interlocked.Increment(ref _delivered);

    /// <summary>A link was taken.</summary>
    public void CountSteal() => Interlocked.Increment(ref _steals);

    /// <summary>A device was let go.</summary>
    public void CountRetired() => Interlocked.Increment(ref _retired);

    /// <summary>A request was over a rate limit.</summary>
    public void CountLimited() => Interlocked.Increment(ref _limited);

    /// <summary>A request was answered from memory.</summary>
    public void CountIdempotentHit() => Interlocked.Increment(ref _idempotentHits);

    /// <summary>A request was handed on.</summary>
    public void CountPeerForward() => Interlocked.Increment(ref _peerForwards);

    /// <summary>A request was refused for a bound.</summary>
    public void CountRefused() => Interlocked.Increment(ref _rejectedRequests);
}
