using System.Globalization;
using Fairlead.Shared;
using Shouldly;
using Xunit;

namespace Fairlead.Conformance.Counters;

/// <summary>$SYS/broker: the names that dashboards know, for administrators alone.</summary>
public sealed class SystemTopics(UsersHub hub) : IClassFixture<UsersHub>
{
    [Fact]
    public async Task Names_of_existing_dashboards_are_served()
    {
        await using var administrator = await LogInAsync(UsersHub.Administrator);
        await administrator.SubscribeAsync("$SYS/#");
        var missing = new HashSet<string>(StringComparer.Ordinal)
        {
            "version", "uptime", "clients/total", "clients/connected", "clients/disconnected", "clients/maximum", "messages/received", "messages/sent",
            "publish/messages/received", "publish/messages/sent", "publish/bytes/received", "publish/bytes/sent", "bytes/received", "bytes/sent",
            "subscriptions/count", "retained messages/count",
        };
        while (missing.Count > 0)
        {
            var message = await administrator.ReceiveAsync();
            message.Topic.ShouldStartWith("$SYS/broker/");
            missing.Remove(message.Topic["$SYS/broker/".Length..]);
        }
    }

    [Fact]
    public async Task Bytes_received_and_sent_are_not_swapped()
    {
        await using var administrator = await LogInAsync(UsersHub.Administrator);
        await using var publisher = await LogInAsync(UsersHub.Ordinary);
        for (var i = 0; i < 50; i++)
            await publisher.PublishAsync("nobody/listens", new string('x', 100_000), 1);
        // Five megabytes came in and nobody subscribed to them.
        await administrator.SubscribeAsync([("$SYS/broker/bytes/received", 0), ("$SYS/broker/bytes/sent", 0), ("$SYS/broker/publish/bytes/received", 0)]);
        (await ReadUntilAsync(administrator, "$SYS/broker/bytes/received", value => value > 5_000_000)).ShouldBeLessThan(6_000_000);
        (await ReadUntilAsync(administrator, "$SYS/broker/publish/bytes/received", value => value >= 5_000_000)).ShouldBeLessThan(5_100_000);
        (await ReadUntilAsync(administrator, "$SYS/broker/bytes/sent", value => value > 0)).ShouldBeLessThan(1_000_000);
    }

    [Fact]
    public async Task Only_administrators_read_and_nobody_writes()
    {
        await using var ordinary = await LogInAsync(UsersHub.Ordinary);
        (await ordinary.SubscribeAsync([("$SYS/#", 0), ("$SYS/broker/uptime", 0), ("$share/g/$SYS/#", 0), ("mine", 1)])).Codes.ShouldBe([0x87, 0x87, 0x87, 1]);
        await using var administrator = await LogInAsync(UsersHub.Administrator);
        (await administrator.PublishAsync("$SYS/broker/version", "mine", 1, retain: true)).Code.ShouldBeGreaterThanOrEqualTo(0x80);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Right_password_is_let_in_and_wrong_one_is_not(int level)
    {
        await using var raw = await RawMqttClient.OpenAsync(hub.Mqtt);
        await raw.SendAsync(RawPackets.Connect(level, Names.Client(), user: UsersHub.Ordinary, password: "a pass phrase"u8.ToArray()));
        RawAnswer.Read(level, await raw.ReadAsync()).Code.ShouldBe(0);
        foreach (var (user, password) in new[] { (UsersHub.Ordinary, "wrong"), ("nobody", UsersHub.Password) })
        {
            var connect = RawPackets.Connect(level, Names.Client(), user: user, password: System.Text.Encoding.UTF8.GetBytes(password));
            if (level == 5)
                await Refusal.ReasonAsync(hub.Mqtt, connect, 0x86);
            else
                await Refusal.ReturnsAsync(hub.Mqtt, connect, 4);
        }
    }

    private static async Task<long> ReadUntilAsync(Peer peer, string topic, Func<long, bool> enough)
    {
        while (true)
        {
            var message = await peer.ReceiveAsync();
            if (string.Equals(message.Topic, topic, StringComparison.Ordinal) && long.Parse(message.Text, CultureInfo.InvariantCulture) is var value && enough(value))
                return value;
        }
    }

    private Task<Peer> LogInAsync(string user) => Peer.ConnectAsync(hub.Mqtt, 5, user: user, password: UsersHub.Password);
}
