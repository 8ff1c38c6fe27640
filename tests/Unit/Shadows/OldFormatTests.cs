using System.Buffers.Binary;
using Fairlead.Broker.Durability;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Shadows;

/// <summary>Stores that were written before shadows were twins too.</summary>
public sealed class OldFormatTests
{
    private const int Header = 42;
    private const int OldHeader = 14;

    [Fact]
    public async Task A_store_with_shadows_of_format_1_is_opened_and_its_shadows_go_on()
    {
        IReadOnlyList<Document> kept;
        await using (var before = new ShadowStage())
        {
            before.Publish("fan-7/shadow/update", """{"state":{"desired":{"speed":3,"zones":["a"]},"reported":{"speed":2}}}""");
            before.Publish("fan-7/shadow/name/pump/update", """{"state":{"reported":{"on":true}}}""");
            before.Publish("fan-8/shadow/update", """{"state":{"reported":{"on":true}}}""");
            before.Publish("fan-8/shadow/delete", "");
            await before.QuietUntilAsync();
            kept = [.. before.Store.Kept.Select(static document => document with { Body = ToFormat1(document.Body.Span) })];
        }

        kept.Count.ShouldBe(3);
        await using var stage = new ShadowStage(documents: kept);
        stage.Time.Seconds++;
        (await stage.AskAsync("fan-7/shadow/get", "")).Payload.ShouldContain("""{"state":{"desired":{"speed":3,"zones":["a"]},"reported":{"speed":2},"delta":{"speed":3,"zones":["a"]}}""");
        (await stage.AskAsync("fan-7/shadow/name/pump/get", "")).Payload.ShouldContain("""{"state":{"reported":{"on":true}}""");
        (await stage.AskAsync("fan-8/shadow/get", "")).Topic.ShouldEndWith("rejected");

        // A change writes the new form and counts on; the hidden counter of a deleted shadow does so too.
        (await stage.AskAsync("fan-7/shadow/update", """{"state":{"reported":{"speed":3}}}""")).Payload.ShouldContain("\"version\":2");
        await stage.QuietUntilAsync();
        (await stage.AskAsync("fan-8/shadow/update", """{"state":{"reported":{"on":false}}}""")).Payload.ShouldContain("\"version\":3");
        stage.Store.Kept.Count.ShouldBe(2);
        stage.Store.Kept.Select(static document => document.Body.ToArray()[0]).ShouldBe([2, 2]);
    }

    /// <summary>What the program before wrote: format 1, flags, version, length of desired, desired, reported.</summary>
    private static byte[] ToFormat1(ReadOnlySpan<byte> body)
    {
        body[0].ShouldBe((byte)2);
        int desired = BinaryPrimitives.ReadInt32LittleEndian(body[10..]), reported = BinaryPrimitives.ReadInt32LittleEndian(body[14..]);
        var old = new byte[OldHeader + desired + reported];
        body[..OldHeader].CopyTo(old);
        old[0] = 1;
        body.Slice(Header, desired + reported).CopyTo(old.AsSpan(OldHeader));
        return old;
    }
}
