using System.Buffers;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Fairlead.Targets.Streams;

/// <summary>
/// A stream as files: records are appended to <c>NAME.jsonl</c>; when it is full it becomes <c>NAME.1.jsonl</c> and so on, and the oldest goes.
/// A record without a separator of its rule is one line of JSON.
/// </summary>
internal sealed class FileStreamTarget(TargetAddress address, ILogger log) : IRecordStream
{
    private const long DefaultSize = 64 * 1024 * 1024;
    private const long DefaultCount = 8;

    private readonly string _folder = new Uri(address.Url).LocalPath;
    private readonly long _limit = address.Number("maxBytes", DefaultSize);
    private readonly long _count = address.Number("files", DefaultCount);
    private readonly bool _sync = address.Flag("sync");
    private readonly SemaphoreSlim _gate = new(1, 1);
    private FileStream? _file;

    /// <inheritdoc/>
    public async ValueTask WriteAsync(IReadOnlyList<StreamCall> calls, CancellationToken cancellationToken)
    {
        var bytes = new ArrayBufferWriter<byte>(4096);
        var written = new List<StreamCall>(calls.Count);
        foreach (var call in calls)
        {
            if (TryAppend(call, bytes)) written.Add(call);
            else call.Fail($"cannot write to stream {call.Resource}: its file holds lines of JSON, but the result is not JSON and the rule gives no separator");
        }

        if (written.Count == 0) return;
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await AppendAsync(bytes.WrittenMemory, cancellationToken).ConfigureAwait(false);
            foreach (var call in written) call.Succeed();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            foreach (var call in written) call.FailForNow($"cannot write to stream {call.Resource} in {_folder}: {exception.Message}");
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_file is not null) await _file.DisposeAsync().ConfigureAwait(false);
        _gate.Dispose();
    }

    private static bool TryAppend(StreamCall call, ArrayBufferWriter<byte> bytes)
    {
        if (!call.IsSeparated && !call.Evaluation.OutputIsJson) return false;
        foreach (var record in call.Records)
        {
            if (call.IsSeparated)
            {
                bytes.Write(record.Span);
                continue;
            }

            if (record.Span.IndexOfAny((byte)'\n', (byte)'\r') < 0) bytes.Write(record.Span);
            else Compact(record, bytes);
            bytes.Write("\n"u8);
        }

        return true;
    }

    /// <summary>JSON with line breaks between its tokens, in one line.</summary>
    private static void Compact(ReadOnlyMemory<byte> json, ArrayBufferWriter<byte> bytes)
    {
        using var document = JsonDocument.Parse(json);
        using var writer = new Utf8JsonWriter(bytes);
        document.RootElement.WriteTo(writer);
    }

    private async Task AppendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        if (_file is not null && _file.Length > 0 && _file.Length + bytes.Length > _limit) await TurnAsync().ConfigureAwait(false);
        _file ??= Open();
        var start = _file.Length;
        try
        {
            await _file.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
            if (_sync) _file.Flush(flushToDisk: true);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            CutBack(start);
            throw;
        }
    }

    /// <summary>Half a record must not stand before the next one.</summary>
    private void CutBack(long length)
    {
        try
        {
            _file!.SetLength(length);
        }
        catch (IOException exception)
        {
            log.StreamNotCut(PathOf(0), exception.Message);
        }
        finally
        {
            _file!.Dispose();
            _file = null;
        }
    }

    private FileStream Open()
    {
        Directory.CreateDirectory(_folder);
        return new FileStream(PathOf(0), FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, useAsync: true);
    }

    private async Task TurnAsync()
    {
        await _file!.DisposeAsync().ConfigureAwait(false);
        _file = null;
        File.Delete(PathOf(_count - 1));
        for (var i = _count - 2; i >= 0; i--)
        {
            if (File.Exists(PathOf(i))) File.Move(PathOf(i), PathOf(i + 1), overwrite: true);
        }
    }

    private string PathOf(long number) => Path.Combine(_folder, number == 0 ? $"{address.Name}.jsonl" : $"{address.Name}.{number}.jsonl");
}
