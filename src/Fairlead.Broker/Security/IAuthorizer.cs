namespace Fairlead.Broker.Security;

/// <summary>What a client wants to do; the words are those of AWS IoT policies.</summary>
public enum AccessAction : byte
{
    /// <summary><c>iot:Connect</c>; the resource is the Client Identifier.</summary>
    Connect,

    /// <summary><c>iot:Publish</c>; the resource is the Topic Name.</summary>
    Publish,

    /// <summary><c>iot:RetainPublish</c>; the resource is the Topic Name.</summary>
    RetainPublish,

    /// <summary><c>iot:Subscribe</c>; the resource is the Topic Filter.</summary>
    Subscribe,

    /// <summary><c>iot:Receive</c>; the resource is the Topic Name of a delivery.</summary>
    Receive,
}

/// <summary>One question to an <see cref="IAuthorizer"/>; lives on the stack.</summary>
/// <param name="subject">Who asks, over which connection.</param>
/// <param name="action">What it wants.</param>
/// <param name="resource">Topic Name, Topic Filter or Client Identifier, UTF-8.</param>
public readonly ref struct AccessRequest(AccessSubject subject, AccessAction action, ReadOnlySpan<byte> resource)
{
    /// <summary>Who asks, over which connection.</summary>
    public AccessSubject Subject { get; } = subject;

    /// <summary>Identity of who asks.</summary>
    public Principal Principal => Subject.Principal;

    /// <summary>What it wants.</summary>
    public AccessAction Action { get; } = action;

    /// <summary>Topic Name, Topic Filter or Client Identifier, UTF-8.</summary>
    public ReadOnlySpan<byte> Resource { get; } = resource;
}

/// <summary>Answer of an <see cref="IAuthorizer"/>: not just yes or no, but what decided (design promise 3).</summary>
/// <param name="Allowed">Whether it may.</param>
/// <param name="Policy">Policy that decided; null for an implicit deny.</param>
/// <param name="Statement">Statement within the policy; null when there is none.</param>
/// <param name="Detail">What else explains it, such as a policy variable that had no value; null for nothing.</param>
public readonly record struct Decision(bool Allowed, string? Policy = null, string? Statement = null, string? Detail = null);

/// <summary>Per-action check. Called on the packet path: must not block and must not allocate for a topic already seen.</summary>
public interface IAuthorizer
{
    /// <summary>
    /// Whether policies decide about a connection; asked once, at CONNECT. Otherwise every <see cref="AccessAction.Receive"/> is allowed,
    /// and the broker skips the check on each delivery.
    /// </summary>
    bool Governs(AccessSubject subject);

    /// <summary>Decides.</summary>
    Decision Authorize(in AccessRequest request);
}
