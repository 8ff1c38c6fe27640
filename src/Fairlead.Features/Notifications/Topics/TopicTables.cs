using System.Collections.Concurrent;
using System.Text.Json.Serialization;
using Fairlead.Features.Documents;

namespace Fairlead.Features.Notifications.Topics;

/// <summary>Topics and subscriptions, with what finds them by token and by endpoint.</summary>
internal sealed class TopicTables
{
    private readonly ConcurrentDictionary<string, string> _byToken = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string Topic, Protocol Protocol, string Endpoint), string> _byEndpoint = new();
    private int _pending;

    /// <summary>Makes the tables; before documents are loaded.</summary>
    public TopicTables(DocumentStore documents)
    {
        Topics = new RecordTable<Topic>(documents, "notification-topics", TopicJson.Default.Topic);
        Subscriptions = new RecordTable<Subscription>(documents, "notification-subscriptions", TopicJson.Default.Subscription);
        Subscriptions.Changed += OnSubscription;
    }

    /// <summary>Topics by name.</summary>
    public RecordTable<Topic> Topics { get; }

    /// <summary>Subscriptions by <see cref="Subscription.Key"/>.</summary>
    public RecordTable<Subscription> Subscriptions { get; }

    /// <summary>Subscriptions that wait for their confirmation.</summary>
    public int PendingSubscriptions => Volatile.Read(ref _pending);

    /// <summary>The subscription with a token; null for none. Takes no lock.</summary>
    public Subscription? FindByToken(string token) => _byToken.TryGetValue(token, out var key) ? Subscriptions.Find(key) : null;

    /// <summary>The subscription of an endpoint; null for none. Takes no lock.</summary>
    public Subscription? FindByEndpoint(string topic, Protocol protocol, string endpoint) =>
        _byEndpoint.TryGetValue((topic, protocol, endpoint), out var key) ? Subscriptions.Find(key) : null;

    /// <summary>Subscriptions of a topic behind a key in order; null starts at the first. Under the gate.</summary>
    public IEnumerable<Subscription> Of(string topic, string? after = null)
    {
        var prefix = topic + ":";
        foreach (var (key, subscription) in Subscriptions.After(after is null || string.CompareOrdinal(after, prefix) < 0 ? prefix : after))
        {
            if (!key.StartsWith(prefix, StringComparison.Ordinal)) yield break;
            yield return subscription;
        }
    }

    private void OnSubscription(string key, Subscription? before, Subscription? after)
    {
        if (before is { IsConfirmed: false }) _pending--;
        if (after is { IsConfirmed: false }) _pending++;
        if (before?.Token is { } old && old != after?.Token) _byToken.TryRemove(old, out _);
        if (after?.Token is { } token) _byToken[token] = key;
        if (after is not null) _byEndpoint[(after.Topic, after.Protocol, after.Endpoint)] = key;
        else if (before is not null) _byEndpoint.TryRemove((before.Topic, before.Protocol, before.Endpoint), out _);
    }
}

/// <summary>How the records lie in the store. Members may be added; none may change its meaning.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(Topic))]
[JsonSerializable(typeof(Subscription))]
internal sealed partial class TopicJson : JsonSerializerContext;
