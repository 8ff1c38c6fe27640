using Fairlead.Amqp;
using Fairlead.Protocols.Amqp;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Amqp;

public sealed class Scale_Tests
{
    [Fact]
    public async Task Azure_33_A_thousand_links_in_one_session_are_all_live()
    {
        var listener = new Listener { Reply = new AttachReply { CreditWindow = 10 } };
        await using var pair = await Pair.OpenAsync(listener);
        var session = await pair.Client.BeginAsync(TestContext.Current.CancellationToken);
        var senders = await Task.WhenAll(Enumerable.Range(0, 1000).Select(i => session.AttachSenderAsync(Pair.To($"/{i}"))));
        await SendEachAsync(senders);
        listener.Payloads.Count.ShouldBe(1000);
        await Task.WhenAll(senders.Select(sender => sender.DetachAsync())).WaitAsync(Listener.Patience, TestContext.Current.CancellationToken);
        (await Task.WhenAll(Enumerable.Range(0, 1000).Select(i => session.AttachSenderAsync(Pair.To($"/{i}"))))).Length.ShouldBe(1000);
    }

    [Fact]
    public async Task Azure_33_A_thousand_sessions_on_one_connection_are_all_live()
    {
        var listener = new Listener { Reply = new AttachReply { CreditWindow = 10 } };
        await using var pair = await Pair.OpenAsync(listener);
        var sessions = await Task.WhenAll(Enumerable.Range(0, 1000).Select(_ => pair.Client.BeginAsync()));
        var senders = await Task.WhenAll(sessions.Select(session => session.AttachSenderAsync(Pair.To("/a", name: "TelemetrySenderLink"))));
        await SendEachAsync(senders);
        listener.Payloads.Count.ShouldBe(1000);
        await Task.WhenAll(sessions.Select(session => session.EndAsync())).WaitAsync(Listener.Patience, TestContext.Current.CancellationToken);
        listener.Ended.Count.ShouldBe(1000);
    }

    /// <summary>Each waits for a message with credit for one; minutes pass. What comes at last comes to the one that it is for.</summary>
    [Fact]
    public async Task Azure_75_Five_thousand_idle_receivers_on_one_connection_exchange_nothing_but_heartbeats()
    {
        const int Receivers = 5000, Minutes = 7; // after twice the 4 minutes of idle time a silent peer is given up
        var time = new Client.ManualTimeProvider();
        var listener = new Listener();
        await using var pair = await Pair.OpenAsync(listener, Pair.ClientOptions with { Time = time }, Pair.ServerOptions with { Time = time });
        var session = await pair.Client.BeginAsync(TestContext.Current.CancellationToken);
        var device = new Listener();
        await Task.WhenAll(Enumerable.Range(0, Receivers).Select(i => session.AttachReceiverAsync(Pair.From($"/{i}", 1), device)));
        for (int i = 0; i < Receivers; i++) Listener.Take(listener.Credits);
        var (near, far) = (pair.Client.Counters.FramesReceived, pair.Server.Counters.FramesReceived);
        for (int second = 0; second < 60 * Minutes; second++) time.Advance(TimeSpan.FromSeconds(1));
        (pair.Client.Counters.FramesReceived, pair.Server.Counters.FramesReceived).ShouldBe((near, far));

        Enumerable.Range(0, 4321).Select(_ => Listener.Take(listener.Senders)).Last().TrySend(new byte[] { 7 }, settled: true).ShouldBe(SendResult.Sent);
        Listener.Take(device.Deliveries).Payload.ShouldBe([7]);
        (pair.Client.Counters.FramesReceived, device.Deliveries.Count).ShouldBe((near + 1, 0));
    }

    private static async Task SendEachAsync(AmqpSender[] senders)
    {
        var outcomes = await Task.WhenAll(senders.Select(sender => sender.SendAsync(new byte[] { 1 }).AsTask())).WaitAsync(Listener.Patience);
        outcomes.ShouldAllBe(state => state.Kind == DeliveryStateKind.Accepted);
    }
}
