using System.Collections.Concurrent;
using System.Globalization;
using Fairlead.Amqp;
using Fairlead.Client.Amqp;
using Fairlead.Protocols.Amqp;

namespace Fairlead.Interop.Amqp;

public sealed class EngineInteropTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("1", "none", 65536u)]
    [InlineData("1", "none", 512u)]
    [InlineData("1", "anonymous", 65536u)]
    [InlineData("1", "plain", 4096u)]
    [InlineData("3", "none", 65536u)]
    [InlineData("3", "none", 512u)]
    [InlineData("3", "plain", 65536u)]
    [InlineData("3", "anonymous", 4096u)]
    public async Task Azure_32_Rhea_sends_and_receives_through_the_listener(string version, string sasl, uint frame)
    {
        await using var listener = new EngineListener(new QueueHandler(), new AmqpOptions { ContainerId = "fairlead", MaxFrameSize = frame });
        await using var peer = PeerProcess.Rhea("client", version, Text(listener.Port), sasl, Text((int)frame));
        (await peer.ReadLineAsync()).ShouldBe("ok");
    }

    [Theory]
    [InlineData("none")]
    [InlineData("anonymous")]
    [InlineData("plain")]
    public async Task Azure_32_Proton_sends_and_receives_through_the_listener(string sasl)
    {
        await using var listener = new EngineListener(new QueueHandler());
        await using var peer = PeerProcess.Proton("client", Text(listener.Port), sasl);
        (await peer.ReadLineAsync()).ShouldBe("ok");
    }

    [Fact]
    public async Task Azure_30_A_wrong_password_is_told_to_rhea_and_proton()
    {
        await using var listener = new EngineListener(new QueueHandler());
        await using var rhea = PeerProcess.Rhea("client", "3", Text(listener.Port), "denied", "65536");
        (await rhea.ReadLineAsync()).ShouldStartWith("failed: connection_error");
        await using var proton = PeerProcess.Proton("client", Text(listener.Port), "denied");
        (await proton.ReadLineAsync()).ShouldContain("uthenticat");
    }

    [Theory]
    [InlineData("1", "none")]
    [InlineData("1", "anonymous")]
    [InlineData("3", "none")]
    [InlineData("3", "anonymous")]
    [InlineData("3", "plain")]
    public async Task Azure_32_The_client_sends_to_and_receives_from_rhea(string version, string sasl)
    {
        await using var peer = PeerProcess.Rhea("server", version, sasl);
        await ExchangeAsync(int.Parse(await peer.ReadLineAsync(), CultureInfo.InvariantCulture), Credential(sasl));
    }

    [Theory]
    [InlineData("none")]
    [InlineData("anonymous")]
    public async Task Azure_32_The_client_sends_to_and_receives_from_proton(string sasl)
    {
        await using var peer = PeerProcess.Proton("server", sasl);
        await ExchangeAsync(int.Parse(await peer.ReadLineAsync(), CultureInfo.InvariantCulture), Credential(sasl));
    }

    [Fact]
    public async Task The_client_hears_why_rhea_refuses_a_link()
    {
        await using var peer = PeerProcess.Rhea("server", "3", "none");
        int port = int.Parse(await peer.ReadLineAsync(), CultureInfo.InvariantCulture);
        await using var connection = await ConnectAsync(port, null);
        var session = await connection.BeginAsync(TestContext.Current.CancellationToken);
        // Rhea answers the attach first and detaches afterwards, so the link may stand for a moment.
        var collector = new Collector();
        AmqpError? error;
        try
        {
            await session.AttachReceiverAsync(new LinkSettings { Name = "r", Source = new Source { Address = "/refused" } }, collector, TestContext.Current.CancellationToken).WaitAsync(Patience, TestContext.Current.CancellationToken);
            error = await collector.Detached.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
        }
        catch (AmqpException exception)
        {
            error = exception.Error;
        }

        error!.Condition.ShouldBe("amqp:not-found");
    }

    private static SaslCredential? Credential(string sasl) => sasl switch
    {
        "anonymous" => SaslCredential.Anonymous,
        "plain" => SaslCredential.Plain("user", "secret"),
        _ => null,
    };

    internal static Task<AmqpConnection> ConnectAsync(int port, SaslCredential? credential) => AmqpDialer.ConnectAsync(
        new AmqpDialOptions { Server = new Uri($"amqp://127.0.0.1:{port}") }, new AmqpOptions { ContainerId = "client", Credential = credential });

    internal static async Task ExchangeAsync(int port, SaslCredential? credential, string target = "/queue/a", string source = "/queue/a", bool large = true)
    {
        await using var connection = await ConnectAsync(port, credential);
        var session = await connection.BeginAsync().WaitAsync(Patience);
        var sender = await session.AttachSenderAsync(new LinkSettings { Name = "s", Target = new Target { Address = target } }).WaitAsync(Patience);
        var collector = new Collector();
        await session.AttachReceiverAsync(new LinkSettings { Name = "r", Source = new Source { Address = source }, CreditWindow = 20 }, collector, TestContext.Current.CancellationToken).WaitAsync(Patience);
        var bodies = Enumerable.Range(0, 500).Select(i => BitConverter.GetBytes(i)).ToList();
        if (large) bodies.AddRange([new byte[60_000], new byte[250_000]]);
        var sends = bodies.Select((body, i) => sender.SendAsync(new AmqpMessage
        {
            Properties = new MessageProperties { MessageId = (ulong)i, ContentType = "application/octet-stream" },
            ApplicationProperties = new AmqpMap { { "number", i } },
            Data = [body],
        }.Encode()).AsTask()).ToArray();
        (await Task.WhenAll(sends).WaitAsync(Patience)).ShouldAllBe(state => state.Kind == DeliveryStateKind.Accepted);
        for (int i = 0; i < bodies.Count; i++)
        {
            collector.Messages.TryTake(out var message, Patience).ShouldBeTrue($"message {i} did not come");
            message!.Data.ShouldHaveSingleItem().ToArray().ShouldBe(bodies[i]);
            message.ApplicationProperties!["number"].AsInteger().ShouldBe(i);
        }

        await sender.DetachAsync().WaitAsync(Patience);
        await session.EndAsync().WaitAsync(Patience);
        await connection.CloseAsync().WaitAsync(Patience);
        (await connection.Closed).ShouldBeNull();
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private sealed class Collector : IReceiverHandler
    {
        public BlockingCollection<AmqpMessage> Messages { get; } = [];

        public TaskCompletionSource<AmqpError?> Detached { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void OnDelivery(AmqpReceiver receiver, in IncomingDelivery delivery)
        {
            AmqpMessage.TryRead(delivery.Payload, out var message, out var error).ShouldBeTrue(error?.ToString());
            receiver.Settle(delivery.DeliveryId, DeliveryState.Accepted);
            Messages.Add(message);
        }

        public void OnDetached(AmqpReceiver receiver, AmqpError? error) => Detached.TrySetResult(error);
    }
}
