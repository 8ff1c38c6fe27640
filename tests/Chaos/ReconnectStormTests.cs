using Fairlead.Shared;

namespace Fairlead.Chaos;

public sealed class ReconnectStormTests(StormHub hub) : IClassFixture<StormHub>
{
    private const int Crowd = 1000;

    [Fact]
    public async Task A_thousand_clients_come_and_go_at_once()
    {
        await using var bystanders = await Bystanders.StartAsync(hub.Process);
        var clients = await ConnectAllAsync(sessionPresent: false);
        var warm = hub.Memory;
        for (var round = 0; round < 4; round++)
        {
            clients.ForEach(client => client.Reset());
            clients = await ConnectAllAsync(sessionPresent: true);
        }

        // Every Session still has its one subscription: one message reaches all.
        await using (var publisher = await hub.ConnectAsync(4, "storm-publisher"))
        {
            await publisher.SendAsync(RawPackets.Publish(4, "storm/all", "hello", 1, 1));
            ((RawType)(await publisher.ReadAsync()).Type).ShouldBe(RawType.PubAck);
        }

        foreach (var client in clients)
            RawPublish.Read(4, await client.ReadAsync()).Text.ShouldBe("hello");
        clients.ForEach(client => client.Reset());
        await bystanders.StopAsync();
        await hub.ShouldBeCalmAsync(warm);
    }

    [Fact]
    public async Task Of_many_with_one_Client_Identifier_one_stays()
    {
        await using var bystanders = await Bystanders.StartAsync(hub.Process);
        for (var round = 0; round < 10; round++)
            await RivalsAsync();
        await bystanders.StopAsync();
    }

    private async Task RivalsAsync()
    {
        var rivals = await Task.WhenAll(Enumerable.Range(0, 200).Select(async _ =>
        {
            var client = await RawMqttClient.OpenAsync(hub.Mqtt);
            await client.SendAsync(RawPackets.Connect(5, "the-one"));
            return client;
        }));

        // Every rival gets its CONNACK; all but the last to be accepted then get DISCONNECT 0x8E [MQTT-3.1.4-3].
        var takenOver = rivals.Select(async client =>
        {
            RawAnswer.Read(5, await client.ReadAsync()).Code.ShouldBe(0);
            RawAnswer.Read(5, await client.ReadAsync()).ShouldSatisfyAllConditions(
                answer => answer.Type.ShouldBe(RawType.Disconnect),
                answer => answer.Code.ShouldBe(0x8E));
            await client.ExpectCloseAsync();
        }).ToList();
        var survivor = takenOver;
        while (survivor.Count > 1)
        {
            var done = await Task.WhenAny(survivor);
            await done;
            survivor.Remove(done);
        }

        survivor[0].IsCompleted.ShouldBeFalse("nobody stayed");
        foreach (var rival in rivals)
            rival.Close();
        await Task.WhenAny(survivor);
    }

    private async Task<List<RawMqttClient>> ConnectAllAsync(bool sessionPresent)
    {
        var clients = await Task.WhenAll(Enumerable.Range(0, Crowd).Select(n => Task.Run(async () =>
        {
            var client = await RawMqttClient.OpenAsync(hub.Mqtt);
            await client.SendAsync(RawPackets.Connect(4, $"storm-{n}", clean: false));
            var answer = RawAnswer.Read(4, await client.ReadAsync());
            (answer.Code, answer.SessionPresent).ShouldBe((0, sessionPresent));
            if (!sessionPresent)
            {
                await client.SendAsync(RawPackets.Subscribe(4, 1, "storm/all", 1));
                ((RawType)(await client.ReadAsync()).Type).ShouldBe(RawType.SubAck);
            }

            return client;
        })));
        return [.. clients];
    }
}
