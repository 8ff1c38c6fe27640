using Fairlead.Protocols.Amqp;

namespace Fairlead.Amqp.Connections;

/// <summary>The handler of a client that offers nothing itself.</summary>
internal sealed class RefusingHandler : IAmqpHandler
{
    public static RefusingHandler Instance { get; } = new();

    public ValueTask<SaslOutcome> OnSaslAsync(AmqpConnection connection, SaslRequest request, CancellationToken cancellationToken) => new(SaslOutcome.Auth);

    public ValueTask<AmqpError?> OnOpenAsync(AmqpConnection connection, Open open, CancellationToken cancellationToken) => default;

    public void OnAttach(AttachRequest request) => request.Refuse(new AmqpError(AmqpCondition.NotAllowed, "this side attaches its links itself"));
}
