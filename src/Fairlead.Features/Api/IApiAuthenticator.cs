using Microsoft.AspNetCore.Http;

namespace Fairlead.Features.Api;

/// <summary>What the listener knows about a request's connection.</summary>
/// <param name="IsSecure">Whether it came over TLS.</param>
/// <param name="CertificateId">Id of the client certificate; null without one.</param>
/// <param name="ServerName">Name asked for by SNI; null without.</param>
/// <param name="Address">Address of the peer.</param>
/// <param name="IsTrusted">Administrator by token, or developer's mode on loopback.</param>
internal sealed record ApiTransport(bool IsSecure, string? CertificateId, string? ServerName, System.Net.IPAddress? Address, bool IsTrusted)
{
    /// <summary>Who is signed in to the console that sends the request; null when none is.</summary>
    public ConsoleUser? User { get; init; }

    /// <summary>Port of the peer; null when the transport has none.</summary>
    public int? Port { get; init; }

    /// <summary>Where the request came in; null when the transport has no addresses.</summary>
    public System.Net.IPEndPoint? Target { get; init; }

    /// <summary>The client's certificate and those that it sent along; empty without one.</summary>
    public Broker.Connections.PeerCertificates Certificates { get; init; } = Broker.Connections.PeerCertificates.None;
}

/// <summary>Somebody who is signed in to the console.</summary>
/// <param name="Name">User name.</param>
/// <param name="Role">What that user may do.</param>
internal sealed record ConsoleUser(string Name, HubRole Role);

/// <summary>A further way to prove who calls, tried when a request is neither signed nor trusted (a custom authorizer).</summary>
internal interface IApiAuthenticator
{
    /// <summary>Authenticates.</summary>
    /// <returns>The caller; null when the request does not ask for this way.</returns>
    /// <exception cref="ApiException">It asks, and is refused.</exception>
    ValueTask<Caller?> AuthenticateAsync(HttpContext context, RawTarget target, ApiTransport transport);
}

/// <summary>Decides what a caller of the HTTP API may do.</summary>
internal interface IApiAuthorizer
{
    /// <summary>Decides.</summary>
    /// <param name="caller">Who calls.</param>
    /// <param name="action">Action with its prefix, such as <c>iot:CreateThing</c>.</param>
    /// <param name="resource">ARN, or <c>*</c>.</param>
    /// <param name="keys">Further condition keys of this request, such as <c>iot:Topic</c>; null for none.</param>
    Broker.Security.Decision Authorize(Caller caller, string action, string resource, IReadOnlyDictionary<string, string>? keys = null);
}
