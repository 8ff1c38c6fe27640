namespace Fairlead.Broker.Security;

/// <summary>Who a connection speaks for, once it has been authenticated. Features derive from it what carries policies.</summary>
public class Principal
{
    /// <summary>Nobody in particular: anonymous access.</summary>
    public static Principal Anonymous { get; } = new("anonymous", "anonymous");

    /// <summary>Makes a principal.</summary>
    /// <param name="kind"><c>anonymous</c>, <c>user</c>, <c>certificate</c>, or what a feature adds.</param>
    /// <param name="id">User name, certificate id (lower-case hexadecimal SHA-256 of its DER), or the feature's own id.</param>
    public Principal(string kind, string id)
    {
        Kind = kind;
        Id = id;
    }

    /// <summary>A principal of which the name alone is known, as of one that connected before the last start.</summary>
    /// <param name="name">What <see cref="ToString"/> gave.</param>
    public static Principal Named(string name)
    {
        int space = name.IndexOf(' ', StringComparison.Ordinal);
        return space < 0 ? new Principal(name, name) : new Principal(name[..space], name[(space + 1)..]);
    }

    /// <summary>What kind of identity it is.</summary>
    public string Kind { get; }

    /// <summary>The identity within its kind.</summary>
    public string Id { get; }

    /// <summary>Whether it may read <c>$SYS</c> and the administration API.</summary>
    public bool IsAdministrator { get; init; }

    /// <summary>
    /// Whether any refusal ends its connection, that of a subscription too, instead of being answered where the protocol has an answer
    /// (Azure: spec/azure-gateway 3.4).
    /// </summary>
    public bool IsStrict { get; init; }

    /// <summary>Longest Keep Alive of its connections in seconds, 0 among them; 0 leaves it to the broker's own limit.</summary>
    public int MaximumKeepAlive { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Kind == Id ? Kind : $"{Kind} {Id}";
}
