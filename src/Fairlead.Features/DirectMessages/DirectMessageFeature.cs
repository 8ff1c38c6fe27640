using System.Globalization;
using Fairlead.Broker.Extensions;
using Fairlead.Features.Api;
using Fairlead.Features.Logging;
using Fairlead.Features.Logs;
using Fairlead.Protocols.Mqtt;

namespace Fairlead.Features.DirectMessages;

/// <summary>
/// SendDirectMessage: one message to one connected client, with a confirmation by its PUBACK (spec/aws-messaging, section 3.7). Outcomes
/// are answers, not exceptions: an offline target must cost no more than a connected one.
/// </summary>
internal sealed class DirectMessageFeature : IFeature
{
    private const int LargestBody = 256 * 1024;
    private readonly FeatureContext _context;
    private readonly DataAuthorizer _access;
    private readonly EventLog _log;
    private readonly SendRate _rate;
    private readonly ConfirmationDeadlines _deadlines;

    // Unconfirmed messages to devices of other dialects: whoever does not take them at once does not get them.
    private static readonly TimeSpan UnconfirmedLife = TimeSpan.FromSeconds(5);

    /// <summary>Makes the slice.</summary>
    public DirectMessageFeature(FeatureContext context, DataAuthorizer access, EventLog log, DirectMessageCounters counters, int mostInSecond)
    {
        _context = context;
        _access = access;
        _log = log;
        _rate = new SendRate(mostInSecond, context.Time);
        _deadlines = new ConfirmationDeadlines(context.Time);
        Counters = counters;
    }

    /// <summary>A way to clients that take no message over MQTT as it is; null for none. Set while the slices are composed.</summary>
    public IDirectMessageRoute? Route { get; set; }

    /// <summary>What is counted.</summary>
    public DirectMessageCounters Counters { get; }

    /// <inheritdoc/>
    public IEnumerable<ApiOperation> Operations =>
        [ApiOperation.Data("SendDirectMessage", "POST", "/connections/{clientId}/messages", SendAsync, LargestBody)];

    private ValueTask<ApiResponse> SendAsync(ApiRequest request)
    {
        var reason = DirectMessageCall.Read(request, out var call);
        if (reason == DirectReason.Success) reason = Authorize(request, call);
        if (reason != DirectReason.Success) return new(Answer(request, call, reason, call.Fault));
        if (call.IsConfirmed) return SendConfirmedAsync(request, call);
        var outcome = Send(request, call, null);
        return new(Answer(request, call, DirectAnswer.ReasonOf(outcome.Result), outcome.Detail));
    }

    /// <summary>Before the receiver is looked up: who may not send must not learn who is online.</summary>
    private DirectReason Authorize(ApiRequest request, in DirectMessageCall call)
    {
        if (!_access.Allows(request.Caller, "iot:SendDirectMessage", "client", call.ClientId, "iot:Topic", call.Topic!)) return DirectReason.SenderDenied;
        return _rate.TryTake() ? DirectReason.Success : DirectReason.SendThrottled;
    }

    private DirectOutcome Send(ApiRequest request, in DirectMessageCall call, PendingConfirmation? confirmation)
    {
        var publication = new Publication
        {
            Topic = call.TopicBytes,
            Payload = request.RawBody.Span,
            Properties = call.Properties,
            QoS = confirmation is null ? QualityOfService.AtMostOnce : QualityOfService.AtLeastOnce,
            Origin = PublishOrigin.Process,
        };
        var outcome = _context.Broker.SendDirect(call.ClientId, publication, confirmation);
        if (outcome.Result is not (DirectResult.UnknownClient or DirectResult.NotConnected or DirectResult.ReceiveDenied)) return outcome;
        var life = confirmation is null ? UnconfirmedLife : TimeSpan.FromSeconds(call.Timeout);
        return Route?.TrySend(call.ClientId, publication, call.Given, life, confirmation is null ? null : confirmation.OnSettled) is { } other ? new DirectOutcome(other) : outcome;
    }

    private async ValueTask<ApiResponse> SendConfirmedAsync(ApiRequest request, DirectMessageCall call)
    {
        var began = _context.Time.GetTimestamp();
        var confirmation = new PendingConfirmation();
        // The time runs from the moment of delivery; its PUBACK may come before the sending call is back.
        confirmation.Start(_deadlines, call.Timeout);
        var outcome = Send(request, call, confirmation);
        if (outcome.Result != DirectResult.Sent)
        {
            confirmation.Cancel();
            return Answer(request, call, DirectAnswer.ReasonOf(outcome.Result), outcome.Detail);
        }

        var reason = await confirmation.WaitAsync().ConfigureAwait(false);
        if (reason == DirectReason.Success) Counters.Acknowledged.Record(_context.Time.GetElapsedTime(began));
        else if (request.Aborted.IsCancellationRequested) reason = DirectReason.SenderGone;
        // A negative PUBACK confirms too (spec/aws-messaging, section 3.7).
        var details = confirmation.Code >= ReasonCode.UnspecifiedError ? NegativePubAck(confirmation.Code) : null;
        return Answer(request, call, reason, details);
    }

    private static string NegativePubAck(ReasonCode code) =>
        string.Create(CultureInfo.InvariantCulture, $"the client acknowledged with Reason Code 0x{(int)code:X2}");

    private ApiResponse Answer(ApiRequest request, in DirectMessageCall call, DirectReason reason, string? details)
    {
        Counters.Count(reason);
        if (reason == DirectReason.Success)
        {
            if (_log.IsOn(EventLogLevel.Info)) _log.Succeeded(Entry(request, call) with { Details = details });
            return DataAnswer.Ok(request.RequestId);
        }

        var answer = DirectAnswer.Of(reason);
        var message = reason switch
        {
            DirectReason.ReceiveDenied => answer.Message.Replace("{0}", call.ClientId, StringComparison.Ordinal),
            DirectReason.InvalidInput => details ?? answer.Message,
            _ => answer.Message,
        };
        if (_log.IsOn(EventLogLevel.Error)) _log.Failed(Entry(request, call), answer.LogReason!, details ?? message);
        return ApiEndpoint.Refuse(new ApiException(answer.Status, answer.Type!, message), ApiService.Data, request.RequestId);
    }

    private static LogEntry Entry(ApiRequest request, in DirectMessageCall call) => new("SendDirectMessage")
    {
        TraceId = request.RequestId,
        Protocol = "HTTP",
        TopicName = call.Topic,
        ClientId = call.ClientId,
        PrincipalId = request.Caller.PrincipalId,
        Confirmation = call.IsConfirmed,
        Timeout = call.IsConfirmed ? call.Timeout : null,
        SourceIp = request.Caller.Address is { } address ? (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString() : null,
        SourcePort = request.Caller.Port,
    };
}
