namespace Fairlead.Features.IotHub.Amqp;

/// <summary>User names of SASL PLAIN (spec/azure-gateway, section 2.1): <c>{d}@sas.{hub}</c>, <c>{d}/modules/{m}@sas.{hub}</c>, <c>{policy}@sas.root.{hub}</c>.</summary>
internal static class PlainUser
{
    private const string OfIdentity = "@sas.";
    private const string OfPolicy = "@sas.root.";

    /// <summary>Takes a user name apart.</summary>
    /// <param name="user">The name.</param>
    /// <param name="identity">Device or module; when <paramref name="policy"/> is null.</param>
    /// <param name="policy">Policy; null for a device or module.</param>
    public static bool TryParse(string user, out IdentityName identity, out string? policy)
    {
        identity = default;
        policy = null;
        // Ids may hold an @: the last one counts.
        var at = user.LastIndexOf(OfPolicy, StringComparison.OrdinalIgnoreCase);
        if (at > 0)
        {
            policy = user[..at];
            return true;
        }

        at = user.LastIndexOf(OfIdentity, StringComparison.OrdinalIgnoreCase);
        if (at <= 0) return false;
        var parts = user[..at].Split('/');
        return parts switch
        {
            [var device] => IdentityName.TryCreate(device, null, out identity),
            [var device, var modules, var module] when modules.Equals("modules", StringComparison.OrdinalIgnoreCase) => IdentityName.TryCreate(device, module, out identity),
            _ => false,
        };
    }
}
