using Fairlead.Protocols.Amqp.Writing;

namespace Fairlead.Protocols.Amqp;

/// <summary>Writes performatives; without the frame around them, see <see cref="FrameWriter"/>.</summary>
public static class PerformativeWriter
{
    /// <summary>Writes open.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="open">The performative.</param>
    public static void Write(AmqpWriter writer, Open open)
    {
        var fields = new FieldWriter(writer, Descriptor.Open);
        fields.Text(open.ContainerId);
        fields.Text(open.HostName);
        fields.UIntUnless(open.MaxFrameSize, uint.MaxValue);
        fields.UShort(open.ChannelMax == ushort.MaxValue ? null : open.ChannelMax);
        fields.UInt(open.IdleTimeout);
        fields.Symbols(open.OutgoingLocales);
        fields.Symbols(open.IncomingLocales);
        fields.Symbols(open.OfferedCapabilities);
        fields.Symbols(open.DesiredCapabilities);
        fields.Map(open.Properties);
        fields.End();
    }

    /// <summary>Writes begin.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="begin">The performative.</param>
    public static void Write(AmqpWriter writer, Begin begin)
    {
        var fields = new FieldWriter(writer, Descriptor.Begin);
        fields.UShort(begin.RemoteChannel);
        fields.UInt(begin.NextOutgoingId);
        fields.UInt(begin.IncomingWindow);
        fields.UInt(begin.OutgoingWindow);
        fields.UIntUnless(begin.HandleMax, uint.MaxValue);
        fields.Symbols(begin.OfferedCapabilities);
        fields.Symbols(begin.DesiredCapabilities);
        fields.Map(begin.Properties);
        fields.End();
    }

    /// <summary>Writes attach.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="attach">The performative.</param>
    public static void Write(AmqpWriter writer, Attach attach)
    {
        var fields = new FieldWriter(writer, Descriptor.Attach);
        fields.Text(attach.Name);
        fields.UInt(attach.Handle);
        fields.Boolean(attach.IsReceiver);
        fields.UByte((byte?)attach.SenderSettleMode);
        fields.UByte((byte?)attach.ReceiverSettleMode);
        TerminusWriter.Write(writer, ref fields, attach.Source);
        TerminusWriter.Write(writer, ref fields, attach.Target);
        fields.Map(attach.Unsettled);
        fields.Flag(attach.IncompleteUnsettled);
        fields.UInt(attach.InitialDeliveryCount);
        fields.ULong(attach.MaxMessageSize);
        fields.Symbols(attach.OfferedCapabilities);
        fields.Symbols(attach.DesiredCapabilities);
        fields.Map(attach.Properties);
        fields.End();
    }

    /// <summary>Writes flow.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="flow">The performative.</param>
    public static void Write(AmqpWriter writer, in Flow flow)
    {
        var fields = new FieldWriter(writer, Descriptor.Flow);
        fields.UInt(flow.NextIncomingId);
        fields.UInt(flow.IncomingWindow);
        fields.UInt(flow.NextOutgoingId);
        fields.UInt(flow.OutgoingWindow);
        fields.UInt(flow.Handle);
        fields.UInt(flow.DeliveryCount);
        fields.UInt(flow.LinkCredit);
        fields.UInt(flow.Available);
        fields.Flag(flow.Drain);
        fields.Flag(flow.Echo);
        fields.End();
    }

    /// <summary>Writes transfer; its payload is to follow.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="transfer">The performative.</param>
    public static void Write(AmqpWriter writer, in Transfer transfer)
    {
        var fields = new FieldWriter(writer, Descriptor.Transfer);
        fields.UInt(transfer.Handle);
        fields.UInt(transfer.DeliveryId);
        if (transfer.DeliveryId is null && transfer.DeliveryTag.IsEmpty) fields.Null();
        else fields.Binary(transfer.DeliveryTag);
        fields.UInt(transfer.MessageFormat);
        if (transfer.Settled is { } settled) fields.Boolean(settled);
        else fields.Null();
        fields.Flag(transfer.More);
        fields.UByte((byte?)transfer.ReceiverSettleMode);
        StateWriter.Write(writer, ref fields, transfer.State);
        fields.Flag(transfer.Resume);
        fields.Flag(transfer.Aborted);
        fields.Flag(transfer.Batchable);
        fields.End();
    }

    /// <summary>Writes disposition.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="disposition">The performative.</param>
    public static void Write(AmqpWriter writer, in Disposition disposition)
    {
        var fields = new FieldWriter(writer, Descriptor.Disposition);
        fields.Boolean(disposition.IsReceiver);
        fields.UInt(disposition.First);
        fields.UInt(disposition.Last == disposition.First ? null : disposition.Last);
        fields.Flag(disposition.Settled);
        StateWriter.Write(writer, ref fields, disposition.State);
        fields.Flag(disposition.Batchable);
        fields.End();
    }

    /// <summary>Writes detach.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="detach">The performative.</param>
    public static void Write(AmqpWriter writer, Detach detach)
    {
        var fields = new FieldWriter(writer, Descriptor.Detach);
        fields.UInt(detach.Handle);
        fields.Flag(detach.Closed);
        StateWriter.Write(writer, ref fields, detach.Error);
        fields.End();
    }

    /// <summary>Writes end.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="end">The performative.</param>
    public static void Write(AmqpWriter writer, End end)
    {
        var fields = new FieldWriter(writer, Descriptor.End);
        StateWriter.Write(writer, ref fields, end.Error);
        fields.End();
    }

    /// <summary>Writes close.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="close">The performative.</param>
    public static void Write(AmqpWriter writer, Close close)
    {
        var fields = new FieldWriter(writer, Descriptor.Close);
        StateWriter.Write(writer, ref fields, close.Error);
        fields.End();
    }
}
