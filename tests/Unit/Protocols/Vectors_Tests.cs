using System.Text.Json.Nodes;
using Fairlead.Protocols.Mqtt;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Protocols;

public sealed class Vectors_Tests
{
    public static TheoryData<string> Files => [.. WireVector.Files];

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_vector_is_read_as_it_says(string file)
    {
        List<WireVector> vectors = WireVector.Read(file);
        vectors.ShouldNotBeEmpty();
        string[] faults =
        [
            .. from vector in vectors
               let fault = Judge(vector)
               where fault is not null
               select $"{vector.Name}: {fault}",
        ];
        faults.ShouldBeEmpty(string.Join('\n', faults));
    }

    [Fact]
    public void The_vectors_cover_every_packet_and_every_property()
    {
        WireVector[] vectors = [.. WireVector.Files.SelectMany(WireVector.Read)];
        vectors.Length.ShouldBeGreaterThan(1000);
        vectors.Select(vector => (string?)vector.Packet?["type"]).OfType<string>().Distinct().Count().ShouldBe(15);
    }

    private static string? Judge(WireVector vector)
    {
        DecodeStatus status = Wire.Read(vector.Bytes, vector.Version, out object? packet, out DecodeError error, vector.MaximumPacketSize);
        if (vector.Incomplete)
            return status == DecodeStatus.Incomplete ? null : $"{status} {error}, expected Incomplete";
        if (vector.Error is ReasonCode code)
            return JudgeError(vector, status, error, code);
        if (status != DecodeStatus.Complete)
            return $"{status} {error}";

        JsonObject read = PacketDescription.Of(packet!);
        if (!JsonNode.DeepEquals(read, vector.Packet))
            return $"read {read.ToJsonString()}, expected {vector.Packet!.ToJsonString()}";
        byte[] written = Wire.Write(vector.Version, packet!);
        return !vector.Canonical || written.AsSpan().SequenceEqual(vector.Bytes) ? null : $"written as {Convert.ToHexStringLower(written)}";
    }

    private static string? JudgeError(WireVector vector, DecodeStatus status, DecodeError error, ReasonCode code)
    {
        if (status != DecodeStatus.Failed || error.Code != code)
            return $"{status} {error}, expected {code}";
        if (error.Reason.Length == 0)
            return "no reason is given";
        bool named = vector.Statements.Count == 0 ? error.StatementId.Length == 0 : vector.Statements.Contains(error.StatementId, StringComparer.Ordinal);
        return named ? null : $"names statement '{error.StatementId}', expected {string.Join(" or ", vector.Statements)}: {error.Reason}";
    }
}
