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

    private static async Task SendEachAsync(AmqpSender[] senders)
    {
        var outcomes = await Task.WhenAll(senders.Select(sender => sender.SendAsync(new byte[] { 1 }).AsTask())).WaitAsync(Listener.Patience);
        outcomes.ShouldAllBe(state => state.Kind == DeliveryStateKind.Accepted);
    }
}
