namespace Fairlead.Edge.Json;

/// <summary>What a JSON value is, as far as a shadow makes a difference.</summary>
internal enum JsonKind
{
    /// <summary><c>null</c>: in a patch, "remove".</summary>
    Null,

    /// <summary>A string.</summary>
    String,

    /// <summary>A number, <c>true</c> or <c>false</c>.</summary>
    Literal,

    /// <summary>An array: one value, never merged.</summary>
    Array,

    /// <summary>An object.</summary>
    Object,
}
