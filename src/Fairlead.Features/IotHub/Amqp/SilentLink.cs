using Fairlead.Amqp;
using Fairlead.Protocols.Amqp;

namespace Fairlead.Features.IotHub.Amqp;

/// <summary>
/// A link on which nothing is ever sent, because nothing comes to be: notifications of file uploads, and inputs of modules (spec/azure-gateway,
/// sections 2.4 and 4.5).
/// </summary>
internal sealed class SilentLink(HubConnection connection, NodeAddress address, TokenEntry token) : HubLink(connection, address, token), ISenderHandler
{
    /// <inheritdoc/>
    public override bool IsSender => true;

    /// <inheritdoc/>
    public void OnDetached(AmqpSender sender, AmqpError? error) => Ended();

    /// <inheritdoc/>
    protected override AmqpLink Open(AttachRequest request) => request.AcceptSender(this);
}
