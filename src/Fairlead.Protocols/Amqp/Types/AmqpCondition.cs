namespace Fairlead.Protocols.Amqp;

/// <summary>Error conditions of the standard (spec 2.9, 7.4 rule 13).</summary>
public static class AmqpCondition
{
    /// <summary>Something went wrong inside.</summary>
    public const string InternalError = "amqp:internal-error";

    /// <summary>No such node.</summary>
    public const string NotFound = "amqp:not-found";

    /// <summary>The peer may not do this.</summary>
    public const string UnauthorizedAccess = "amqp:unauthorized-access";

    /// <summary>Bytes that are no AMQP value, or a field that must be there is not.</summary>
    public const string DecodeError = "amqp:decode-error";

    /// <summary>A limit of this container is reached.</summary>
    public const string ResourceLimitExceeded = "amqp:resource-limit-exceeded";

    /// <summary>Not allowed in this place or state.</summary>
    public const string NotAllowed = "amqp:not-allowed";

    /// <summary>A field has a value that it may not have.</summary>
    public const string InvalidField = "amqp:invalid-field";

    /// <summary>Nothing here does this.</summary>
    public const string NotImplemented = "amqp:not-implemented";

    /// <summary>Somebody else holds it.</summary>
    public const string ResourceLocked = "amqp:resource-locked";

    /// <summary>A condition of the request does not hold.</summary>
    public const string PreconditionFailed = "amqp:precondition-failed";

    /// <summary>It was deleted.</summary>
    public const string ResourceDeleted = "amqp:resource-deleted";

    /// <summary>A frame that cannot come here now.</summary>
    public const string IllegalState = "amqp:illegal-state";

    /// <summary>A frame larger than negotiated.</summary>
    public const string FrameSizeTooSmall = "amqp:frame-size-too-small";

    /// <summary>The container closed the connection.</summary>
    public const string ConnectionForced = "amqp:connection:forced";

    /// <summary>The frames themselves are wrong.</summary>
    public const string FramingError = "amqp:connection:framing-error";

    /// <summary>More transfers than the session's window.</summary>
    public const string WindowViolation = "amqp:session:window-violation";

    /// <summary>A transfer refers to a link whose detach came already.</summary>
    public const string ErrantLink = "amqp:session:errant-link";

    /// <summary>The handle of a new link is taken.</summary>
    public const string HandleInUse = "amqp:session:handle-in-use";

    /// <summary>The handle belongs to no link.</summary>
    public const string UnattachedHandle = "amqp:session:unattached-handle";

    /// <summary>The container detached the link.</summary>
    public const string DetachForced = "amqp:link:detach-forced";

    /// <summary>More deliveries than credit.</summary>
    public const string TransferLimitExceeded = "amqp:link:transfer-limit-exceeded";

    /// <summary>A message larger than the link takes.</summary>
    public const string MessageSizeExceeded = "amqp:link:message-size-exceeded";

    /// <summary>A link of the same name took its place.</summary>
    public const string Stolen = "amqp:link:stolen";
}
