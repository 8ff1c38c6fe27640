using System.Diagnostics.CodeAnalysis;

namespace Fairlead.Targets.Signing;

/// <summary>An access key that requests to one service are signed with.</summary>
/// <param name="Service">Service as in the credential scope, such as <c>sqs</c>; <c>*</c> for all others.</param>
/// <param name="Id">Identifier of the key.</param>
/// <param name="Secret">Its secret; never shown.</param>
internal sealed record SigningKey(string Service, string Id, string Secret)
{
    /// <summary>Reads an entry of <c>Rules:Keys</c>.</summary>
    /// <param name="entry"><c>SERVICE=ID:SECRET</c>.</param>
    /// <param name="key">The key.</param>
    /// <returns>False when the entry has another form.</returns>
    public static bool TryParse(string entry, [NotNullWhen(true)] out SigningKey? key)
    {
        key = null;
        var equals = entry.IndexOf('=', StringComparison.Ordinal);
        var colon = equals < 0 ? -1 : entry.IndexOf(':', equals);
        if (equals <= 0 || colon <= equals + 1 || colon == entry.Length - 1) return false;
        key = new SigningKey(entry[..equals], entry[(equals + 1)..colon], entry[(colon + 1)..]);
        return true;
    }

    /// <summary>Finds the key for a service among the entries of <c>Rules:Keys</c>; null when there is none.</summary>
    public static SigningKey? Find(IReadOnlyList<string> entries, string service)
    {
        SigningKey? general = null;
        foreach (var entry in entries)
        {
            if (!TryParse(entry, out var key)) continue;
            if (key.Service == service) return key;
            if (key.Service == "*") general ??= key;
        }

        return general;
    }

    /// <summary>Without the secret.</summary>
    public override string ToString() => $"{Service}={Id}:********";
}
