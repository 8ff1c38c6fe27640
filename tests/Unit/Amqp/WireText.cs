using System.Buffers;
using System.Globalization;
using System.Text;
using Fairlead.Protocols.Amqp;

namespace Fairlead.Unit.Amqp;

/// <summary>Frames and messages as text, every field that is not absent or at its default; and written anew from what was read.</summary>
internal static class WireText
{
    /// <summary>What a frame says, and the same frame written by our writer.</summary>
    public static (string Text, byte[] Again) Read(byte[] frame)
    {
        if (FrameHeader.TryRead(new ReadOnlySequence<byte>(frame), int.MaxValue, out FrameHeader header, out string? fault) != FrameStatus.Complete)
            throw new InvalidOperationException(fault ?? "incomplete");
        var reader = new AmqpReader(frame.AsSpan(header.BodyOffset, header.Size - header.BodyOffset));
        if (!reader.TryReadDescriptor(out ulong descriptor)) throw new InvalidOperationException(reader.Error);
        using var writer = new AmqpWriter();
        int mark = FrameWriter.Begin(writer, header.Channel);
        string text = Performative(descriptor, ref reader, writer);
        FrameWriter.End(writer, mark);
        return ($"channel={header.Channel} {text}", writer.Written.ToArray());
    }

    /// <summary>What a message says.</summary>
    public static string Message(ReadOnlySpan<byte> payload)
    {
        if (!AmqpMessage.TryRead(payload, out var message, out var error)) throw new InvalidOperationException(error!.ToString());
        var parts = new List<string>();
        if (message.Header is not null) parts.Add("header");
        if (message.DeliveryAnnotations is { } delivery) parts.Add($"delivery-annotations={delivery}");
        if (message.MessageAnnotations is { } annotations) parts.Add($"message-annotations={{{string.Join(", ", annotations.Select(pair => $"{Typed(pair.Key)}={Typed(pair.Value)}"))}}}");
        if (message.Properties is { } p)
        {
            Add(parts, "message-id", Typed(p.MessageId));
            Add(parts, "to", Typed(p.To));
            Add(parts, "reply-to", Typed(p.ReplyTo));
            Add(parts, "correlation-id", Typed(p.CorrelationId));
            Add(parts, "content-type", p.ContentType);
            Add(parts, "content-encoding", p.ContentEncoding);
        }

        if (message.ApplicationProperties is { } properties)
            parts.Add($"application-properties={{{string.Join(", ", properties.Select(pair => $"{pair.Key}={Typed(pair.Value)}"))}}}");
        parts.AddRange(message.Data.Select(data => $"data={Encoding.UTF8.GetString(data.Span)}"));
        if (message.HasValue) parts.Add($"value={Typed(message.Value)}");
        return string.Join(" ", parts);
    }

    private static string Performative(ulong descriptor, ref AmqpReader reader, AmqpWriter writer)
    {
        AmqpError? fault;
        string text;
        switch (descriptor)
        {
            case Descriptor.Open:
                fault = PerformativeReader.ReadOpen(ref reader, out Open open);
                text = $"open {open.ContainerId} hostname={open.HostName} max-frame-size={open.MaxFrameSize} channel-max={open.ChannelMax} idle-time-out={open.IdleTimeout}";
                PerformativeWriter.Write(writer, open);
                break;
            case Descriptor.Begin:
                fault = PerformativeReader.ReadBegin(ref reader, out Begin begin);
                text = $"begin remote-channel={begin.RemoteChannel} next-outgoing-id={begin.NextOutgoingId} windows={begin.IncomingWindow},{begin.OutgoingWindow} handle-max={begin.HandleMax}";
                PerformativeWriter.Write(writer, begin);
                break;
            case Descriptor.Attach:
                fault = PerformativeReader.ReadAttach(ref reader, out Attach attach);
                text = Describe(attach);
                PerformativeWriter.Write(writer, attach);
                break;
            case Descriptor.Flow:
                fault = PerformativeReader.ReadFlow(ref reader, out Flow flow);
                text = $"flow next-incoming-id={flow.NextIncomingId} incoming-window={flow.IncomingWindow} next-outgoing-id={flow.NextOutgoingId} outgoing-window={flow.OutgoingWindow} handle={flow.Handle} delivery-count={flow.DeliveryCount} link-credit={flow.LinkCredit}";
                PerformativeWriter.Write(writer, flow);
                break;
            case Descriptor.Transfer:
                fault = PerformativeReader.ReadTransfer(ref reader, out Transfer transfer);
                text = $"transfer handle={transfer.Handle} delivery-id={transfer.DeliveryId} tag={Convert.ToHexStringLower(transfer.DeliveryTag)} format={transfer.MessageFormat} settled={transfer.Settled} more={transfer.More} | {Message(reader.Rest)}";
                PerformativeWriter.Write(writer, transfer);
                AmqpMessage.TryRead(reader.Rest, out var message, out _);
                message.Write(writer);
                break;
            case Descriptor.Disposition:
                fault = PerformativeReader.ReadDisposition(ref reader, out Disposition disposition);
                text = $"disposition receiver={disposition.IsReceiver} {disposition.First}..{disposition.Last} settled={disposition.Settled} {disposition.State.Kind}";
                PerformativeWriter.Write(writer, disposition);
                break;
            case Descriptor.Detach:
                fault = PerformativeReader.ReadDetach(ref reader, out Detach detach);
                text = detach.ToString();
                PerformativeWriter.Write(writer, detach);
                break;
            case Descriptor.End:
                fault = PerformativeReader.ReadEnd(ref reader, out End end);
                text = end.ToString();
                PerformativeWriter.Write(writer, end);
                break;
            default:
                throw new InvalidOperationException($"descriptor {descriptor}");
        }

        return fault is null ? text : throw new InvalidOperationException(fault.ToString());
    }

    private static string Describe(Attach attach)
    {
        var parts = new List<string> { "attach", attach.Name, $"handle={attach.Handle}", attach.IsReceiver ? "receiver" : "sender" };
        Add(parts, "snd", attach.SenderSettleMode?.ToString());
        Add(parts, "rcv", attach.ReceiverSettleMode?.ToString());
        if (attach.Source is { } source) parts.Add($"source({source.Address})");
        if (attach.Target is { } target) parts.Add($"target({target.Address})");
        Add(parts, "initial-delivery-count", attach.InitialDeliveryCount?.ToString(CultureInfo.InvariantCulture));
        if (attach.Properties is { } properties) parts.Add($"properties={properties}");
        return string.Join(" ", parts);
    }

    private static string? Typed(AmqpValue value) => value.IsNull ? null : $"{value.Type}:{value}";

    private static void Add(List<string> parts, string name, string? value)
    {
        if (value is not null) parts.Add($"{name}={value}");
    }
}
