using System.Text;

namespace Fairlead.Features.IotHub.Messages;

/// <summary>
/// A message to or from a device in a form that belongs to none of the dialects (spec/azure-gateway 2.5, 3.3, 4.1): AMQP sections, MQTT property
/// bags and HTTP headers are read into it and written from it. Immutable.
/// </summary>
internal sealed record IotMessage
{
    /// <summary>Payload.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>The sender's own identifier; feedback names it. A uuid of AMQP stands here as its text.</summary>
    public string? MessageId { get; init; }

    /// <summary>What it answers.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>Who sent it, as the sender says; AMQP's bytes read as UTF-8.</summary>
    public string? UserId { get; init; }

    /// <summary>Address, such as <c>/devices/{d}/messages/devicebound</c>.</summary>
    public string? To { get; init; }

    /// <summary>Media type of the body.</summary>
    public string? ContentType { get; init; }

    /// <summary>Encoding of the body, such as <c>utf-8</c>.</summary>
    public string? ContentEncoding { get; init; }

    /// <summary>When it is worth nothing any more; null when its sender did not say.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>When its sender made it, as the sender wrote it (ISO 8601).</summary>
    public string? CreatedAt { get; init; }

    /// <summary>Which feedback the sender wants.</summary>
    public AckRequest Ack { get; init; }

    /// <summary>Schema of the body.</summary>
    public string? Schema { get; init; }

    /// <summary>Output of a module.</summary>
    public string? OutputName { get; init; }

    /// <summary>Interface of a plug-and-play model.</summary>
    public string? InterfaceId { get; init; }

    /// <summary>Component of a plug-and-play model (<c>dt-subject</c>).</summary>
    public string? Subject { get; init; }

    /// <summary>Operation that the sender names (<c>iothub-operation</c>).</summary>
    public string? Operation { get; init; }

    /// <summary>Trace of the sender (<c>Diagnostic-Id</c>).</summary>
    public string? DiagnosticId { get; init; }

    /// <summary>Context of that trace (<c>Correlation-Context</c>).</summary>
    public string? DiagnosticContext { get; init; }

    /// <summary>What applications add, in their order. A null value is one that was absent, not empty (spec/azure-gateway 3.3).</summary>
    public IReadOnlyList<KeyValuePair<string, string?>> Properties { get; init; } = [];

    /// <summary>Bytes that limits count: body, values of system properties, names and values of user properties (spec/azure-gateway 2.4 item 3).</summary>
    public int Size
    {
        get
        {
            var size = Body.Length + Count(MessageId) + Count(CorrelationId) + Count(UserId) + Count(To) + Count(ContentType) + Count(ContentEncoding)
                + Count(CreatedAt) + Count(Schema) + Count(OutputName) + Count(InterfaceId) + Count(Subject) + Count(Operation) + Count(DiagnosticId)
                + Count(DiagnosticContext) + (ExpiresAt is null ? 0 : sizeof(long));
            foreach (var (name, value) in Properties) size += Count(name) + Count(value);
            return size;
        }
    }

    private static int Count(string? text) => text is null ? 0 : Encoding.UTF8.GetByteCount(text);
}
