namespace Fairlead.Edge.Transforms;

/// <summary>How a payload is compressed.</summary>
internal enum PayloadEncoding
{
    /// <summary>Not at all.</summary>
    Identity = 0,

    /// <summary>gzip, RFC 1952.</summary>
    Gzip = 1,

    /// <summary>Zstandard, RFC 8878.</summary>
    Zstd = 2,
}
