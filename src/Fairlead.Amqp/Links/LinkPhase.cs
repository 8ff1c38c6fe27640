namespace Fairlead.Amqp.Links;

/// <summary>How far a link is.</summary>
internal enum LinkPhase : byte
{
    New,
    AttachSent,
    AttachReceived,
    Attached,
    DetachSent,
    Detached,
}
