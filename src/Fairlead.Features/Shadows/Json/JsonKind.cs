namespace Fairlead.Features.Shadows.Json;

/// <summary>Kind of a JSON value (RFC 8259).</summary>
internal enum JsonKind : byte
{
    /// <summary><c>null</c>.</summary>
    Null,

    /// <summary><c>false</c>.</summary>
    False,

    /// <summary><c>true</c>.</summary>
    True,

    /// <summary>A number, of any size and precision.</summary>
    Number,

    /// <summary>A string.</summary>
    String,

    /// <summary>An array.</summary>
    Array,

    /// <summary>An object.</summary>
    Object,
}
