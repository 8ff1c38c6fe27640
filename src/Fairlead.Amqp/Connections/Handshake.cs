using Fairlead.Protocols.Amqp;

namespace Fairlead.Amqp.Connections;

/// <summary>Makes a connection: headers, SASL and open (spec 2.1, 2.2), for both roles.</summary>
internal sealed class Handshake(AmqpConnection connection, AmqpOptions options, HandshakeReader reader)
{
    private const int SmallestFrameSize = 512;

    /// <summary>Serves a peer that connects; returns why it cannot go on, null when the connection is open.</summary>
    public async ValueTask<AmqpError?> AcceptAsync(CancellationToken cancellationToken)
    {
        var header = await reader.ReadHeaderAsync(cancellationToken);
        if (header is null) return Gone();
        bool secured = false;
        if (header.AsSpan().SequenceEqual(ProtocolHeader.Sasl) && options.SaslMechanisms.Count > 0)
        {
            if (await AcceptSaslAsync(cancellationToken) is { } refused) return refused;
            secured = true;
            header = await reader.ReadHeaderAsync(cancellationToken);
            if (header is null) return Gone();
        }

        if (!header.AsSpan().SequenceEqual(ProtocolHeader.Amqp) || (options.RequireSasl && !secured))
        {
            // Checklist 20: the header that is spoken here, then the end.
            connection.Send(options.RequireSasl && !secured ? ProtocolHeader.Sasl : ProtocolHeader.Amqp);
            return new AmqpError(AmqpCondition.NotAllowed, "the peer begins with another protocol or version");
        }

        connection.Send(ProtocolHeader.Amqp);
        var (open, fault) = await ReadOpenAsync(cancellationToken);
        if (open is null) return fault;
        connection.RemoteOpen = open;
        fault = Judge(open) ?? await connection.Handler.OnOpenAsync(connection, open, cancellationToken);
        connection.SendOpen();
        if (fault is null) return null;
        connection.SendClose(fault);
        return fault;
    }

    /// <summary>Connects to a peer; returns why it cannot go on, null when the connection is open.</summary>
    public async ValueTask<AmqpError?> ConnectAsync(CancellationToken cancellationToken)
    {
        if (options.Credential is { } credential && await ConnectSaslAsync(credential, cancellationToken) is { } refused) return refused;
        connection.Send(ProtocolHeader.Amqp);
        connection.SendOpen();
        var header = await reader.ReadHeaderAsync(cancellationToken);
        if (header is null) return Gone();
        if (!header.AsSpan().SequenceEqual(ProtocolHeader.Amqp)) return OtherProtocol(header);
        var (open, fault) = await ReadOpenAsync(cancellationToken);
        if (open is null) return fault;
        connection.RemoteOpen = open;
        fault = Judge(open);
        if (fault is not null) connection.SendClose(fault);
        return fault;
    }

    private async ValueTask<AmqpError?> AcceptSaslAsync(CancellationToken cancellationToken)
    {
        connection.Send(ProtocolHeader.Sasl);
        connection.Send(writer => SaslWriter.WriteMechanisms(writer, [.. options.SaslMechanisms]));
        var body = await reader.ReadFrameAsync(FrameHeader.SaslFrame, cancellationToken);
        if (body is null) return Gone();
        var fault = ReadInit(body, out SaslInit init);
        if (fault is not null) return fault;
        var outcome = options.SaslMechanisms.Contains(init.Mechanism, StringComparer.Ordinal)
            ? await connection.Handler.OnSaslAsync(connection, new SaslRequest(init.Mechanism, init.InitialResponse ?? [], init.HostName), cancellationToken)
            : SaslOutcome.Auth;
        connection.Send(writer => SaslWriter.WriteOutcome(writer, (byte)outcome));
        return outcome == SaslOutcome.Ok ? null : new AmqpError(AmqpCondition.UnauthorizedAccess, $"SASL {init.Mechanism} was refused");
    }

    private async ValueTask<AmqpError?> ConnectSaslAsync(SaslCredential credential, CancellationToken cancellationToken)
    {
        connection.Send(ProtocolHeader.Sasl);
        var header = await reader.ReadHeaderAsync(cancellationToken);
        if (header is null) return Gone();
        if (!header.AsSpan().SequenceEqual(ProtocolHeader.Sasl)) return OtherProtocol(header);
        var body = await reader.ReadFrameAsync(FrameHeader.SaslFrame, cancellationToken);
        if (body is null) return Gone();
        if (ReadMechanisms(body, out string[] offered) is { } wrong) return wrong;
        if (!offered.Contains(credential.Mechanism, StringComparer.Ordinal))
            return new AmqpError(AmqpCondition.NotAllowed, $"the server offers {string.Join(", ", offered)}, not {credential.Mechanism}");
        connection.Send(writer => SaslWriter.WriteInit(writer, new SaslInit(credential.Mechanism, credential.InitialResponse?.ToArray(), options.HostName)));
        body = await reader.ReadFrameAsync(FrameHeader.SaslFrame, cancellationToken);
        if (body is null) return Gone();
        if (ReadOutcome(body, out byte code) is { } fault) return fault;
        return code == 0 ? null : new AmqpError(AmqpCondition.UnauthorizedAccess, $"the server refuses the credential (SASL outcome {code})");
    }

    private async ValueTask<(Open? Open, AmqpError? Fault)> ReadOpenAsync(CancellationToken cancellationToken)
    {
        var body = await reader.ReadFrameAsync(FrameHeader.AmqpFrame, cancellationToken);
        if (body is null)
        {
            var gone = Gone();
            if (reader.Fault is not null) CloseFor(gone);
            return (null, gone);
        }

        var fault = ReadOpen(body, out Open? open);
        if (fault is null) return (open, null);
        CloseFor(fault);
        return (null, fault);
    }

    // An error before open is told by an open and a close, because nothing but open may come first.
    private void CloseFor(AmqpError fault)
    {
        connection.SendOpen();
        connection.SendClose(fault);
    }

    private AmqpError? Judge(Open open)
    {
        if (open.MaxFrameSize < SmallestFrameSize) return new AmqpError(AmqpCondition.InvalidField, "max-frame-size is below 512");
        bool tooShort = !connection.IsClient && open.IdleTimeout is { } idle && idle > 0 && idle < options.ShortestPeerIdleTimeout.TotalMilliseconds;
        return tooShort
            ? new AmqpError(AmqpCondition.NotAllowed, $"idle-time-out is below {options.ShortestPeerIdleTimeout.TotalMilliseconds} ms") // checklist 25
            : null;
    }

    private AmqpError Gone() => reader.Fault is { } fault
        ? new AmqpError(AmqpCondition.FramingError, fault)
        : new AmqpError(AmqpCondition.ConnectionForced, "the peer hung up while the connection was made");

    private static AmqpError OtherProtocol(byte[] header) =>
        new(AmqpCondition.NotAllowed, $"the server answers with another protocol ({Convert.ToHexStringLower(header)})");

    private static AmqpError? ReadOpen(ReadOnlySpan<byte> body, out Open? open)
    {
        open = null;
        var cursor = new AmqpReader(body);
        if (!cursor.TryReadDescriptor(out ulong descriptor)) return new AmqpError(AmqpCondition.DecodeError, cursor.Error);
        if (descriptor != Descriptor.Open) return new AmqpError(AmqpCondition.NotAllowed, "open is expected");
        var fault = PerformativeReader.ReadOpen(ref cursor, out Open read);
        open = fault is null ? read : null;
        return fault;
    }

    private static AmqpError? ReadInit(ReadOnlySpan<byte> body, out SaslInit init)
    {
        init = new SaslInit("", null, null);
        var cursor = new AmqpReader(body);
        return Expect(ref cursor, Descriptor.SaslInit) ?? SaslReader.ReadInit(ref cursor, out init);
    }

    private static AmqpError? ReadMechanisms(ReadOnlySpan<byte> body, out string[] mechanisms)
    {
        mechanisms = [];
        var cursor = new AmqpReader(body);
        return Expect(ref cursor, Descriptor.SaslMechanisms) ?? SaslReader.ReadMechanisms(ref cursor, out mechanisms);
    }

    private static AmqpError? ReadOutcome(ReadOnlySpan<byte> body, out byte code)
    {
        code = 1;
        var cursor = new AmqpReader(body);
        return Expect(ref cursor, Descriptor.SaslOutcome) ?? SaslReader.ReadOutcome(ref cursor, out code);
    }

    private static AmqpError? Expect(ref AmqpReader cursor, ulong wanted)
    {
        if (!cursor.TryReadDescriptor(out ulong descriptor)) return new AmqpError(AmqpCondition.DecodeError, cursor.Error);
        return descriptor == wanted ? null : new AmqpError(AmqpCondition.NotAllowed, "another SASL frame is expected");
    }
}
