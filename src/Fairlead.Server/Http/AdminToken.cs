using System.Security.Cryptography;
using System.Text;
using Fairlead.Server.Hosting;

namespace Fairlead.Server.Http;

/// <summary>The bearer token of the administration API.</summary>
internal sealed class AdminToken
{
    private readonly byte[] _hash;

    private AdminToken(string token) => _hash = SHA256.HashData(Encoding.UTF8.GetBytes(token));

    /// <summary>Takes the configured token, or the one in the data directory, which is made when missing.</summary>
    /// <exception cref="HubStartException">The file cannot be read or written.</exception>
    public static AdminToken Open(string configured, string dataDirectory)
    {
        if (configured.Length > 0) return new AdminToken(configured);
        var file = Path.Combine(dataDirectory, "admin.token");
        try
        {
            if (File.Exists(file) && File.ReadAllText(file).Trim() is { Length: >= 16 } existing) return new AdminToken(existing);
            var token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
            DataDirectory.WriteSecret(file, token + "\n");
            return new AdminToken(token);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new HubStartException($"cannot read or write {file}: {exception.Message}", exception);
        }
    }

    /// <summary>Whether an <c>Authorization</c> header carries the token; takes the same time for every wrong one.</summary>
    public bool Matches(string? authorization)
    {
        const string Scheme = "Bearer ";
        if (authorization is null || !authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)) return false;
        return CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(authorization[Scheme.Length..].Trim())), _hash);
    }
}
