using Fairlead.Server.Observability;
using Microsoft.Extensions.Logging;

namespace Fairlead.Server.Hosting;

/// <summary>
/// Looks every few seconds whether files have changed. Not the system's change notifications: those miss files that are swapped by
/// renaming a directory or a link, which is how secrets are mounted.
/// </summary>
internal sealed class FileWatch : IDisposable
{
    private const int RoundsInAnHour = 720;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly List<(string[] Files, string[] Stamps, Action Changed)> _groups = [];
    private readonly List<Action> _hourly = [];
    private readonly ILogger _log;
    private readonly ITimer _timer;
    private int _rounds;

    public FileWatch(TimeProvider time, ILogger log)
    {
        _log = log;
        _timer = time.CreateTimer(static state => ((FileWatch)state!).Look(), this, Interval, Interval);
    }

    /// <summary>Calls back when one of the files has changed, appeared or gone.</summary>
    public void Add(IEnumerable<string> files, Action changed)
    {
        string[] all = [.. files];
        if (all.Length == 0) return;
        lock (_lock) _groups.Add((all, [.. all.Select(Stamp)], changed));
    }

    /// <summary>Calls back every hour.</summary>
    public void AddHourly(Action action)
    {
        lock (_lock) _hourly.Add(action);
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private static string Stamp(string file)
    {
        try
        {
            // Through links: a mounted secret is a link to a link.
            var target = File.ResolveLinkTarget(file, returnFinalTarget: true) ?? new FileInfo(file);
            return target is FileInfo { Exists: true } info ? $"{info.FullName} {info.LastWriteTimeUtc.Ticks} {info.Length}" : "";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private void Look()
    {
        // A round that takes longer than the interval makes the next one wait for nobody.
        if (!_lock.TryEnter()) return;
        try
        {
            for (var i = 0; i < _groups.Count; i++)
            {
                var (files, stamps, changed) = _groups[i];
                string[] now = [.. files.Select(Stamp)];
                if (now.AsSpan().SequenceEqual(stamps)) continue;
                _groups[i] = (files, now, changed);
                changed();
            }

            if (++_rounds % RoundsInAnHour != 0) return;
            foreach (var action in _hourly) action();
        }
        catch (Exception exception)
        {
            _log.WatchFailed(exception);
        }
        finally
        {
            _lock.Exit();
        }
    }
}
