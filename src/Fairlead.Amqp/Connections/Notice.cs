using System.Runtime.InteropServices;
using Fairlead.Protocols.Amqp;

namespace Fairlead.Amqp.Connections;

/// <summary>What a handler is to be told.</summary>
internal enum NoticeKind : byte
{
    Attach,
    Credit,
    Outcome,
    Settled,
    Drained,
    Detached,
    Begun,
    Ended,
}

/// <summary>Something that a handler is to be told when the gate is open again.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly struct Notice(NoticeKind kind, object subject)
{
    public NoticeKind Kind { get; } = kind;

    public object Subject { get; } = subject;

    public AmqpError? Error { get; init; }

    public OutgoingOutcome Outcome { get; init; }
}
