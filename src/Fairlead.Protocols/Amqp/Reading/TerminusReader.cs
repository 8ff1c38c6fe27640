namespace Fairlead.Protocols.Amqp.Reading;

/// <summary>Reads source and target. A list without a descriptor's number that fits is an error.</summary>
internal static class TerminusReader
{
    public static Source? ReadSource(ref FieldReader outer)
    {
        if (!outer.Nested(out AmqpReader reader)) return null;
        if (!Enter(ref outer, ref reader, Descriptor.Source, out _)) return null;
        var fields = FieldReader.Enter(ref reader);
        var source = new Source
        {
            Address = fields.Value(),
            Durable = fields.UInt() ?? 0,
            ExpiryPolicy = fields.Symbol(),
            Timeout = fields.UInt() ?? 0,
            Dynamic = fields.Boolean() ?? false,
            DynamicNodeProperties = fields.Map(),
            DistributionMode = fields.Symbol(),
            Filter = fields.Map(),
            DefaultOutcome = fields.Value(),
            Outcomes = fields.Symbols(),
            Capabilities = fields.Symbols(),
        };
        if (fields.Error is { } error) outer.Fail(error);
        return source;
    }

    public static Target? ReadTarget(ref FieldReader outer)
    {
        if (!outer.Nested(out AmqpReader reader)) return null;
        if (!Enter(ref outer, ref reader, Descriptor.Target, out ulong descriptor)) return null;
        if (descriptor == Descriptor.Coordinator) return new Target { IsCoordinator = true };
        var fields = FieldReader.Enter(ref reader);
        var target = new Target
        {
            Address = fields.Value(),
            Durable = fields.UInt() ?? 0,
            ExpiryPolicy = fields.Symbol(),
            Timeout = fields.UInt() ?? 0,
            Dynamic = fields.Boolean() ?? false,
            DynamicNodeProperties = fields.Map(),
            Capabilities = fields.Symbols(),
        };
        if (fields.Error is { } error) outer.Fail(error);
        return target;
    }

    private static bool Enter(ref FieldReader outer, ref AmqpReader reader, ulong wanted, out ulong descriptor)
    {
        if (!reader.TryReadDescriptor(out descriptor))
        {
            outer.Fail(reader.Error!);
            return false;
        }

        if (descriptor == wanted || (wanted == Descriptor.Target && descriptor == Descriptor.Coordinator)) return true;
        outer.Fail("there is no such terminus");
        return false;
    }
}
