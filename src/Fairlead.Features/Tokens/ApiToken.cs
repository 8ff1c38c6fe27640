using Fairlead.Features.Api;

namespace Fairlead.Features.Tokens;

/// <summary>A token of the HTTP API as it is kept: its text exists nowhere.</summary>
/// <param name="Name">Its name, by which it is listed and revoked.</param>
/// <param name="Role">What its holder may do: <c>viewer</c>, <c>operator</c> or <c>admin</c>.</param>
/// <param name="Hash">SHA-256 of its text, in hexadecimal digits.</param>
/// <param name="CreatedAt">Milliseconds since the Unix epoch.</param>
/// <param name="CreatedBy">Who made it.</param>
internal sealed record ApiToken(string Name, string Role, string Hash, long CreatedAt, string CreatedBy)
{
    /// <summary>When it ends, milliseconds since the Unix epoch; null for never.</summary>
    public long? ExpiresAt { get; init; }
}

/// <summary>Whoever shows a token that is in force.</summary>
/// <param name="User">Name and role.</param>
/// <param name="ExpiresAt">When the token ends by itself; null for never.</param>
/// <param name="Revoked">Cancelled when it is revoked: so does what it streams.</param>
internal sealed record TokenHolder(ConsoleUser User, DateTimeOffset? ExpiresAt, CancellationToken Revoked);
