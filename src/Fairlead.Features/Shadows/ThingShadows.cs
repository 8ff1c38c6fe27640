using Fairlead.Features.Shadows.Documents;

namespace Fairlead.Features.Shadows;

/// <summary>
/// The shadows of one thing. Everything in it is read and changed under <see cref="Lock"/>. Under that lock a change is handed to the
/// store, so that the order of versions is the order on the disk; nothing is published and no other lock of the slice is taken.
/// </summary>
internal sealed class ThingShadows(string name)
{
    private List<Shadow>? _named;
    private long _second;
    private int _requests;

    /// <summary>Name of the thing.</summary>
    public string Name { get; } = name;

    /// <summary>Makes changes one at a time.</summary>
    public Lock Lock { get; } = new();

    /// <summary>The classic shadow; null when there never was one.</summary>
    public Shadow? Classic { get; private set; }

    /// <summary>Named shadows in ordinal order, deleted ones included.</summary>
    public IReadOnlyList<Shadow> Named => _named is null ? [] : _named;

    /// <summary>Requests that wait for their answer.</summary>
    public int InFlight { get; set; }

    /// <summary>Whether it left the table, because it has no shadow: who finds it so looks again.</summary>
    public bool IsForgotten { get; set; }

    /// <summary>Whether there is nothing to keep.</summary>
    public bool IsEmpty => Classic is null && _named is null && InFlight == 0;

    /// <summary>Finds a shadow, deleted ones included.</summary>
    /// <param name="shadow">Name; empty for the classic one.</param>
    public Shadow? Find(ReadOnlySpan<char> shadow)
    {
        if (shadow.IsEmpty) return Classic;
        int place = Search(shadow);
        return place < 0 ? null : _named![place];
    }

    /// <summary>Adds a shadow.</summary>
    /// <param name="shadow">Name; empty for the classic one.</param>
    /// <param name="body">Its document.</param>
    public Shadow Add(ReadOnlySpan<char> shadow, byte[] body)
    {
        if (shadow.IsEmpty) return Classic = new Shadow(Name, Name.Length) { Body = body };
        var added = new Shadow($"{Name}/{shadow}", Name.Length) { Body = body };
        (_named ??= new List<Shadow>(1)).Insert(~Search(shadow), added);
        return added;
    }

    /// <summary>Counts a request against the rate (spec/aws-shadow, section 11).</summary>
    /// <param name="second">The present second.</param>
    /// <param name="limit">Most in a second.</param>
    public bool TryCount(long second, int limit)
    {
        if (_second != second) (_second, _requests) = (second, 0);
        return ++_requests <= limit;
    }

    private int Search(ReadOnlySpan<char> shadow)
    {
        int low = 0;
        int high = (_named?.Count ?? 0) - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            int order = _named![middle].Name.SequenceCompareTo(shadow);
            if (order == 0) return middle;
            if (order < 0) low = middle + 1;
            else high = middle - 1;
        }

        return ~low;
    }
}

/// <summary>One shadow, or what is left of a deleted one.</summary>
/// <param name="key">Key in the store: the thing's name, and behind a slash that of the shadow.</param>
/// <param name="thingLength">Length of the thing's name.</param>
internal sealed class Shadow(string key, int thingLength)
{
    /// <summary>Key in the store.</summary>
    public string Key { get; } = key;

    /// <summary>Name; empty for the classic one.</summary>
    public ReadOnlySpan<char> Name => Key.Length == thingLength ? default : Key.AsSpan(thingLength + 1);

    /// <summary>The present document; see <see cref="ShadowDocument"/>. Never changed, always replaced.</summary>
    public required byte[] Body { get; set; }

    /// <summary>The last change that is not answered yet; null when everything is.</summary>
    public ShadowOutcome? Pending { get; set; }
}
