using System.Collections.Concurrent;

namespace Fairlead.Features.Provisioning;

/// <summary>Work that must not be done where it arises: a bounded queue and a few that take from it, on the thread pool.</summary>
/// <param name="capacity">Most items that wait.</param>
/// <param name="workers">Most that are worked on at once.</param>
/// <param name="work">Does one; never throws.</param>
internal sealed class WorkQueue<T>(int capacity, int workers, Func<T, Task> work)
{
    private readonly ConcurrentQueue<T> _items = new();
    private int _waiting;
    private int _working;

    /// <summary>Adds an item; false when there is no room. Does not block.</summary>
    public bool TryAdd(T item)
    {
        if (Interlocked.Increment(ref _waiting) > capacity)
        {
            Interlocked.Decrement(ref _waiting);
            return false;
        }

        _items.Enqueue(item);
        Start();
        return true;
    }

    private void Start()
    {
        if (Interlocked.Increment(ref _working) > workers) Interlocked.Decrement(ref _working);
        else _ = Task.Run(RunAsync);
    }

    private async Task RunAsync()
    {
        try
        {
            while (_items.TryDequeue(out var item))
            {
                Interlocked.Decrement(ref _waiting);
                await work(item).ConfigureAwait(false);
            }
        }
        finally
        {
            Interlocked.Decrement(ref _working);
        }

        // An item that came between the last look and the end found everybody at work.
        if (!_items.IsEmpty) Start();
    }
}
