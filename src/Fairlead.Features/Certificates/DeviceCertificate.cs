namespace Fairlead.Features.Certificates;

/// <summary>A registered device certificate.</summary>
/// <param name="Id">Lower-case hexadecimal SHA-256 of <paramref name="Der"/>.</param>
/// <param name="Der">The certificate.</param>
/// <param name="Status">Whether it lets a device in.</param>
/// <param name="CreatedAt">When it was registered, milliseconds since the Unix epoch.</param>
/// <param name="ModifiedAt">When its status changed last, milliseconds since the Unix epoch.</param>
internal sealed record DeviceCertificate(string Id, byte[] Der, CertificateStatus Status, long CreatedAt, long ModifiedAt)
{
    /// <summary>Id of the registered CA that issued it; null for the hub's own authority, or none.</summary>
    public string? CaId { get; init; }

    /// <summary>Whether it was registered without a CA, or by a CA in mode <c>SNI_ONLY</c>.</summary>
    public bool IsSniOnly { get; init; }

    /// <summary>Changes so far: <c>customerVersion</c> is one more.</summary>
    public int Changes { get; init; }

    /// <summary>Begin of its validity, milliseconds since the Unix epoch.</summary>
    public long NotBefore { get; init; }

    /// <summary>End of its validity, milliseconds since the Unix epoch.</summary>
    public long NotAfter { get; init; }

    /// <summary>Whether it is a provisioning claim of a few minutes: no list shows it, and it goes when it has ended.</summary>
    public bool IsTemporary { get; init; }
}
