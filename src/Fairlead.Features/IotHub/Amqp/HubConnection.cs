using Fairlead.Amqp;
using Fairlead.Broker.Connections;
using Fairlead.Protocols.Amqp;

namespace Fairlead.Features.IotHub.Amqp;

/// <summary>One AMQP connection: what it was granted, and the links on it.</summary>
internal sealed class HubConnection : IAmqpHandler, IDisposable
{
    private const int LongestContainer = 256;
    private static long _lastNumber;
    private readonly Lock _gate = new();
    private readonly HashSet<HubLink> _links = [];
    private TokenEntry? _certificate;
    private AmqpConnection? _engine;
    private string _container = "";
    private long _rejectedBefore;

    /// <summary>Makes one.</summary>
    public HubConnection(AmqpEndpoint endpoint, TransportInfo transport)
    {
        Endpoint = endpoint;
        Transport = transport;
        Number = Interlocked.Increment(ref _lastNumber);
        Since = endpoint.Services.Time.GetUtcNow().ToUnixTimeMilliseconds();
        Tokens = new ConnectionTokens(endpoint.Services.Time, OnExpired);
        Twins = new TwinChannels();
    }

    /// <summary>The endpoint.</summary>
    public AmqpEndpoint Endpoint { get; }

    /// <summary>What is known about it.</summary>
    public TransportInfo Transport { get; }

    /// <summary>What it was granted.</summary>
    public ConnectionTokens Tokens { get; }

    /// <summary>Pairs of twin links.</summary>
    public TwinChannels Twins { get; }

    /// <summary>Number of the connection, unique in the process.</summary>
    public long Number { get; }

    /// <summary>When it was opened, milliseconds since the Unix epoch.</summary>
    public long Since { get; }

    /// <summary>Container of the peer; empty before it has opened.</summary>
    public string Container => Volatile.Read(ref _container);

    /// <summary>What is attached.</summary>
    public IReadOnlyList<HubLink> Links
    {
        get
        {
            lock (_gate) return [.. _links];
        }
    }

    /// <summary>What is attached when it serves several devices, as a gateway does; null otherwise.</summary>
    public GatewayLoad? Load
    {
        get
        {
            lock (_gate)
            {
                string? first = null;
                bool isGateway = false;
                long unsettled = 0;
                foreach (var link in _links)
                {
                    unsettled += link.Link?.Unsettled ?? 0;
                    if (link.Identity.DeviceId is not { } device) continue;
                    first ??= device;
                    isGateway |= device != first;
                }

                return isGateway ? new GatewayLoad(Number, _links.Count, unsettled) : null;
            }
        }
    }

    /// <summary>Deliveries rejected on links that are gone.</summary>
    public long RejectedBefore => Interlocked.Read(ref _rejectedBefore);

    /// <summary>For logs.</summary>
    public string Remote => Transport.RemoteEndPoint?.ToString() ?? "unknown";

    /// <inheritdoc/>
    public ValueTask<SaslOutcome> OnSaslAsync(AmqpConnection connection, SaslRequest request, CancellationToken cancellationToken)
    {
        var error = request.Mechanism switch
        {
            SaslMechanism.Plain => CheckPlain(request),
            SaslMechanism.External when Transport.CertificateChain.Count == 0 => IotHubError.Unauthorized("EXTERNAL takes a client certificate"),
            _ => null,
        };
        if (error is null) return new(SaslOutcome.Ok);
        Endpoint.Services.Log.AmqpRefused(Remote, Transport.Listener, "sasl", error.ToString());
        return new(SaslOutcome.Auth);
    }

    /// <inheritdoc/>
    public ValueTask<AmqpError?> OnOpenAsync(AmqpConnection connection, Open open, CancellationToken cancellationToken)
    {
        _engine = connection;
        Volatile.Write(ref _container, open.ContainerId[..Math.Min(open.ContainerId.Length, LongestContainer)]);
        // The name says which hub is meant (section 2.2).
        if (string.IsNullOrEmpty(open.HostName) || Endpoint.Services.Credentials.IsHost(open.HostName)) return default;
        Endpoint.Services.Log.AmqpRefused(Remote, Transport.Listener, "open", $"the host {open.HostName} is not among IotHub:HostNames");
        return new(new AmqpError(AmqpCondition.NotFound, $"there is no hub {open.HostName} here"));
    }

    /// <inheritdoc/>
    public void OnAttach(AttachRequest request)
    {
        if (LinkFactory.TryMake(this, request, out var link, out var error))
        {
            link.Accept(request);
            lock (_gate) _links.Add(link);
            Endpoint.Counters.OnAttached();
            if (link.Identity.DeviceId is not null) Endpoint.Links.Add(link);
            if (link.IsGone)
            {
                // The connection broke meanwhile, before there was anything to remove.
                Remove(link);
                if (link.Identity.DeviceId is not null) Endpoint.Links.Remove(link);
                return;
            }

            // The identity may have gone between the check and the entry, and nobody was told then.
            if (link is { Token: { } token, Identity.DeviceId: not null } && Endpoint.Services.Credentials.CheckIdentity(token.Grant, link.Identity) is { } late)
                link.End(AmqpErrors.Of(late, Endpoint.Services.Time));
            else
                link.Start();
            return;
        }

        Endpoint.Counters.OnAttachRefused();
        Endpoint.Services.Log.AmqpRefused(Remote, Transport.Listener, "attach", error.ToString());
        request.Refuse(error);
    }

    /// <inheritdoc/>
    public void OnClosed(AmqpConnection connection, AmqpError? error) => Tokens.Dispose();

    /// <summary>A link has gone.</summary>
    public void Remove(HubLink link)
    {
        lock (_gate)
        {
            if (!_links.Remove(link)) return;
        }

        Endpoint.Counters.OnDetached();
        Interlocked.Add(ref _rejectedBefore, link.Link?.Rejected ?? 0);
        if (link.Identity.DeviceId is not null) Endpoint.Links.Remove(link);
    }

    /// <summary>The link on which answers to a request go: the one that the request names, else the only one of its session.</summary>
    /// <param name="session">Where the request came in.</param>
    /// <param name="kind">Node that was asked.</param>
    /// <param name="replyTo">What the request says; null for nothing.</param>
    public ReplyLink? FindReply(AmqpSession session, NodeKind kind, string? replyTo)
    {
        lock (_gate)
        {
            ReplyLink? other = null;
            foreach (var link in _links)
            {
                if (link is not ReplyLink reply || reply.Kind != kind) continue;
                if (replyTo is not null && reply.Target == replyTo) return reply;
                if (reply.Session == session) other = reply;
            }

            return other;
        }
    }

    /// <summary>What allows this connection to act as an identity.</summary>
    /// <param name="identity">Device or module.</param>
    /// <param name="error">Why nothing does.</param>
    public TokenEntry? Authorize(IdentityName identity, out IotHubError? error)
    {
        error = null;
        foreach (var entry in Tokens.Covering(identity))
        {
            var refusal = Endpoint.Services.Credentials.CheckIdentity(entry.Grant, identity);
            if (refusal is null) return entry;
            error ??= refusal;
        }

        if (Transport.CertificateChain.Count > 0 && AuthorizeByCertificate(identity, ref error) is { } certificate) return certificate;
        error ??= IotHubError.UnauthorizedAccess($"nothing that this connection has proved reaches {identity}: put-token comes first");
        return null;
    }

    /// <summary>What was granted has ended: links that stood on it end, and the connection when nothing is left (section 2.3).</summary>
    public void OnLost(IReadOnlyCollection<TokenEntry> lost, IotHubError why)
    {
        List<HubLink> ended;
        lock (_gate) ended = [.. _links.Where(link => link.Token is { } token && lost.Contains(token))];
        foreach (var link in ended) link.End(AmqpErrors.Of(why, Endpoint.Services.Time));
    }

    /// <inheritdoc/>
    public void Dispose() => Tokens.Dispose();

    private void OnExpired(IReadOnlyList<TokenEntry> entries)
    {
        Endpoint.Services.Log.AmqpTokensExpired(Remote, entries.Count);
        OnLost(entries, IotHubError.Unauthorized("the token has expired and no newer one has come"));
        if (Tokens.Count > 0 || Transport.CertificateChain.Count > 0 || _engine is not { } engine) return;
        // Nothing can be done on it any more but to put another token; clients that want to, connect again.
        _ = engine.CloseAsync(AmqpErrors.Of(IotHubError.Unauthorized("the last token of the connection has expired"), Endpoint.Services.Time));
    }

    private TokenEntry? AuthorizeByCertificate(IdentityName identity, ref IotHubError? error)
    {
        lock (_gate)
        {
            // Such a connection carries one identity (sections 2.3 and 5.4).
            if (_certificate is { } known && known.Grant.Scope != identity)
            {
                error ??= IotHubError.UnauthorizedAccess($"a connection with a certificate carries one identity, and this one is {known.Grant.Scope}");
                return null;
            }
        }

        if (!Endpoint.Services.Credentials.TryCheckCertificate(Transport.CertificateChain, identity, out var grant, out var refusal))
        {
            error ??= refusal;
            return null;
        }

        lock (_gate) return _certificate ??= new TokenEntry("", grant);
    }

    private IotHubError? CheckPlain(SaslRequest request)
    {
        if (!request.TryGetPlain(out var user, out var password)) return IotHubError.Unauthorized("the response to PLAIN cannot be read");
        if (!Endpoint.Services.Credentials.TryCheckToken(password, out var grant, out var error)) return error;
        if (!PlainUser.TryParse(user, out var identity, out var policy)) return IotHubError.Unauthorized("the user name is neither {device}@sas.{hub} nor {policy}@sas.root.{hub}");
        if (policy is not null)
        {
            if (grant.PolicyName != policy || grant.Scope is not null) return IotHubError.Unauthorized($"the password is no token of the policy {policy} for the hub");
        }
        else if (Endpoint.Services.Credentials.CheckIdentity(grant, identity) is { } refusal)
        {
            return refusal;
        }
        else
        {
            // One identity a connection, however far the token would reach (section 2.1).
            grant = grant with { Scope = identity };
        }

        Tokens.TryPut("sasl", grant, out _);
        return null;
    }
}
