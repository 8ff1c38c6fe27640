namespace Fairlead.Edge.Payloads;

/// <summary>Option <c>timestamp</c>: when a Ditto envelope gets the header <c>x-timestamp</c> (spec/kanto-edge, section 7).</summary>
internal enum TimestampMode
{
    /// <summary>When it has none.</summary>
    IfAbsent,

    /// <summary>Always; one that it has is overwritten.</summary>
    Always,

    /// <summary>Never.</summary>
    Never,
}
