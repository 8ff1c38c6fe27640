using System.Collections.Concurrent;
using Fairlead.Sqlite;

namespace Fairlead.Storage.Sqlite;

/// <summary>Copies of the file that were asked for: any thread asks, the writer's thread makes them, one after the other.</summary>
internal sealed class StoreCopies
{
    private const int StepPages = 256; // 1 MiB between two groups

    private readonly ConcurrentQueue<Request> _waiting = new();
    private Request? _present;
    private DatabaseCopy? _copy;

    /// <summary>Whether there is something to copy; for the writer's thread.</summary>
    public bool IsBusy => _present is not null || !_waiting.IsEmpty;

    /// <summary>Asks for a copy.</summary>
    /// <returns>Ends with the copy.</returns>
    public Task Add(string path, CancellationToken cancellation)
    {
        var request = new Request(path, cancellation);
        _waiting.Enqueue(request);
        return request.Done.Task;
    }

    /// <summary>Goes on a little. A failure is that of the copy, not of the store.</summary>
    public void Step(Database database)
    {
        if (_present is null && !_waiting.TryDequeue(out _present)) return;
        try
        {
            _present.Cancellation.ThrowIfCancellationRequested();
            _copy ??= database.CopyTo(_present.Path);
            if (!_copy.Step(StepPages)) return;
            var done = _present.Done;
            Forget();
            done.TrySetResult();
        }
        catch (OperationCanceledException)
        {
            var done = _present.Done;
            Forget();
            done.TrySetCanceled();
        }
        catch (SqliteFailure failure)
        {
            Fail(failure.Code == SQLitePCL.raw.SQLITE_FULL ? "the disk is full: make room for a second copy of the data" : failure.Message);
        }
    }

    /// <summary>Ends all of them without a copy.</summary>
    /// <param name="why">Why.</param>
    public void End(string why)
    {
        if (_present is not null) Fail(why);
        while (_waiting.TryDequeue(out var request)) request.Done.TrySetException(new IOException(why));
    }

    private void Fail(string why)
    {
        var done = _present!.Done;
        Forget();
        done.TrySetException(new IOException(why));
    }

    private void Forget()
    {
        _copy?.Dispose();
        (_copy, _present) = (null, null);
    }

    private sealed record Request(string Path, CancellationToken Cancellation)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
