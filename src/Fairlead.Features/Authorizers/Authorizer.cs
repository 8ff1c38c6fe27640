using System.Collections.Immutable;

namespace Fairlead.Features.Authorizers;

/// <summary>A custom authorizer (spec/aws-messaging, section 1.1).</summary>
/// <param name="Name">Name; never changes.</param>
/// <param name="Function">URL or ARN of the function that decides, or <see cref="WebToken"/>.</param>
/// <param name="IsActive">Whether it may be used.</param>
/// <param name="IsSigningDisabled">Whether tokens come without a signature beside them.</param>
/// <param name="CreatedAt">Milliseconds since the Unix epoch.</param>
/// <param name="ModifiedAt">Milliseconds since the Unix epoch.</param>
internal sealed record Authorizer(string Name, string Function, bool IsActive, bool IsSigningDisabled, long CreatedAt, long ModifiedAt)
{
    /// <summary>Function that verifies a JSON Web Token (RFC 7519) by itself: nobody is called.</summary>
    public const string WebToken = "urn:fairlead:jwt";

    /// <summary>Name under which clients send the token; null when they send none.</summary>
    public string? TokenKeyName { get; init; }

    /// <summary>Keys that tokens are signed with, by name: public keys in PEM form, or <c>HS256:</c> and a secret for web tokens.</summary>
    public ImmutableSortedDictionary<string, string> SigningKeys { get; init; } = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>Whether an answer holds for further requests over the same HTTP connection.</summary>
    public bool CachesHttp { get; init; }

    /// <summary>Whether its function verifies web tokens.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool IsWebToken => Function == WebToken;
}

/// <summary>Which authorizer is asked when a client names none.</summary>
/// <param name="Name">Its name.</param>
internal sealed record DefaultAuthorizer(string Name);
