using System.Text;
using Fairlead.Features.IotHub.Messages;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.IotHub.Messages;

/// <summary>Property bags (spec/azure-gateway 3.3, line 59).</summary>
public sealed class PropertyBagTests
{
    [Theory]
    [InlineData("%24.mid=1&%24.ct=application%2Fjson&%24.ce=utf-8&alert=true")]
    [InlineData("$.mid=1&$.ct=application%2Fjson&$.ce=utf-8&alert=true")]
    [InlineData("?%24.mid=1&%24.ct=application%2Fjson&%24.ce=utf-8&alert=true")]
    [InlineData("%24.mid=1&%24.ct=application%2Fjson&%24.ce=utf-8&alert=true/")]
    [InlineData("?$.mid=1&&$.ct=application%2fjson&$.ce=utf-8&alert=true/")]
    public void Azure_59_All_writings_of_a_bag_give_the_same_properties(string bag)
    {
        PropertyBag.TryRead(bag, default, out var message).ShouldBeTrue();
        (message!.MessageId, message.ContentType, message.ContentEncoding).ShouldBe(("1", "application/json", "utf-8"));
        message.Properties.ShouldBe([new("alert", "true")]);
    }

    [Fact]
    public void Azure_59_An_absent_value_differs_from_an_empty_one()
    {
        PropertyBag.TryRead("absent&empty=&both=a%3Db", default, out var message).ShouldBeTrue();
        message!.Properties.ShouldBe([new("absent", null), new("empty", ""), new("both", "a=b")]);
    }

    [Fact]
    public void Azure_59_Every_field_is_read_and_written_under_its_name()
    {
        const string Bag = "%24.to=%2Fdevices%2Fd%2Fmessages%2Fdevicebound&%24.mid=m%2F1&%24.cid=c&%24.uid=u&%24.ct=t&%24.ce=e&%24.exp=2030-01-02T03%3A04%3A05.006Z"
            + "&%24.ctime=now&%24.schema=s&%24.on=o&%24.sub=b&%24.ifid=i&%24.diagid=g&%24.diagctx=x&iothub-ack=full&iothub-operation=op&a%20b=%E2%82%AC&n";
        PropertyBag.TryRead(Bag, Encoding.UTF8.GetBytes("body"), out var message).ShouldBeTrue();
        message!.Ack.ShouldBe(AckRequest.Full);
        message.ExpiresAt.ShouldBe(new DateTimeOffset(2030, 1, 2, 3, 4, 5, 6, TimeSpan.Zero));
        message.Properties.ShouldBe([new("a b", "€"), new("n", null)]);
        var written = new StringBuilder();
        PropertyBag.Write(written, message, withAddress: true);
        written.ToString().ShouldBe(Bag);
    }

    [Fact]
    public void Azure_59_What_a_sender_says_about_who_it_is_counts_for_nothing()
    {
        PropertyBag.TryRead("%24.cdid=other&%24.cmid=module", default, out var message).ShouldBeTrue();
        message!.Properties.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("a=%")]
    [InlineData("a=%4")]
    [InlineData("%zz=1")]
    [InlineData("a=%FF")]
    public void Azure_59_What_is_not_well_formed_is_no_bag(string bag) => PropertyBag.TryRead(bag, default, out _).ShouldBeFalse();

    [Fact]
    public void A_stored_message_comes_back_whole_and_a_damaged_one_does_not()
    {
        PropertyBag.TryRead("%24.mid=1&iothub-ack=negative&%24.exp=2030-01-02T03:04:05Z&a&b=&c=%E2%82%AC", Encoding.UTF8.GetBytes("body"), out var message).ShouldBeTrue();
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        IotMessageCodec.Write(output, message!);
        ReadOnlySpan<byte> bytes = output.WrittenSpan;
        IotMessageCodec.TryRead(ref bytes, out var back).ShouldBeTrue();
        bytes.Length.ShouldBe(0);
        back!.Body.ToArray().ShouldBe(message!.Body.ToArray());
        (back with { Body = default, Properties = [] }).ShouldBe(message with { Body = default, Properties = [] });
        back.Properties.ShouldBe(message.Properties);
        for (var length = 0; length < output.WrittenCount; length++)
        {
            var cut = output.WrittenSpan[..length];
            IotMessageCodec.TryRead(ref cut, out _).ShouldBeFalse();
        }
    }
}
