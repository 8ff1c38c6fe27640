using System.Collections.Concurrent;
using System.Text.Json;
using Fairlead.Features.Shadows.Documents;

namespace Fairlead.Features.Shadows;

/// <summary>Hears of a change of desired: a JSON patch with <c>$version</c>, and that version.</summary>
internal delegate void DesiredListener(ReadOnlyMemory<byte> patch, long version);

/// <summary>
/// Who hears of changes of desired in the Azure dialect (spec/azure-gateway, section 6.1): the patch as it was written, nulls included;
/// all of desired after a replacement. What clears the section, or the shadow, names each member that goes with null.
/// </summary>
internal sealed class DesiredListeners
{
    private readonly ConcurrentDictionary<string, DesiredListener> _listeners = new(StringComparer.Ordinal);
    private int _count;

    /// <summary>Whether nobody listens.</summary>
    public bool IsEmpty => Volatile.Read(ref _count) == 0;

    /// <summary>Listens until disposed.</summary>
    /// <param name="key">The shadow: name of the thing, and behind a slash that of the shadow.</param>
    /// <param name="listener">Neither blocks nor throws. It is called after the commit, one change at a time, in the order of versions.</param>
    public IDisposable Add(string key, DesiredListener listener)
    {
        // Each has a delegate of its own, so that the same method given twice counts twice.
        var own = new DesiredListener(listener.Invoke);
        _listeners.AddOrUpdate(key, static (_, own) => own, static (_, others, own) => others + own, own);
        Interlocked.Increment(ref _count);
        return new Subscription(this, key, own);
    }

    /// <summary>Tells of a change that is kept.</summary>
    /// <param name="outcome">The change.</param>
    /// <param name="scratch">Room.</param>
    public void Tell(ShadowOutcome outcome, ShadowScratch scratch)
    {
        if (!outcome.ChangesDesired || !_listeners.TryGetValue(outcome.Shadow.Key, out var listeners)) return;
        var text = scratch.Text;
        text.Clear();
        if (outcome.Replaces) StoredText.WriteState(text, new ShadowDocument(outcome.After).Desired);
        else if (TryFindDesired(outcome, out var patch)) text.Write(patch);
        else WriteNulls(text, new ShadowDocument(outcome.Before).Desired);
        long version = new ShadowDocument(outcome.After).Counters.Desired;
        text.Length--;
        text.Write(text.Length > 1 ? ",\"$version\":"u8 : "\"$version\":"u8);
        text.WriteDecimal(version);
        text.Write((byte)'}');
        listeners(text.ToArray(), version);
    }

    /// <summary>The answer to an update repeats what was asked for: <c>{"state":{"desired":...}}</c>.</summary>
    private static bool TryFindDesired(ShadowOutcome outcome, out ReadOnlySpan<byte> patch)
    {
        patch = default;
        if (outcome.Operation == ShadowOperation.Delete) return false;
        var answer = outcome.Answer.AsSpan();
        var reader = new Utf8JsonReader(answer, new JsonReaderOptions { MaxDepth = 256 });
        // Past the opening brace, the name "state", and into its value.
        if (!reader.Read() || !reader.Read() || !reader.Read() || reader.TokenType != JsonTokenType.StartObject) return false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isDesired = reader.ValueTextEquals("desired"u8);
            reader.Read();
            int start = (int)reader.TokenStartIndex;
            bool isObject = reader.TokenType == JsonTokenType.StartObject;
            reader.Skip();
            if (!isDesired) continue;
            patch = answer[start..(int)reader.BytesConsumed];
            return isObject;
        }

        return false;
    }

    private static void WriteNulls(ByteBuffer to, ReadOnlySpan<byte> members)
    {
        to.Write((byte)'{');
        var reader = new MemberReader(members);
        while (reader.Read())
        {
            if (to.Length > 1) to.Write((byte)',');
            RequestText.WriteName(to, reader.Name);
            to.Write("null"u8);
        }

        to.Write((byte)'}');
    }

    private void Remove(string key, DesiredListener own)
    {
        while (_listeners.TryGetValue(key, out var present))
        {
            var rest = (DesiredListener?)Delegate.Remove(present, own);
            bool done = rest is null
                ? _listeners.TryRemove(new KeyValuePair<string, DesiredListener>(key, present))
                : _listeners.TryUpdate(key, rest, present);
            if (done) break;
        }

        Interlocked.Decrement(ref _count);
    }

    private sealed class Subscription(DesiredListeners owner, string key, DesiredListener own) : IDisposable
    {
        private int _disposed;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _disposed, 1) == 0) owner.Remove(key, own);
        }
    }
}
