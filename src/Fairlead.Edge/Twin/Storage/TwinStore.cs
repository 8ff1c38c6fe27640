using System.Text;
using Fairlead.Edge.Json;
using Fairlead.Edge.Twin.Shadows;
using Fairlead.Sqlite;
using Microsoft.Extensions.Logging;

namespace Fairlead.Edge.Twin.Storage;

/// <summary>
/// The local twin in a SQLite file of its own. One task writes, group by group: of a shadow that changed several times meanwhile only the
/// newest state. Written means given to the operating system, which a killed process survives; what a power cut takes is fetched from
/// the hub again. When the disk is full it keeps what is to be written and tries again, and a flush waits.
/// </summary>
internal sealed partial class TwinStore : ITwinStore, IAsyncDisposable
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Database _database;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _work = new(0);
    private readonly CancellationTokenSource _stop = new();
    private readonly List<(long Saved, TaskCompletionSource Written)> _flushes = [];
    private readonly Task _writer;
    private Dictionary<string, TwinRecord> _waiting = new(StringComparer.Ordinal);
    private long _saved;
    private long _written;
    private bool _isFailing;

    /// <summary>Opens the file, or makes it. One that is damaged is set aside: the hub has most of what it held.</summary>
    /// <exception cref="IOException">It cannot be used.</exception>
    public TwinStore(string path, TimeProvider time, ILogger<TwinStore> logger)
    {
        (_time, _logger) = (time, logger);
        _database = TwinFile.Open(path, time.GetUtcNow(), out string? setAside);
        if (setAside is not null) LogSetAside(path, setAside);
        _writer = Task.Run(WriteAsync);
    }

    /// <inheritdoc/>
    public IReadOnlyList<TwinRecord> Load()
    {
        var records = new List<TwinRecord>();
        using var rows = _database.Prepare(
            "SELECT name, child, feature, flags, version, event_version, reported, desired, local_reported, local_desired, desired_base, desired_doubt, edits FROM shadows ORDER BY id");
        while (rows.Read())
        {
            var flags = (TwinRecordFlags)rows.GetInt64(3);
            records.Add(new TwinRecord(rows.GetText(0)!, new ShadowAddress(rows.GetText(1)!, rows.GetText(2)))
            {
                IsKnown = flags.HasFlag(TwinRecordFlags.Known),
                IsAhead = flags.HasFlag(TwinRecordFlags.Ahead),
                IsDirty = flags.HasFlag(TwinRecordFlags.Dirty),
                Version = rows.GetInt64(4),
                EventVersion = rows.GetInt64(5),
                Hub = new ShadowState(flags.HasFlag(TwinRecordFlags.Exists), ReadJson(rows, 6), ReadJson(rows, 7)),
                Local = new ShadowState(flags.HasFlag(TwinRecordFlags.ExistsLocally), ReadJson(rows, 8), ReadJson(rows, 9)),
                DesiredBase = ReadJson(rows, 10),
                DesiredDoubt = ReadJson(rows, 11),
                Edits = ReadJson(rows, 12),
            });
        }

        return records;
    }

    /// <inheritdoc/>
    public void Save(TwinRecord record)
    {
        lock (_gate)
        {
            _waiting[record.Name] = record;
            _saved++;
            if (_work.CurrentCount == 0) _work.Release();
        }
    }

    /// <inheritdoc/>
    public ValueTask FlushAsync(CancellationToken cancellation)
    {
        lock (_gate)
        {
            if (_written == _saved) return ValueTask.CompletedTask;
            var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _flushes.Add((_saved, written));
            return new ValueTask(written.Task.WaitAsync(cancellation));
        }
    }

    /// <summary>Writes what is left and closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _writer;
        _database.Dispose();
        _work.Dispose();
        _stop.Dispose();
    }

    private static JsonValue? ReadJson(Statement rows, int column) => rows.GetText(column) is { } text ? JsonText.TryParse(Encoding.UTF8.GetBytes(text)) : null;

    private async Task WriteAsync()
    {
        using var insert = _database.Prepare(
            """
            INSERT INTO shadows(name, child, feature, flags, version, event_version, reported, desired, local_reported, local_desired, desired_base, desired_doubt, edits)
            VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
            ON CONFLICT(name) DO UPDATE SET child = ?2, feature = ?3, flags = ?4, version = ?5, event_version = ?6, reported = ?7, desired = ?8,
                local_reported = ?9, local_desired = ?10, desired_base = ?11, desired_doubt = ?12, edits = ?13
            """);
        bool isStopping = false;
        while (!isStopping)
        {
            try
            {
                await _work.WaitAsync(_stop.Token);
            }
            catch (OperationCanceledException)
            {
                isStopping = true; // after one last group
            }

            while (!TryWriteGroup(insert) && !isStopping)
            {
                try
                {
                    await Task.Delay(RetryAfter, _time, _stop.Token);
                }
                catch (OperationCanceledException)
                {
                    isStopping = true;
                }
            }
        }
    }

    private bool TryWriteGroup(Statement insert)
    {
        Dictionary<string, TwinRecord> group;
        long saved;
        lock (_gate)
        {
            (group, saved) = (_waiting, _saved);
            if (group.Count == 0) return true;
            _waiting = new Dictionary<string, TwinRecord>(StringComparer.Ordinal);
        }

        try
        {
            _database.Execute("BEGIN IMMEDIATE");
            foreach (var record in group.Values) Write(insert, record);
            _database.Execute("COMMIT");
        }
        catch (SqliteFailure failure)
        {
            _database.RollBack();
            if (!_isFailing) LogNotWritten(failure.Message);
            _isFailing = true;
            lock (_gate)
            {
                foreach (var (name, record) in group) _waiting.TryAdd(name, record);
            }

            return false;
        }

        if (_isFailing) LogWrittenAgain();
        _isFailing = false;
        lock (_gate)
        {
            _written = saved;
            foreach (var (wanted, written) in _flushes)
            {
                if (wanted <= saved) written.TrySetResult();
            }

            _flushes.RemoveAll(flush => flush.Saved <= saved);
        }

        return true;
    }

    private static void Write(Statement insert, TwinRecord record)
    {
        var flags = TwinRecordFlags.None;
        if (record.IsKnown) flags |= TwinRecordFlags.Known;
        if (record.Hub.Exists) flags |= TwinRecordFlags.Exists;
        if (record.Local.Exists) flags |= TwinRecordFlags.ExistsLocally;
        if (record.IsAhead) flags |= TwinRecordFlags.Ahead;
        if (record.IsDirty) flags |= TwinRecordFlags.Dirty;
        insert.Bind(1, record.Name).Bind(2, record.Address.Child).Bind(3, record.Address.Feature).Bind(4, (long)flags).Bind(5, record.Version).Bind(6, record.EventVersion);
        BindJson(insert, 7, record.Hub.Reported);
        BindJson(insert, 8, record.Hub.Desired);
        BindJson(insert, 9, record.Local.Reported);
        BindJson(insert, 10, record.Local.Desired);
        BindJson(insert, 11, record.DesiredBase);
        BindJson(insert, 12, record.DesiredDoubt);
        BindJson(insert, 13, record.Edits);
        insert.Run();
    }

    private static void BindJson(Statement insert, int parameter, JsonValue? value)
    {
        if (value is null) insert.Bind(parameter, null);
        else insert.BindText(parameter, value.ToUtf8());
    }

    [LoggerMessage(EventId = 8150, Level = LogLevel.Error, Message = "{Path} was damaged and is set aside as {Aside}; the twin is fetched from the hub again")]
    private partial void LogSetAside(string path, string aside);

    [LoggerMessage(EventId = 8151, Level = LogLevel.Error, Message = "The local twin cannot be written ({Detail}); it is tried every second, and local messages wait")]
    private partial void LogNotWritten(string detail);

    [LoggerMessage(EventId = 8152, Level = LogLevel.Information, Message = "The local twin can be written again")]
    private partial void LogWrittenAgain();
}
