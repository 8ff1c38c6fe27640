namespace Fairlead.Features.Shadows.Json;

/// <summary>One value of a <see cref="JsonTree"/>. Positions are those in the tree's text.</summary>
internal struct JsonNode
{
    /// <summary>Start of the member's name, without quotes, in its canonical form; only in objects.</summary>
    public int NameStart;

    /// <summary>Length of the name.</summary>
    public int NameLength;

    /// <summary>Start of the value.</summary>
    public int Start;

    /// <summary>Length of the value.</summary>
    public int Length;

    /// <summary>Node of the object or array around it; -1 for the root.</summary>
    public int Parent;

    /// <summary>Node behind this one and everything in it.</summary>
    public int Next;

    /// <summary>Members or elements, those that a later one of the same name replaced included.</summary>
    public int Count;

    /// <summary>Hash of the name; computed for members of large objects alone.</summary>
    public int Hash;

    /// <summary>Objects and arrays around it.</summary>
    public int Depth;

    /// <summary>Kind.</summary>
    public JsonKind Kind;

    /// <summary>Whether a later member of the same name stands for it.</summary>
    public bool IsSuperseded;

    /// <summary>Whether it lies in an array, however deep.</summary>
    public bool IsInArray;

    /// <summary>Free for whoever works with the tree.</summary>
    public bool IsTaken;
}
