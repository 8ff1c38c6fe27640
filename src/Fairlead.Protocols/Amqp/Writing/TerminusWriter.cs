namespace Fairlead.Protocols.Amqp.Writing;

/// <summary>Writes source and target.</summary>
internal static class TerminusWriter
{
    public static void Write(AmqpWriter writer, ref FieldWriter outer, Source? source)
    {
        if (source is null)
        {
            outer.Null();
            return;
        }

        var fields = new FieldWriter(writer, Descriptor.Source);
        fields.Value(source.Address);
        fields.UIntUnless(source.Durable, 0);
        fields.Symbol(source.ExpiryPolicy);
        fields.UIntUnless(source.Timeout, 0);
        fields.Flag(source.Dynamic);
        fields.Map(source.DynamicNodeProperties);
        fields.Symbol(source.DistributionMode);
        fields.Map(source.Filter);
        fields.Value(source.DefaultOutcome);
        fields.Symbols(source.Outcomes);
        fields.Symbols(source.Capabilities);
        fields.End();
        outer.Set();
    }

    public static void Write(AmqpWriter writer, ref FieldWriter outer, Target? target)
    {
        if (target is null)
        {
            outer.Null();
            return;
        }

        var fields = new FieldWriter(writer, target.IsCoordinator ? Descriptor.Coordinator : Descriptor.Target);
        if (!target.IsCoordinator)
        {
            fields.Value(target.Address);
            fields.UIntUnless(target.Durable, 0);
            fields.Symbol(target.ExpiryPolicy);
            fields.UIntUnless(target.Timeout, 0);
            fields.Flag(target.Dynamic);
            fields.Map(target.DynamicNodeProperties);
            fields.Symbols(target.Capabilities);
        }

        fields.End();
        outer.Set();
    }
}
