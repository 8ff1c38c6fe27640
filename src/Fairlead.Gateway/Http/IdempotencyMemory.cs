using System.Security.Cryptography;
using Fairlead.Gateway.Upstream;

namespace Fairlead.Gateway.Http;

/// <summary>
/// Remembers what the hub said about requests with an <c>Idempotency-Key</c>, so that a repetition makes no second message (checklist 79).
/// A request that failed is forgotten: its repetition is sent again, with the same message id.
/// </summary>
/// <param name="window">For how long.</param>
/// <param name="most">Entries.</param>
/// <param name="time">Clock.</param>
internal sealed class IdempotencyMemory(TimeSpan window, int most, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Device, string Key), Entry> _entries = [];
    private readonly Queue<((string Device, string Key) Name, Entry Entry)> _ages = new();

    /// <summary>Entries in memory.</summary>
    public int Count
    {
        get
        {
            lock (_gate) return _entries.Count;
        }
    }

    /// <summary>Carries a request out, or gives the outcome of the one before it.</summary>
    /// <param name="device">Device id.</param>
    /// <param name="key">Key.</param>
    /// <param name="body">Body of the request.</param>
    /// <param name="send">Carries it out.</param>
    /// <returns>Whether the key belongs to another body, whether this was a repetition, and the outcome.</returns>
    public async Task<(bool Conflict, bool Repeated, HubFault? Fault)> RunAsync(string device, string key, ReadOnlyMemory<byte> body, Func<Task<HubFault?>> send)
    {
        var name = (device, key);
        ulong hash = BitConverter.ToUInt64(SHA256.HashData(body.Span));
        Entry entry;
        bool mine = false;
        lock (_gate)
        {
            Forget();
            if (_entries.TryGetValue(name, out entry!))
            {
                if (entry.Hash != hash) return (true, false, null);
            }
            else
            {
                mine = true;
                _entries[name] = entry = new Entry(hash, time.GetTimestamp());
                _ages.Enqueue((name, entry));
            }
        }

        if (!mine) return (false, true, await entry.Outcome.Task);
        HubFault? fault = null;
        try
        {
            fault = await send();
            return (false, false, fault);
        }
        finally
        {
            entry.Outcome.TrySetResult(fault);
            if (fault is not null)
            {
                lock (_gate)
                {
                    if (_entries.TryGetValue(name, out var now) && now == entry) _entries.Remove(name);
                }
            }
        }
    }

    private void Forget()
    {
        while (_ages.TryPeek(out var oldest) && (_ages.Count >= most || time.GetElapsedTime(oldest.Entry.Since) >= window))
        {
            _ages.Dequeue();
            if (_entries.TryGetValue(oldest.Name, out var entry) && entry == oldest.Entry) _entries.Remove(oldest.Name);
        }
    }

    private sealed class Entry(ulong hash, long since)
    {
        public ulong Hash { get; } = hash;

        public long Since { get; } = since;

        public TaskCompletionSource<HubFault?> Outcome { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
