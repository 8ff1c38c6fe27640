using Fairlead.Broker.Extensions;
using Fairlead.Features.Api;
using Fairlead.Protocols.Mqtt;
using Microsoft.Extensions.Logging;

namespace Fairlead.Features.Certificates;

/// <summary>
/// Ends the connections of a certificate that stops being active or is deleted, whoever did that: at once after the change is durable
/// (spec/aws-registry-and-policies, section 20). The reason that AWS gives is <c>FORBIDDEN_ACCESS</c>; here it is Reason Code 0x87 with <see cref="Reason"/>.
/// </summary>
internal sealed partial class Revocations : IConnectionObserver
{
    /// <summary>Reason Code of the DISCONNECT; spec/aws-messaging, section 2.1.</summary>
    public const ReasonCode Code = ReasonCode.NotAuthorized;

    /// <summary>What the log and version 5 clients are told.</summary>
    public const string Reason = "the client's certificate is no longer active";

    private readonly FeatureContext _context;
    private readonly HubRecords _records;
    private readonly ILogger<Revocations> _log;

    // Guarded by itself; as large as what was revoked since the last commit.
    private readonly HashSet<string> _pending = new(StringComparer.Ordinal);
    private bool _isUnderWay;

    /// <summary>Follows the table of certificates.</summary>
    public Revocations(FeatureContext context, HubRecords records)
    {
        _context = context;
        _records = records;
        _log = new Logger<Revocations>(context.Loggers);
        records.Certificates.Changed += OnChanged;
    }

    /// <inheritdoc/>
    public void OnConnected(in ConnectionEvent connection)
    {
        // The certificate may have been revoked between its check at CONNECT and now, when the connection was not there to be found.
        if (connection.Principal.Kind != CertificatePrincipal.Kind) return;
        var id = connection.Principal.Id;
        if (_records.Certificates.Find(id) is { Status: CertificateStatus.Active }) return;
        lock (_pending)
        {
            _pending.Add(id);
            if (_isUnderWay) return;
            _isUnderWay = true;
        }

        _ = CutOffAsync();
    }

    /// <inheritdoc/>
    public void OnConnectRefused(in ConnectionEvent connection, string stage, ReasonCode code, string reason)
    {
    }

    /// <inheritdoc/>
    public void OnDisconnected(in ConnectionEvent connection, in DisconnectCause cause)
    {
    }

    /// <inheritdoc/>
    public void OnSubscribed(in ConnectionEvent connection, IReadOnlyList<string> topicFilters)
    {
    }

    /// <inheritdoc/>
    public void OnUnsubscribed(in ConnectionEvent connection, IReadOnlyList<string> topicFilters)
    {
    }

    private void OnChanged(string id, DeviceCertificate? before, DeviceCertificate? after)
    {
        if (before is not { Status: CertificateStatus.Active } || after is { Status: CertificateStatus.Active }) return;
        lock (_pending)
        {
            _pending.Add(id);
            if (_isUnderWay) return;
            _isUnderWay = true;
        }

        _ = CutOffAsync();
    }

    private async Task CutOffAsync()
    {
        // The change is made under the gate, which this must not hold.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        while (true)
        {
            HashSet<string> revoked;
            lock (_pending)
            {
                if (_pending.Count == 0)
                {
                    _isUnderWay = false;
                    return;
                }

                revoked = new HashSet<string>(_pending, StringComparer.Ordinal);
                _pending.Clear();
            }

            try
            {
                await _context.Documents.CommitAsync().ConfigureAwait(false);
            }
            catch (ApiException)
            {
                // The disk does not take it now. The hub's memory knows already, and who is revoked stays out.
            }

            var ended = _context.Broker.DisconnectWhere(
                subject => subject.Principal.Kind == CertificatePrincipal.Kind && revoked.Contains(subject.Principal.Id)
                    && _records.Certificates.Find(subject.Principal.Id) is not { Status: CertificateStatus.Active },
                Code, Reason);
            if (ended > 0) LogCutOff(ended, revoked.Count, revoked.First());
        }
    }

    [LoggerMessage(
        EventId = 5200, Level = LogLevel.Information,
        Message = "{Count} connection(s) ended: {Certificates} certificate(s) no longer active, such as {CertificateId}",
        EventName = "certificates_cut_off")]
    private partial void LogCutOff(int count, int certificates, string certificateId);
}
