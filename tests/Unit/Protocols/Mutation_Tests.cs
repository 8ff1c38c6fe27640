using Fairlead.Protocols.Mqtt;
using Fairlead.Protocols.Mqtt.Packets;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Protocols;

public sealed class Mutation_Tests(ITestOutputHelper output)
{
    private const int Mutations = 200_000;
    private const int Seed = 20_251;

    private static readonly ProtocolVersion[] Versions = [ProtocolVersion.V31, ProtocolVersion.V311, ProtocolVersion.V5];

    /// <summary>
    /// Each input lies in an array of exactly its length, so that one byte read too far throws. Readers are deterministic: the printed
    /// seed and number repeat a failure.
    /// </summary>
    [Fact]
    public void No_mutation_of_a_vector_throws_and_what_is_read_can_be_written()
    {
        output.WriteLine($"seed {Seed}, {Mutations} mutations");
        WireVector[] vectors = [.. WireVector.Files.SelectMany(WireVector.Read).Where(vector => vector.Bytes.Length > 0)];
        WireVector[] good = [.. vectors.Where(vector => vector.Packet is not null)];
        var random = new Random(Seed);
        int[] outcomes = new int[3];
        for (int i = 0; i < Mutations; i++)
        {
            // Every second one starts from a good packet: most vectors are bad already.
            WireVector vector = i % 2 == 0 ? good[i / 2 % good.Length] : vectors[i / 2 % vectors.Length];
            byte[] bytes = Mutate(vector.Bytes, vectors[random.Next(vectors.Length)].Bytes, random);
            ProtocolVersion version = random.Next(4) == 0 ? Versions[random.Next(Versions.Length)] : vector.Version;
            DecodeStatus status;
            try
            {
                status = Read(bytes, version, compareMembers: i % 16 == 0);
            }
            catch (Exception exception) when (exception is not ShouldAssertException)
            {
                throw new InvalidOperationException($"Mutation {i} of seed {Seed}, version {version}: {Convert.ToHexString(bytes)}", exception);
            }

            outcomes[(int)status]++;
        }

        output.WriteLine($"complete {outcomes[0]}, incomplete {outcomes[1]}, failed {outcomes[2]}");
        outcomes.ShouldAllBe(count => count > 1000);
    }

    private static DecodeStatus Read(byte[] bytes, ProtocolVersion version, bool compareMembers)
    {
        DecodeStatus status = Wire.Read(bytes, version, out object? packet, out DecodeError error);
        FrameReader.TryRead(Segments.Split(bytes, 1, 2, 3), Wire.NoLimit, out _, out _);
        if (status == DecodeStatus.Failed)
        {
            error.IsError.ShouldBeTrue();
            error.Reason.ShouldNotBeEmpty();
        }

        if (status != DecodeStatus.Complete)
            return status;

        ProtocolVersion spoken = packet is ConnectPacket connect ? connect.Version : version;
        byte[] written = Wire.Write(spoken, packet!);
        Wire.Read(written, spoken, out object? again, out DecodeError second).ShouldBe(DecodeStatus.Complete, second.Reason);
        Wire.Write(spoken, again!).AsSpan().SequenceEqual(written).ShouldBeTrue(Convert.ToHexString(bytes));
        if (compareMembers)
            PacketDescription.Of(again!).ToJsonString().ShouldBe(PacketDescription.Of(packet!).ToJsonString());
        if (packet is PublishPacket publish)
        {
            Wire.Read(HotPath.Rewrite(bytes, version, publish), version, out object? rewritten, out _).ShouldBe(DecodeStatus.Complete);
            Wire.Write(version, rewritten!).AsSpan().SequenceEqual(written).ShouldBeTrue(Convert.ToHexString(bytes));
        }

        return status;
    }

    private static byte[] Mutate(byte[] source, byte[] other, Random random)
    {
        var bytes = new List<byte>(source);
        for (int rounds = random.Next(1, 3); rounds > 0; rounds--)
        {
            int at = random.Next(bytes.Count + 1);
            switch (random.Next(7))
            {
                case 0 when at < bytes.Count:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1 when at < bytes.Count:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2 when at < bytes.Count:
                    bytes[at] = random.Next(2) == 0 ? (byte)0 : (byte)0xFF;
                    break;
                case 3:
                    bytes.Insert(at, (byte)random.Next(256));
                    break;
                case 4 when at < bytes.Count:
                    bytes.RemoveRange(at, random.Next(1, Math.Min(5, bytes.Count - at + 1)));
                    break;
                case 5:
                    int from = random.Next(other.Length);
                    bytes.InsertRange(at, other[from..Math.Min(other.Length, from + random.Next(1, 12))]);
                    break;
                default:
                    bytes.AddRange(bytes.Take(at).ToArray());
                    break;
            }
        }

        // Half of them as whole frames, so that the body is what is judged.
        if (random.Next(2) == 0 && bytes.Count is > 1 and < 130)
            bytes[1] = (byte)(bytes.Count - 2);
        return [.. bytes];
    }
}
