namespace Fairlead.Features.AccessKeys;

/// <summary>An access key: what AWS SDKs sign requests with.</summary>
/// <param name="Id">Such as <c>AKIA...</c>.</param>
/// <param name="Secret">The secret; needed in the clear to verify signatures.</param>
/// <param name="IsEnabled">Whether requests signed with it are accepted.</param>
/// <param name="CreatedAt">Milliseconds since the Unix epoch.</param>
internal sealed record AccessKey(string Id, string Secret, bool IsEnabled, long CreatedAt)
{
    /// <summary>What it is for, in its maker's words; empty for nothing.</summary>
    public string Description { get; init; } = "";

    /// <summary>What it may do: a policy document; null for everything.</summary>
    public string? PolicyDocument { get; init; }

    /// <summary>Session token that must come along (temporary credentials that were imported); null for none.</summary>
    public string? SessionToken { get; init; }

    /// <summary>When it ends, milliseconds since the Unix epoch; null for never.</summary>
    public long? ExpiresAt { get; init; }
}
