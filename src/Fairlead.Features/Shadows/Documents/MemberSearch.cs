namespace Fairlead.Features.Shadows.Documents;

/// <summary>
/// Finds members of a stored object by name. Two sections mostly list their members in the same order, so the search goes on where the
/// last one ended; only when that has cost too much, all names are sorted into a table.
/// </summary>
internal ref struct MemberSearch(ReadOnlySpan<byte> members)
{
    private const int MostSteps = 64;

    private readonly ReadOnlySpan<byte> _members = members;
    private MemberReader _next = new(members);
    private int _steps;
    private Dictionary<int, List<int>>? _table;

    /// <summary>Finds a member.</summary>
    public bool TryFind(ReadOnlySpan<byte> name, out MemberReader found)
    {
        if (_table is not null) return TryLook(name, out found);
        var reader = _next;
        found = default;
        int steps = 0;
        bool wrapped = false;
        while (true)
        {
            if (!reader.Read())
            {
                if (wrapped) return false;
                wrapped = true;
                reader = new MemberReader(_members);
                continue;
            }

            if (reader.Name.SequenceEqual(name)) break;
            // Once around and a little more is no harm: what is behind the start was seen before.
            if (++steps <= MostSteps || (_steps += steps) <= MostSteps * 4) continue;
            FillTable();
            return TryLook(name, out found);
        }

        _next = found = reader;
        return true;
    }

    private void FillTable()
    {
        _table = [];
        var reader = new MemberReader(_members);
        int at = 0;
        while (reader.Read())
        {
            int hash = Hash(reader.Name);
            if (!_table.TryGetValue(hash, out var places)) _table.Add(hash, places = []);
            places.Add(at);
            at += reader.Whole.Length;
        }
    }

    private readonly bool TryLook(ReadOnlySpan<byte> name, out MemberReader found)
    {
        found = default;
        if (!_table!.TryGetValue(Hash(name), out var places)) return false;
        foreach (int at in places)
        {
            found = new MemberReader(_members[at..]);
            if (found.Read() && found.Name.SequenceEqual(name)) return true;
        }

        return false;
    }

    private static int Hash(ReadOnlySpan<byte> name)
    {
        var hash = default(HashCode);
        hash.AddBytes(name);
        return hash.ToHashCode();
    }
}
