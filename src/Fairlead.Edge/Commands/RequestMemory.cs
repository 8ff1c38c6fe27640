using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Fairlead.Edge.Commands;

/// <summary>
/// Remembers requests, so that only the first answer to each is forwarded and one that is delivered again is published once (spec section
/// 12). Survives restarts in one small file, written at most once a second.
/// </summary>
internal sealed class RequestMemory
{
    /// <summary>How long a repeated delivery is recognised.</summary>
    public static readonly TimeSpan RepeatWindow = TimeSpan.FromMinutes(10);

    private const int MostEntries = 50_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Request> _requests = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _deliveries = new(StringComparer.Ordinal);
    private readonly string? _file;
    private readonly TimeProvider _time;
    private bool _changed;
    private int _pruneAt = 1024;

    /// <summary>Reads what is remembered.</summary>
    /// <param name="file">File; null remembers in memory alone.</param>
    /// <param name="time">Clock.</param>
    public RequestMemory(string? file, TimeProvider time)
    {
        _file = file;
        _time = time;
        Load();
    }

    private long Now => _time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Whether the same message came within the last ten minutes; it is remembered.</summary>
    public bool IsRepeat(string topic, ReadOnlySpan<byte> payload)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        using (var sum = IncrementalHash.CreateHash(HashAlgorithmName.SHA256))
        {
            sum.AppendData(Encoding.UTF8.GetBytes(topic));
            sum.AppendData("\0"u8);
            sum.AppendData(payload);
            sum.GetHashAndReset(hash);
        }

        string key = Convert.ToBase64String(hash[..16]);
        lock (_gate)
        {
            Prune();
            bool known = _deliveries.TryGetValue(key, out long until) && until >= Now;
            _deliveries[key] = Now + (long)RepeatWindow.TotalMilliseconds;
            _changed = true;
            return known;
        }
    }

    /// <summary>A request that may be answered.</summary>
    /// <param name="id">Its number; nothing is remembered for an empty one.</param>
    /// <param name="lifetime">How long to remember it.</param>
    public void OnRequest(string id, TimeSpan lifetime)
    {
        if (id.Length == 0 || lifetime <= TimeSpan.Zero) return;
        lock (_gate)
        {
            _requests[id] = new Request(Now + (long)lifetime.TotalMilliseconds, false);
            _changed = true;
        }
    }

    /// <summary>An answer; the next one to the same request is <see cref="AnswerVerdict.Again"/>.</summary>
    /// <param name="id">Number of the request; an empty one is always unknown.</param>
    /// <param name="lifetime">How long an answer to an unknown request is remembered.</param>
    public AnswerVerdict OnAnswer(string id, TimeSpan lifetime)
    {
        if (id.Length == 0) return AnswerVerdict.Unknown;
        lock (_gate)
        {
            Prune();
            if (!_requests.TryGetValue(id, out var request) || request.Until < Now)
            {
                _requests[id] = new Request(Now + (long)lifetime.TotalMilliseconds, true);
                _changed = true;
                return AnswerVerdict.Unknown;
            }

            if (request.Answered) return AnswerVerdict.Again;
            _requests[id] = request with { Answered = true };
            _changed = true;
            return AnswerVerdict.First;
        }
    }

    /// <summary>Writes the file if anything changed.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Save()
    {
        if (_file is null) return;
        using var bytes = new MemoryStream();
        lock (_gate)
        {
            if (!_changed) return;
            _changed = false;
            Prune();
            Write(bytes);
        }

        string fresh = _file + ".new";
        File.WriteAllBytes(fresh, bytes.ToArray());
        File.Move(fresh, _file, overwrite: true);
    }

    private void Write(Stream to)
    {
        using var json = new Utf8JsonWriter(to);
        json.WriteStartObject();
        json.WriteStartObject("requests");
        foreach (var (id, request) in _requests)
        {
            json.WriteStartArray(id);
            json.WriteNumberValue(request.Until);
            json.WriteBooleanValue(request.Answered);
            json.WriteEndArray();
        }

        json.WriteEndObject();
        json.WriteStartObject("deliveries");
        foreach (var (key, until) in _deliveries) json.WriteNumber(key, until);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private void Load()
    {
        if (_file is null || !File.Exists(_file)) return;
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(_file));
            foreach (var entry in document.RootElement.GetProperty("requests").EnumerateObject())
                _requests[entry.Name] = new Request(entry.Value[0].GetInt64(), entry.Value[1].GetBoolean());
            foreach (var entry in document.RootElement.GetProperty("deliveries").EnumerateObject())
                _deliveries[entry.Name] = entry.Value.GetInt64();
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException or FormatException or IOException or IndexOutOfRangeException)
        {
            // Damaged: what is lost is that a repeated answer is forwarded once more.
            _requests.Clear();
            _deliveries.Clear();
        }
    }

    private void Prune()
    {
        long now = Now;
        if (_requests.Count + _deliveries.Count < _pruneAt) return;
        foreach (string id in _requests.Where(entry => entry.Value.Until < now).Select(static entry => entry.Key).ToList()) _requests.Remove(id);
        foreach (string key in _deliveries.Where(entry => entry.Value < now).Select(static entry => entry.Key).ToList()) _deliveries.Remove(key);
        Shorten(_requests, static request => request.Until);
        Shorten(_deliveries, static until => until);
        _pruneAt = Math.Max(1024, 2 * (_requests.Count + _deliveries.Count));
    }

    private static void Shorten<T>(Dictionary<string, T> table, Func<T, long> until)
    {
        if (table.Count <= MostEntries) return;
        foreach (string key in table.OrderBy(entry => until(entry.Value)).Take(table.Count - (MostEntries / 2)).Select(static entry => entry.Key).ToList())
            table.Remove(key);
    }

    private readonly record struct Request(long Until, bool Answered);
}
