namespace Fairlead.Server.WebConsole;

/// <summary>Slows down guessing: after some wrong passwords a user name has to wait. Bounded, and forgetful.</summary>
internal sealed class LoginGuard(TimeProvider time)
{
    private const int Tries = 5;
    private const int MostNames = 10_000;
    private static readonly TimeSpan Wait = TimeSpan.FromMinutes(1);
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (int Wrong, DateTimeOffset Since)> _names = new(StringComparer.Ordinal);

    /// <summary>Whether a name may try now.</summary>
    public bool MayTry(string name)
    {
        lock (_lock)
        {
            if (!_names.TryGetValue(name, out var known)) return true;
            if (time.GetUtcNow() - known.Since < Wait) return known.Wrong < Tries;
            _names.Remove(name);
            return true;
        }
    }

    /// <summary>A password was right or wrong.</summary>
    public void Note(string name, bool right)
    {
        lock (_lock)
        {
            if (right)
            {
                _names.Remove(name);
                return;
            }

            if (_names.Count >= MostNames) _names.Clear();
            _names[name] = _names.TryGetValue(name, out var known) ? (known.Wrong + 1, known.Since) : (1, time.GetUtcNow());
        }
    }
}
