using Fairlead.Broker.Durability;
using Fairlead.Features;
using Fairlead.Features.Documents;
using Fairlead.Features.IotHub;
using Fairlead.Features.IotHub.CloudToDevice;
using Fairlead.Features.IotHub.Messages;
using Fairlead.Shared;
using Fairlead.Unit.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;

namespace Fairlead.Unit.IotHub;

/// <summary>Queues of devices over a real store in a directory that can be opened again, on a clock that moves when it is told to.</summary>
internal sealed class MessageStage : IAsyncDisposable
{
    public static readonly IdentityName Device = new("dev1");
    private readonly StoreDirectory _directory = new();
    private IBrokerStore _store = null!;

    public ManualClock Clock { get; } = new();

    public IotHubOptions Options { get; } = new();

    /// <summary>Identities that there are.</summary>
    public HashSet<IdentityName> Known { get; } = [Device, new IdentityName("dev2"), new IdentityName("dev1", "mod1")];

    public CloudToDeviceService Messages { get; private set; } = null!;

    public static MessageStage Open(Action<IotHubOptions>? settings = null)
    {
        var stage = new MessageStage();
        settings?.Invoke(stage.Options);
        stage.Start();
        return stage;
    }

    /// <summary>Closes the file and reads it again, as the next start does.</summary>
    public async Task ReopenAsync()
    {
        Messages.Dispose();
        await _store.DisposeAsync();
        Start();
    }

    /// <summary>Queues a message that must be taken.</summary>
    public async Task SendAsync(string messageId, AckRequest ack = AckRequest.None, DateTimeOffset? expires = null) =>
        (await Messages.EnqueueAsync(Device, Message(messageId) with { Ack = ack, ExpiresAt = expires })).ShouldBeNull();

    /// <summary>Locks the next message, which must be there.</summary>
    public LockedMessage Lock()
    {
        Messages.TryLock(Device, out var locked).ShouldBeTrue();
        return locked!;
    }

    /// <summary>Whether something is visible.</summary>
    public bool SeesNothing() => !Messages.TryLock(Device, out _);

    public static IotMessage Message(string messageId) => new() { MessageId = messageId, Body = System.Text.Encoding.UTF8.GetBytes("body of " + messageId) };

    public async ValueTask DisposeAsync()
    {
        Messages.Dispose();
        await _store.DisposeAsync();
        _directory.Dispose();
    }

    private void Start()
    {
        _store = _directory.Open();
        var state = _store.Load();
        var context = new FeatureContext(new HubScope(), new DocumentStore(_store, TimeProvider.System), Clock, NullLoggerFactory.Instance);
        Messages = new CloudToDeviceService(context, Options, name => Known.Contains(name) ? "generation-of-" + name.Key : null);
        context.Documents.Load(state.Documents);
        Messages.Start();
    }
}
