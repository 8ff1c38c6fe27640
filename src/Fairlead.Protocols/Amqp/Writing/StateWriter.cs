namespace Fairlead.Protocols.Amqp.Writing;

/// <summary>Writes delivery states and errors. A state that the codec does not know is written as none.</summary>
internal static class StateWriter
{
    public static void Write(AmqpWriter writer, ref FieldWriter outer, in DeliveryState state)
    {
        if (state.Kind is DeliveryStateKind.None or DeliveryStateKind.Unknown)
        {
            outer.Null();
            return;
        }

        var fields = new FieldWriter(writer, DescriptorOf(state.Kind));
        switch (state.Kind)
        {
            case DeliveryStateKind.Rejected:
                Write(writer, ref fields, state.Error);
                break;
            case DeliveryStateKind.Modified:
                fields.Flag(state.DeliveryFailed);
                fields.Flag(state.UndeliverableHere);
                fields.Map(state.Annotations);
                break;
            case DeliveryStateKind.Received:
                fields.UInt(state.SectionNumber);
                fields.ULong(state.SectionOffset);
                break;
        }

        fields.End();
        outer.Set();
    }

    public static void Write(AmqpWriter writer, ref FieldWriter outer, AmqpError? error)
    {
        if (error is null)
        {
            outer.Null();
            return;
        }

        var fields = new FieldWriter(writer, Descriptor.Error);
        fields.Symbol(error.Condition);
        fields.Text(error.Description);
        fields.Map(error.Info);
        fields.End();
        outer.Set();
    }

    private static ulong DescriptorOf(DeliveryStateKind kind) => kind switch
    {
        DeliveryStateKind.Accepted => Descriptor.Accepted,
        DeliveryStateKind.Rejected => Descriptor.Rejected,
        DeliveryStateKind.Released => Descriptor.Released,
        DeliveryStateKind.Modified => Descriptor.Modified,
        _ => Descriptor.Received,
    };
}
