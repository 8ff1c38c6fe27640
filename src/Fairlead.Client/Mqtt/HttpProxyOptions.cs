namespace Fairlead.Client.Mqtt;

/// <summary>An HTTP proxy that a connection goes through: it is asked for a tunnel with CONNECT (RFC 9110, section 9.3.6).</summary>
/// <param name="Address">Where it is: <c>http://host:port</c>.</param>
public sealed record HttpProxyOptions(Uri Address)
{
    /// <summary>User name for Basic authentication. Default none.</summary>
    public string? UserName { get; init; }

    /// <summary>Password for Basic authentication. Default none.</summary>
    public string? Password { get; init; }
}
