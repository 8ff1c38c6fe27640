using System.Globalization;

namespace Fairlead.Verbs;

/// <summary>How far a long work is, on one line of a terminal; nothing when nobody looks.</summary>
internal sealed class ProgressBar(Terminal terminal, TalkFlags.Settings talk, long total)
{
    private const int Width = 24;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly long _started = terminal.Time.GetTimestamp();
    private readonly Lock _lock = new();
    private long _shown;
    private int _length;

    private bool IsShown => terminal.IsInteractive && !talk.Quiet && !talk.Json;

    /// <summary>Time since the start.</summary>
    public TimeSpan Elapsed => terminal.Time.GetElapsedTime(_started);

    /// <summary>Shows where the work is, not too often.</summary>
    public void Show(long done, long failed)
    {
        if (!IsShown)
            return;
        lock (_lock)
        {
            if (done < total && _length > 0 && terminal.Time.GetElapsedTime(_shown) < Pause)
                return;
            _shown = terminal.Time.GetTimestamp();
            double seconds = Elapsed.TotalSeconds;
            double rate = seconds > 0 ? done / seconds : 0;
            int filled = total > 0 ? (int)(done * Width / total) : Width;
            string left = rate > 0 && done < total ? $"  {TimeSpan.FromSeconds((total - done) / rate):m\\:ss} left" : "";
            string line = string.Create(
                CultureInfo.InvariantCulture,
                $"[{new string('#', filled)}{new string('.', Width - filled)}] {done:N0} of {total:N0}  {rate:N0}/s{left}{(failed > 0 ? $"  {failed:N0} failed" : "")}");
            terminal.Error.Write("\r" + line.PadRight(_length));
            _length = line.Length;
        }
    }

    /// <summary>Takes the line away, so that what follows stands where it stood.</summary>
    public void Clear()
    {
        if (!IsShown || _length == 0)
            return;
        lock (_lock)
        {
            terminal.Error.Write("\r" + new string(' ', _length) + "\r");
            _length = 0;
        }
    }
}
