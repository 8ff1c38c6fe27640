using System.Buffers;
using Fairlead.Protocols.Amqp;
using Fairlead.Unit.Architecture;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Amqp;

public sealed class Mutation_Tests
{
    private const int Cases = 200_000;
    private const int EngineCases = 300;

    // A value in memory takes more than the byte that can stand for it on the wire; nothing grows beyond that factor.
    private const long MostBytesForOne = 128;
    private const long Overhead = 16 * 1024;

    private static readonly byte[][] Frames = [.. File.ReadLines(Path.Combine(SourceTree.Root, "tests", "Unit", "Amqp", "Vectors", "azure.txt"))
        .Where(line => line.Length > 20 && line.All(char.IsAsciiHexDigitLower)).Select(Convert.FromHexString)];

    [Fact]
    public void Azure_17_Changed_frames_never_throw_and_never_allocate_beyond_their_size()
    {
        Frames.Length.ShouldBeGreaterThan(20);
        var random = new Random(20_261_130);
        for (int i = 0; i < Cases; i++)
        {
            byte[] bytes = Mutate(Frames[random.Next(Frames.Length)], random);
            long before = GC.GetAllocatedBytesForCurrentThread();
            ReadEverything(bytes);
            (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan((bytes.Length * MostBytesForOne) + Overhead, $"case {i}");
        }
    }

    [Fact]
    public async Task Azure_17_A_listener_survives_changed_frames_and_closes_with_a_reason()
    {
        var random = new Random(4711);
        for (int i = 0; i < EngineCases; i++)
        {
            var listener = new Listener();
            await using var peer = await RawPeer.OpenAsync(listener, channel: 0);
            for (int n = random.Next(1, 6); n > 0; n--) await peer.SendAsync(Mutate(Frames[random.Next(Frames.Length)], random));
            await peer.SendFrameAsync(0, writer => PerformativeWriter.Write(writer, new Close(null)));
            await peer.DisposeAsync();
            var error = await listener.ClosedWith.Task.WaitAsync(Listener.Patience, TestContext.Current.CancellationToken);
            error?.Condition.ShouldNotBe(AmqpCondition.InternalError, $"case {i}");
        }
    }

    private static byte[] Mutate(byte[] original, Random random)
    {
        byte[] bytes = [.. original];
        for (int changes = random.Next(1, 5); changes > 0; changes--)
        {
            int at = random.Next(bytes.Length);
            switch (random.Next(5))
            {
                case 0: bytes[at] = (byte)random.Next(256); break;
                case 1: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 2: bytes[at] = random.Next(2) == 0 ? (byte)0 : (byte)0xff; break;
                case 3 when bytes.Length > 12: bytes = bytes[..random.Next(9, bytes.Length)]; break;
                default: bytes = [.. bytes[..at], (byte)random.Next(256), .. bytes[at..]]; break;
            }
        }

        return bytes;
    }

    private static void ReadEverything(byte[] bytes)
    {
        FrameHeader.TryRead(new ReadOnlySequence<byte>(bytes), 65_536, out _, out _);
        var reader = new AmqpReader(bytes.AsSpan(Math.Min(8, bytes.Length)));
        var copy = reader;
        copy.TryReadValue(out _);
        copy = reader;
        copy.TrySkip();
        AmqpMessage.TryRead(bytes, out _, out _);
        if (!reader.TryReadDescriptor(out ulong descriptor)) return;
        switch (descriptor)
        {
            case Descriptor.Open: PerformativeReader.ReadOpen(ref reader, out _); break;
            case Descriptor.Begin: PerformativeReader.ReadBegin(ref reader, out _); break;
            case Descriptor.Attach: PerformativeReader.ReadAttach(ref reader, out _); break;
            case Descriptor.Flow: PerformativeReader.ReadFlow(ref reader, out _); break;
            case Descriptor.Disposition: PerformativeReader.ReadDisposition(ref reader, out _); break;
            case Descriptor.Detach: PerformativeReader.ReadDetach(ref reader, out _); break;
            case Descriptor.End: PerformativeReader.ReadEnd(ref reader, out _); break;
            case Descriptor.Transfer:
                PerformativeReader.ReadTransfer(ref reader, out _);
                AmqpMessage.TryRead(reader.Rest, out _, out _);
                if (MessageView.TryRead(reader.Rest, out var view, out _)) view.TryFindApplicationProperty("alert"u8, out _);
                break;
        }
    }
}
