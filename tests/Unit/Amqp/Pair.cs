using Fairlead.Amqp;
using Fairlead.Protocols.Amqp;

namespace Fairlead.Unit.Amqp;

/// <summary>Both roles of the engine, joined in memory.</summary>
internal sealed class Pair : IAsyncDisposable
{
    private readonly Task _serving;

    private Pair(AmqpConnection client, AmqpConnection server, Listener listener, Task serving)
    {
        Client = client;
        Server = server;
        Listener = listener;
        _serving = serving;
    }

    public AmqpConnection Client { get; }

    public AmqpConnection Server { get; }

    public Listener Listener { get; }

    public static AmqpOptions ClientOptions { get; } = new() { ContainerId = "client", HostName = "hub.test" };

    public static AmqpOptions ServerOptions { get; } = new() { ContainerId = "server" };

    public static async Task<Pair> OpenAsync(Listener? listener = null, AmqpOptions? client = null, AmqpOptions? server = null, int room = 1 << 20, Listener? clientHandler = null)
    {
        listener ??= new Listener();
        var (near, far) = DuplexPipe.CreatePair(room);
        var serving = AmqpConnection.Accept(far, server ?? ServerOptions, listener);
        var run = serving.RunAsync();
        var connection = await AmqpConnection.ConnectAsync(near, client ?? ClientOptions, clientHandler).WaitAsync(Listener.Patience);
        return new Pair(connection, serving, listener, run);
    }

    public static LinkSettings To(string address, string? name = null) =>
        new() { Name = name ?? $"to {address}", Target = new Target { Address = address } };

    public static LinkSettings From(string address, uint window = 100, string? name = null) =>
        new() { Name = name ?? $"from {address}", Source = new Source { Address = address }, CreditWindow = window };

    public async ValueTask DisposeAsync()
    {
        await Client.CloseAsync().WaitAsync(Listener.Patience);
        await _serving.WaitAsync(Listener.Patience);
    }
}
