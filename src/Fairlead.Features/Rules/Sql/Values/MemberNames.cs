namespace Fairlead.Features.Rules.Sql.Values;

/// <summary>
/// Names of members that have been passed in an object, to notice one that comes twice without allocating. Objects with more members than
/// there is room for are taken for such that have one.
/// </summary>
internal ref struct MemberNames(ReadOnlySpan<byte> text, Span<long> names)
{
    /// <summary>Names that can be remembered.</summary>
    public const int Room = 24;

    private readonly ReadOnlySpan<byte> _text = text;
    private readonly Span<long> _names = names;
    private int _count;

    /// <summary>Remembers a name; false when it has been there, or when there is no room.</summary>
    /// <param name="start">Where it begins.</param>
    /// <param name="length">Its length.</param>
    public bool TryAdd(int start, int length)
    {
        if (_count == _names.Length) return false;
        var name = _text.Slice(start, length);
        foreach (long known in _names[.._count])
        {
            if ((int)known == length && _text.Slice((int)(known >> 32), length).SequenceEqual(name)) return false;
        }

        _names[_count++] = ((long)start << 32) | (uint)length;
        return true;
    }
}
