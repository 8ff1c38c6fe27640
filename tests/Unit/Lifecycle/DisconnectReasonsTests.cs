using Fairlead.Broker.Connections;
using Fairlead.Broker.Extensions;
using Fairlead.Broker.Security;
using Fairlead.Features.Lifecycle;
using Fairlead.Protocols.Mqtt;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Lifecycle;

public sealed class DisconnectReasonsTests
{
    [Theory]
    [InlineData(ClosedBy.Client, ReasonCode.Success, "CLIENT_INITIATED_DISCONNECT")]
    [InlineData(ClosedBy.Client, ReasonCode.DisconnectWithWill, "CLIENT_INITIATED_DISCONNECT")]
    [InlineData(ClosedBy.Network, ReasonCode.UnspecifiedError, "CONNECTION_LOST")]
    [InlineData(ClosedBy.Server, ReasonCode.KeepAliveTimeout, "MQTT_KEEP_ALIVE_TIMEOUT")]
    [InlineData(ClosedBy.Server, ReasonCode.SessionTakenOver, "DUPLICATE_CLIENTID")]
    [InlineData(ClosedBy.Server, ReasonCode.ProtocolError, "CLIENT_ERROR")]
    [InlineData(ClosedBy.Server, ReasonCode.PacketTooLarge, "CLIENT_ERROR")]
    [InlineData(ClosedBy.Server, ReasonCode.NotAuthorized, "AUTH_ERROR")]
    [InlineData(ClosedBy.Server, ReasonCode.Banned, "FORBIDDEN_ACCESS")]
    [InlineData(ClosedBy.Server, ReasonCode.AdministrativeAction, "API_INITIATED_DISCONNECT")]
    [InlineData(ClosedBy.Server, ReasonCode.QuotaExceeded, "CLIENT_ERROR")]
    [InlineData(ClosedBy.Server, ReasonCode.MessageRateTooHigh, "THROTTLED")]
    [InlineData(ClosedBy.Server, ReasonCode.ServerShuttingDown, "SERVER_INITIATED_DISCONNECT")]
    [InlineData(ClosedBy.Server, ReasonCode.UnspecifiedError, "SERVER_ERROR")]
    [InlineData(ClosedBy.Server, ReasonCode.MaximumConnectTime, "CUSTOMAUTH_TTL_EXPIRATION")]
    public void Messaging_47_each_end_has_its_word(ClosedBy by, ReasonCode code, string word) => Of("mqtts", null, by, code).ShouldBe(word);

    [Fact]
    public void Messaging_47_signed_web_socket_ends_by_its_own_word() =>
        Of("wss", new Principal("access-key", "A"), ClosedBy.Server, ReasonCode.MaximumConnectTime).ShouldBe("WEBSOCKET_TTL_EXPIRATION");

    private static string Of(string protocol, Principal? identity, ClosedBy by, ReasonCode code)
    {
        var transport = new TransportInfo { Listener = "", Protocol = protocol, Abort = static _ => { }, Identity = identity };
        return DisconnectReasons.Of(new ConnectionEvent("c", Principal.Anonymous, transport, 1, 1), new DisconnectCause(by, code, ""));
    }
}
