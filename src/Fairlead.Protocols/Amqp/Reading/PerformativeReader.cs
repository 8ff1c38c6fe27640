using Fairlead.Protocols.Amqp.Reading;

namespace Fairlead.Protocols.Amqp;

/// <summary>
/// Reads performatives. The cursor stands after the descriptor (<see cref="AmqpReader.TryReadDescriptor"/>) and afterwards behind the
/// performative, where a transfer's payload begins. An error is <c>amqp:decode-error</c>; null when all is well.
/// </summary>
public static class PerformativeReader
{
    /// <summary>Reads open.</summary>
    /// <param name="reader">The cursor.</param>
    /// <param name="open">The performative.</param>
    public static AmqpError? ReadOpen(ref AmqpReader reader, out Open open)
    {
        var fields = FieldReader.Enter(ref reader);
        open = new Open
        {
            ContainerId = fields.Text(required: true) ?? "",
            HostName = fields.Text(),
            MaxFrameSize = fields.UInt() ?? uint.MaxValue,
            ChannelMax = fields.UShort() ?? ushort.MaxValue,
            IdleTimeout = fields.UInt(),
            OutgoingLocales = fields.Symbols(),
            IncomingLocales = fields.Symbols(),
            OfferedCapabilities = fields.Symbols(),
            DesiredCapabilities = fields.Symbols(),
            Properties = fields.Map(),
        };
        return Fault(fields.Error, "open");
    }

    /// <summary>Reads begin.</summary>
    /// <param name="reader">The cursor.</param>
    /// <param name="begin">The performative.</param>
    public static AmqpError? ReadBegin(ref AmqpReader reader, out Begin begin)
    {
        var fields = FieldReader.Enter(ref reader);
        begin = new Begin
        {
            RemoteChannel = fields.UShort(),
            NextOutgoingId = fields.UInt(required: true) ?? 0,
            IncomingWindow = fields.UInt(required: true) ?? 0,
            OutgoingWindow = fields.UInt(required: true) ?? 0,
            HandleMax = fields.UInt() ?? uint.MaxValue,
            OfferedCapabilities = fields.Symbols(),
            DesiredCapabilities = fields.Symbols(),
            Properties = fields.Map(),
        };
        return Fault(fields.Error, "begin");
    }

    /// <summary>Reads attach.</summary>
    /// <param name="reader">The cursor.</param>
    /// <param name="attach">The performative.</param>
    public static AmqpError? ReadAttach(ref AmqpReader reader, out Attach attach)
    {
        var fields = FieldReader.Enter(ref reader);
        attach = new Attach
        {
            Name = fields.Text(required: true) ?? "",
            Handle = fields.UInt(required: true) ?? 0,
            IsReceiver = fields.Boolean(required: true) ?? false,
            SenderSettleMode = (SenderSettleMode?)fields.UByte(),
            ReceiverSettleMode = (ReceiverSettleMode?)fields.UByte(),
            Source = TerminusReader.ReadSource(ref fields),
            Target = TerminusReader.ReadTarget(ref fields),
            Unsettled = fields.Map(),
            IncompleteUnsettled = fields.Boolean() ?? false,
            InitialDeliveryCount = fields.UInt(),
            MaxMessageSize = fields.ULong(),
            OfferedCapabilities = fields.Symbols(),
            DesiredCapabilities = fields.Symbols(),
            Properties = fields.Map(),
        };
        if (attach.SenderSettleMode > SenderSettleMode.Mixed || attach.ReceiverSettleMode > ReceiverSettleMode.Second) fields.Fail("there is no such settle mode");
        if (!attach.IsReceiver && attach.InitialDeliveryCount is null) fields.Fail("a sender gives no initial-delivery-count"); // spec 7.4 rule 7
        return Fault(fields.Error, "attach");
    }

    /// <summary>Reads flow.</summary>
    /// <param name="reader">The cursor.</param>
    /// <param name="flow">The performative.</param>
    public static AmqpError? ReadFlow(ref AmqpReader reader, out Flow flow)
    {
        var fields = FieldReader.Enter(ref reader);
        flow = new Flow
        {
            NextIncomingId = fields.UInt(),
            IncomingWindow = fields.UInt(required: true) ?? 0,
            NextOutgoingId = fields.UInt(required: true) ?? 0,
            OutgoingWindow = fields.UInt(required: true) ?? 0,
            Handle = fields.UInt(),
            DeliveryCount = fields.UInt(),
            LinkCredit = fields.UInt(),
            Available = fields.UInt(),
            Drain = fields.Boolean() ?? false,
            Echo = fields.Boolean() ?? false,
        };
        return Fault(fields.Error, "flow");
    }

    /// <summary>Reads transfer; what is left in the cursor is the payload.</summary>
    /// <param name="reader">The cursor.</param>
    /// <param name="transfer">The performative; its tag lies in the cursor's bytes.</param>
    public static AmqpError? ReadTransfer(scoped ref AmqpReader reader, out Transfer transfer)
    {
        var fields = FieldReader.Enter(ref reader);
        transfer = default;
        transfer.Handle = fields.UInt(required: true) ?? 0;
        transfer.DeliveryId = fields.UInt();
        transfer.DeliveryTag = fields.Binary();
        transfer.MessageFormat = fields.UInt();
        transfer.Settled = fields.Boolean();
        transfer.More = fields.Boolean() ?? false;
        transfer.ReceiverSettleMode = (ReceiverSettleMode?)fields.UByte();
        transfer.State = StateReader.Read(ref fields);
        transfer.Resume = fields.Boolean() ?? false;
        transfer.Aborted = fields.Boolean() ?? false;
        transfer.Batchable = fields.Boolean() ?? false;
        if (transfer.DeliveryTag.Length > 32) fields.Fail("a delivery tag is longer than 32 bytes");
        return Fault(fields.Error, "transfer");
    }

    /// <summary>Reads disposition.</summary>
    /// <param name="reader">The cursor.</param>
    /// <param name="disposition">The performative.</param>
    public static AmqpError? ReadDisposition(ref AmqpReader reader, out Disposition disposition)
    {
        var fields = FieldReader.Enter(ref reader);
        bool isReceiver = fields.Boolean(required: true) ?? false;
        uint first = fields.UInt(required: true) ?? 0;
        disposition = new Disposition
        {
            IsReceiver = isReceiver,
            First = first,
            Last = fields.UInt() ?? first,
            Settled = fields.Boolean() ?? false,
            State = StateReader.Read(ref fields),
            Batchable = fields.Boolean() ?? false,
        };
        return Fault(fields.Error, "disposition");
    }

    /// <summary>Reads detach.</summary>
    /// <param name="reader">The cursor.</param>
    /// <param name="detach">The performative.</param>
    public static AmqpError? ReadDetach(ref AmqpReader reader, out Detach detach)
    {
        var fields = FieldReader.Enter(ref reader);
        detach = new Detach(fields.UInt(required: true) ?? 0, fields.Boolean() ?? false, StateReader.ReadError(ref fields));
        return Fault(fields.Error, "detach");
    }

    /// <summary>Reads end.</summary>
    /// <param name="reader">The cursor.</param>
    /// <param name="end">The performative.</param>
    public static AmqpError? ReadEnd(ref AmqpReader reader, out End end)
    {
        var fields = FieldReader.Enter(ref reader);
        end = new End(StateReader.ReadError(ref fields));
        return Fault(fields.Error, "end");
    }

    /// <summary>Reads close.</summary>
    /// <param name="reader">The cursor.</param>
    /// <param name="close">The performative.</param>
    public static AmqpError? ReadClose(ref AmqpReader reader, out Close close)
    {
        var fields = FieldReader.Enter(ref reader);
        close = new Close(StateReader.ReadError(ref fields));
        return Fault(fields.Error, "close");
    }

    internal static AmqpError? Fault(string? error, string what) => error is null ? null : new AmqpError(AmqpCondition.DecodeError, $"{what}: {error}");
}
