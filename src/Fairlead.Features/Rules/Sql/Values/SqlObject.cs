namespace Fairlead.Features.Rules.Sql.Values;

/// <summary>Members of an Object in their order. Filled by whoever makes it, never changed after it has become a value.</summary>
internal sealed class SqlObject
{
    /// <summary>Objects up to this size are searched from front to back.</summary>
    private const int SmallObject = 8;

    private readonly List<KeyValuePair<string, SqlValue>> _members;
    private Dictionary<string, int>? _places;

    /// <summary>An object without members.</summary>
    /// <param name="capacity">How many members are expected.</param>
    public SqlObject(int capacity = 4) => _members = new(capacity);

    /// <summary>No members.</summary>
    public static SqlObject Empty { get; } = new(0);

    /// <summary>Number of members.</summary>
    public int Count => _members.Count;

    /// <summary>A member by its place.</summary>
    public KeyValuePair<string, SqlValue> this[int index] => _members[index];

    /// <summary>A member; Undefined when there is none.</summary>
    public SqlValue Get(string name)
    {
        int place = Find(name);
        return place < 0 ? default : _members[place].Value;
    }

    /// <summary>Sets a member; one that is there keeps its place. Undefined is left out.</summary>
    public void Set(string name, SqlValue value)
    {
        if (value.IsUndefined) return;
        int place = Find(name);
        if (place >= 0)
        {
            _members[place] = new(name, value);
            return;
        }

        _members.Add(new(name, value));
        if (_places is not null) _places.Add(name, _members.Count - 1);
        else if (_members.Count > SmallObject) Index();
    }

    private int Find(string name)
    {
        if (_places is not null) return _places.TryGetValue(name, out int place) ? place : -1;
        for (int i = 0; i < _members.Count; i++)
        {
            if (string.Equals(_members[i].Key, name, StringComparison.Ordinal)) return i;
        }

        return -1;
    }

    private void Index()
    {
        _places = new(_members.Count * 2, StringComparer.Ordinal);
        for (int i = 0; i < _members.Count; i++) _places.Add(_members[i].Key, i);
    }
}
