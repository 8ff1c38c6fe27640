using System.Collections.Concurrent;
using System.Globalization;
using Fairlead.Shared;

namespace Fairlead.Chaos.Clients;

/// <summary>A subscriber that writes down the number in every message, by topic, in order of arrival.</summary>
public sealed class Reader
{
    /// <summary>Payload that ends a stream.</summary>
    public const string End = "end";

    private readonly ConcurrentDictionary<string, List<int>> _received = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _ended = new();

    public Reader(PersistentClient client, Action? onMessage = null)
    {
        Client = client;
        client.OnMessage = message =>
        {
            Note(message);
            onMessage?.Invoke();
        };
    }

    public PersistentClient Client { get; }

    public IReadOnlyList<int> Received(string topic) => _received.TryGetValue(topic, out var numbers) ? numbers : [];

    /// <summary>Done when the end of a stream has arrived.</summary>
    public Task EndOf(string topic) => Ended(topic).Task;

    private void Note(RawPublish message)
    {
        if (message.Text == End)
            Ended(message.Topic).TrySetResult();
        else
            _received.GetOrAdd(message.Topic, _ => []).Add(int.Parse(message.Text, CultureInfo.InvariantCulture));
    }

    private TaskCompletionSource Ended(string topic) =>
        _ended.GetOrAdd(topic, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
}
