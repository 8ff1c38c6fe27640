namespace Fairlead.Edge.Spool;

/// <summary>
/// Chooses among classes by priority, and gives a share of the choices to the lower ones in turn, so that none of them starves
/// (spec 8.2, spool.minShare).
/// </summary>
internal sealed class PriorityShare
{
    private double _credit;
    private int _turn;

    /// <summary>Chooses a class.</summary>
    /// <param name="waiting">For each class, highest priority first, whether something waits.</param>
    /// <param name="share">Share of the lower classes.</param>
    /// <returns>Index of the class; -1 when nothing waits.</returns>
    public int Choose(ReadOnlySpan<bool> waiting, double share)
    {
        var top = waiting.IndexOf(true);
        if (top < 0 || !waiting[(top + 1)..].Contains(true)) return top;
        if (_credit + share < 1) return top;
        do _turn = (_turn + 1) % waiting.Length;
        while (_turn <= top || !waiting[_turn]);
        return _turn;
    }

    /// <summary>Notes what was taken while several classes had something.</summary>
    /// <param name="chosen">The class.</param>
    /// <param name="waiting">As given to <see cref="Choose"/>.</param>
    /// <param name="share">The same share.</param>
    public void OnTaken(int chosen, ReadOnlySpan<bool> waiting, double share)
    {
        var top = waiting.IndexOf(true);
        if (top < 0 || !waiting[(top + 1)..].Contains(true)) return;
        _credit = chosen == top ? _credit + share : Math.Max(0, _credit + share - 1);
    }
}
