namespace Fairlead.Protocols.Amqp.Reading;

/// <summary>Reads delivery states and errors.</summary>
internal static class StateReader
{
    public static DeliveryState Read(ref FieldReader outer)
    {
        if (!outer.Nested(out AmqpReader reader)) return default;
        if (!reader.TryReadDescriptor(out ulong descriptor))
        {
            outer.Fail(reader.Error!);
            return default;
        }

        return descriptor switch
        {
            Descriptor.Accepted => DeliveryState.Accepted,
            Descriptor.Released => DeliveryState.Released,
            Descriptor.Rejected => ReadRejected(ref outer, ref reader),
            Descriptor.Modified => ReadModified(ref outer, ref reader),
            Descriptor.Received => ReadReceived(ref outer, ref reader),
            _ => new DeliveryState { Kind = DeliveryStateKind.Unknown },
        };
    }

    public static AmqpError? ReadError(ref FieldReader outer)
    {
        if (!outer.Nested(out AmqpReader reader)) return null;
        if (!reader.TryReadDescriptor(out ulong descriptor) || descriptor != Descriptor.Error)
        {
            outer.Fail(reader.Error ?? "an error is expected");
            return null;
        }

        var fields = FieldReader.Enter(ref reader);
        var error = new AmqpError(fields.Symbol(required: true) ?? "", fields.Text(), fields.Map());
        if (fields.Error is { } fault) outer.Fail(fault);
        return error;
    }

    private static DeliveryState ReadRejected(ref FieldReader outer, ref AmqpReader reader)
    {
        var fields = FieldReader.Enter(ref reader);
        var state = DeliveryState.Rejected(ReadError(ref fields));
        if (fields.Error is { } fault) outer.Fail(fault);
        return state;
    }

    private static DeliveryState ReadModified(ref FieldReader outer, ref AmqpReader reader)
    {
        var fields = FieldReader.Enter(ref reader);
        var state = new DeliveryState
        {
            Kind = DeliveryStateKind.Modified,
            DeliveryFailed = fields.Boolean() ?? false,
            UndeliverableHere = fields.Boolean() ?? false,
            Annotations = fields.Map(),
        };
        if (fields.Error is { } fault) outer.Fail(fault);
        return state;
    }

    private static DeliveryState ReadReceived(ref FieldReader outer, ref AmqpReader reader)
    {
        var fields = FieldReader.Enter(ref reader);
        var state = new DeliveryState
        {
            Kind = DeliveryStateKind.Received,
            SectionNumber = fields.UInt(required: true) ?? 0,
            SectionOffset = fields.ULong(required: true) ?? 0,
        };
        if (fields.Error is { } fault) outer.Fail(fault);
        return state;
    }
}
