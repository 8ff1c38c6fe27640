using System.Text;
using Fairlead.Client.Mqtt;
using Fairlead.Protocols.Mqtt;
using Fairlead.Protocols.Mqtt.Packets;
using Fairlead.Verbs.Load;
using Fairlead.Verbs.Messaging;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Client;

/// <summary>The letters of -F; where mosquitto_sub 2.0 prints the same, the expected text was taken from it.</summary>
public sealed class Format_Tests
{
    private static readonly PublishProperties Properties = new()
    {
        ContentType = "text/plain",
        ResponseTopic = "r/t",
        CorrelationData = "abc"u8.ToArray(),
        MessageExpiryInterval = 60,
        PayloadIsUtf8 = true,
        UserProperties = [new UserProperty("k", "v"), new UserProperty("k", "v2")],
        SubscriptionIdentifiers = [5],
    };

    [Theory]
    [InlineData("%t|%p|%l|%q|%r|%m", "x/2|a\"b|3|1|1|7")]
    [InlineData("%-10t|%10t|%10.2t|%.1t", "x/2       |       x/2|        x/|x")]
    [InlineData("%05l|%08m|%-5m|%5m", "00003|00000007|7    |    7")]
    [InlineData("%x|%X|%10x", "612262|612262|    612262")]
    [InlineData("%P|%C|%R|%D|%E|%05E|%F|%S|%A", "k:v k:v2|text/plain|r/t|abc|60|00060|1|5|")]
    [InlineData("%%|@@|\\\\|\\t|\\n|\\e|\\0", "%|@|\\|\t|\n|\e|\0")]
    [InlineData("%U", "1607517296.250000000")]
    [InlineData("@s @N", "1607517296 250000000")]
    public void Letters_stand_for_parts_of_the_message(string format, string expected) => Print(format).ShouldBe(expected);

    [Theory]
    [InlineData('Y', "2020")]
    [InlineData('j', "344")]
    [InlineData('a', "Wed")]
    [InlineData('c', "Wed Dec  9 12:34:56 2020")]
    [InlineData('D', "12/09/20")]
    [InlineData('F', "2020-12-09")]
    [InlineData('r', "12:34:56 PM")]
    [InlineData('T', "12:34:56")]
    [InlineData('U', "49")]
    [InlineData('V', "50")]
    [InlineData('W', "49")]
    [InlineData('u', "3")]
    [InlineData('w', "3")]
    [InlineData('I', "12")]
    [InlineData('z', "+0000")]
    public void Times_are_those_of_strftime(char letter, string expected)
    {
        if (TimeZoneInfo.Local.BaseUtcOffset != TimeSpan.Zero)
            Assert.Skip("the expected times are those of a machine in UTC");
        TimeFormat.Format(new DateTimeOffset(2020, 12, 9, 12, 34, 56, 250, TimeSpan.Zero), letter).ShouldBe(expected);
    }

    [Fact]
    public void JSON_has_the_names_of_mosquitto() => Print("%j").ShouldBe(
        """{"tst":"2020-12-09T12:34:56.250000Z","topic":"x/2","qos":1,"retain":1,"payloadlen":3,"mid":7,"properties":{"content-type":"text/plain","user-properties":{"k":"v","k":"v2"},"response-topic":"r/t","correlation-data":"abc","payload-format-indicator":1,"message-expiry-interval":60,"subscription-identifier":5},"payload":"a\"b"}""");

    [Theory]
    [InlineData("{\"t\":27.0}", "\"payload\":{\"t\":27.0}}")]
    [InlineData("[1, 2]", "\"payload\":[1, 2]}")]
    [InlineData("\"s\"", "\"payload\":\"s\"}")]
    public void A_JSON_payload_can_stand_unquoted(string payload, string end) => Print("%J", Encoding.UTF8.GetBytes(payload)).ShouldEndWith(end);

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("1 2")]
    [InlineData("hello")]
    public void What_is_not_JSON_is_not_printed_as_JSON(string payload)
    {
        using var output = new MemoryStream();
        OutputFormat.Parse("%t %J").TryWrite(output, Message(Encoding.UTF8.GetBytes(payload)), pretty: false).ShouldBeFalse();
        output.Length.ShouldBe(0);
    }

    [Fact]
    public void Bytes_that_are_no_text_become_base64_in_JSON_and_an_empty_payload_null()
    {
        Print("%j", [0xFF, 0x01]).ShouldEndWith("\"payloadBase64\":\"/wE=\"}");
        Print("%j", []).ShouldEndWith("\"payload\":null}");
    }

    [Fact]
    public void The_histogram_is_exact_to_six_percent()
    {
        var histogram = new LatencyHistogram();
        for (int i = 1; i <= 1000; i++)
            histogram.Add(TimeSpan.FromMicroseconds(i * 100));
        histogram.Percentile(0.5).TotalMilliseconds.ShouldBe(50, 3.2);
        histogram.Percentile(0.99).TotalMilliseconds.ShouldBe(99, 6.2);
        histogram.Percentile(1).ShouldBe(TimeSpan.FromMilliseconds(100));
        histogram.Count.ShouldBe(1000);
    }

    private static string Print(string format, byte[]? payload = null)
    {
        using var output = new MemoryStream();
        OutputFormat.Parse(format).TryWrite(output, Message(payload ?? "a\"b"u8.ToArray()), pretty: false).ShouldBeTrue();
        return Encoding.UTF8.GetString(output.ToArray());
    }

    private static ReceivedMessage Message(byte[] payload) => new(
        "x/2",
        payload,
        Raw(),
        new DateTimeOffset(2020, 12, 9, 12, 34, 56, 250, TimeSpan.Zero),
        null,
        null)
    {
        QoS = QualityOfService.AtLeastOnce,
        Retain = true,
        PacketId = 7,
    };

    /// <summary>All properties as they come over the wire, those included that a forwarding server would not copy.</summary>
    private static byte[] Raw() =>
        [.. PublishPropertiesWriter.WriteForwardable(Properties), 0x02, 0, 0, 0, 60, 0x0B, 5];
}
