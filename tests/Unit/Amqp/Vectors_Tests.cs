using Fairlead.Protocols.Amqp;
using Fairlead.Unit.Architecture;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Amqp;

/// <summary>Bytes of the Azure SDK for Node and of rhea (spec 7.6), each with what it says.</summary>
public sealed class Vectors_Tests
{
    private static readonly string File = Path.Combine(SourceTree.Root, "tests", "Unit", "Amqp", "Vectors", "azure.txt");

    [Fact]
    public void Azure_15_Every_vector_is_read_as_it_says()
    {
        var vectors = Read();
        vectors.Count.ShouldBe(26);
        foreach (var (name, bytes, meaning) in vectors) Judge(name, bytes, meaning);
    }

    private static void Judge(string name, byte[] bytes, string meaning)
    {
        if (bytes.AsSpan().SequenceEqual(ProtocolHeader.Amqp)) return;
        if (bytes[0] == 0 && bytes[1] == 0x53)
        {
            WireText.Message(bytes).ShouldBe(meaning, name);
            AmqpMessage.TryRead(bytes, out var message, out _).ShouldBeTrue();
            WireText.Message(message.Encode()).ShouldBe(meaning, name);
            return;
        }

        var (text, again) = WireText.Read(bytes);
        text.ShouldBe(meaning, name);
        WireText.Read(again).Text.ShouldBe(meaning, name);
        again.Length.ShouldBeLessThanOrEqualTo(bytes.Length, $"{name}: rhea writes long forms; ours are the shortest");
    }

    private static List<(string Name, byte[] Bytes, string Meaning)> Read()
    {
        var vectors = new List<(string, byte[], string)>();
        string[] lines = [.. System.IO.File.ReadAllLines(File).Where(line => line.Length > 0 && !line.StartsWith('#'))];
        for (int i = 0; i < lines.Length; i += 3) vectors.Add((lines[i], Convert.FromHexString(lines[i + 1]), lines[i + 2]));
        return vectors;
    }
}
