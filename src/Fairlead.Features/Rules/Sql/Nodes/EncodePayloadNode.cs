using Fairlead.Features.Rules.Sql.Functions;

namespace Fairlead.Features.Rules.Sql.Nodes;

/// <summary><c>encode(*, 'base64')</c>: the bytes of the payload as they were received (section 2.12).</summary>
internal sealed class EncodePayloadNode : SqlNode
{
    private readonly SqlNode _scheme;

    public EncodePayloadNode(string name, SqlNode scheme)
    {
        (Name, _scheme) = (name, scheme);
        Depth = Above(scheme);
    }

    /// <summary>Name as written.</summary>
    public string Name { get; }

    /// <inheritdoc />
    public override SqlValue Evaluate(SqlFrame frame)
    {
        var payload = frame.Message.Payload;
        if (payload.IsEmpty || !CollectionFunctions.IsBase64(_scheme.Evaluate(frame)) || !frame.TrySpend(payload.Length / 16)) return default;
        return CollectionFunctions.ToBase64(payload.Span);
    }
}
