namespace Fairlead.Features.IotHub;

/// <summary>
/// Why the hub refuses something, for all dialects: the numbers and names of spec/azure-gateway, sections 2.9 and 4.2, in one table.
/// </summary>
internal sealed class IotHubError
{
    private IotHubError(int code, string name, string amqpCondition, string message)
    {
        Code = code;
        Name = name;
        AmqpCondition = amqpCondition;
        Message = message;
    }

    /// <summary>Number, such as 404001; its first three digits are the HTTP status.</summary>
    public int Code { get; }

    /// <summary>Name, such as <c>DeviceNotFound</c>: SDKs make typed errors of it.</summary>
    public string Name { get; }

    /// <summary>HTTP status.</summary>
    public int Status => Code / 1000;

    /// <summary>Error condition of AMQP, such as <c>amqp:not-found</c>.</summary>
    public string AmqpCondition { get; }

    /// <summary>What is wrong, in one sentence without keys, signatures and payloads.</summary>
    public string Message { get; }

    /// <summary>400003: not in this place, or not in this way.</summary>
    public static IotHubError InvalidOperation(string message) => new(400003, "InvalidOperation", "amqp:not-allowed", message);

    /// <summary>400004: an argument is malformed or out of range.</summary>
    public static IotHubError ArgumentInvalid(string message) => new(400004, "ArgumentInvalid", "com.microsoft:argument-error", message);

    /// <summary>400005: an argument is missing.</summary>
    public static IotHubError ArgumentNull(string message) => new(400005, "ArgumentNull", "com.microsoft:argument-error", message);

    /// <summary>400006: a value has the wrong form.</summary>
    public static IotHubError Format(string message) => new(400006, "IotHubFormatError", "com.microsoft:argument-error", message);

    /// <summary>400012: a body cannot be read.</summary>
    public static IotHubError Deserialization(string message) => new(400012, "DeserializationError", "com.microsoft:argument-error", message);

    /// <summary>400013: a bulk operation failed.</summary>
    public static IotHubError BulkRegistry(string message) => new(400013, "BulkRegistryOperationFailure", "com.microsoft:argument-error", message);

    /// <summary>400027: a later connection of the same identity took over.</summary>
    public static IotHubError ConnectionReplaced(string message) => new(400027, "ConnectionForcefullyClosedOnNewConnection", "amqp:connection:forced", message);

    /// <summary>401002: what proved the caller does not reach that far.</summary>
    public static IotHubError UnauthorizedAccess(string message) => new(401002, "IotHubUnauthorizedAccess", "amqp:unauthorized-access", message);

    /// <summary>401003: the caller has not proved who it is.</summary>
    public static IotHubError Unauthorized(string message) => new(401003, "IotHubUnauthorized", "amqp:unauthorized-access", message);

    /// <summary>403002: a daily quota is used up.</summary>
    public static IotHubError QuotaExceeded(string message) => new(403002, "IotHubQuotaExceeded", "amqp:resource-limit-exceeded", message);

    /// <summary>403004: too many cloud-to-device messages wait for the device.</summary>
    public static IotHubError QueueDepthExceeded(string message) => new(403004, "DeviceMaximumQueueDepthExceeded", "amqp:resource-limit-exceeded", message);

    /// <summary>403005: too many tokens on one connection.</summary>
    public static IotHubError TooManyTokens(string message) => new(403005, "IotHubMaxCbsTokenExceeded", "amqp:resource-limit-exceeded", message);

    /// <summary>404001.</summary>
    public static IotHubError DeviceNotFound(string message) => new(404001, "DeviceNotFound", "amqp:not-found", message);

    /// <summary>404002.</summary>
    public static IotHubError JobNotFound(string message) => new(404002, "JobNotFound", "amqp:not-found", message);

    /// <summary>404010.</summary>
    public static IotHubError ModuleNotFound(string message) => new(404010, "ModuleNotFound", "amqp:not-found", message);

    /// <summary>404103: the device is not there to be called.</summary>
    public static IotHubError DeviceNotOnline(string message) => new(404103, "DeviceNotOnline", "amqp:not-found", message);

    /// <summary>404104: the device went away during a call.</summary>
    public static IotHubError ConnectionClosedRemotely(string message) => new(404104, "DeviceConnectionClosedRemotely", "amqp:not-found", message);

    /// <summary>409001.</summary>
    public static IotHubError DeviceAlreadyExists(string message) => new(409001, "DeviceAlreadyExists", "com.microsoft:device-already-exists", message);

    /// <summary>409002: the link is taken.</summary>
    public static IotHubError LinkCreationConflict(string message) => new(409002, "LinkCreationConflict", "amqp:link:stolen", message);

    /// <summary>409301.</summary>
    public static IotHubError ModuleAlreadyExists(string message) => new(409301, "ModuleAlreadyExistsOnDevice", "com.microsoft:device-already-exists", message);

    /// <summary>412001: the etag or version is another one.</summary>
    public static IotHubError PreconditionFailed(string message) => new(412001, "PreconditionFailed", "com.microsoft:precondition-failed", message);

    /// <summary>412002: the lock of a message is gone.</summary>
    public static IotHubError MessageLockLost(string message) => new(412002, "DeviceMessageLockLost", "com.microsoft:message-lock-lost", message);

    /// <summary>413001.</summary>
    public static IotHubError MessageTooLarge(string message) => new(413001, "MessageTooLarge", "amqp:link:message-size-exceeded", message);

    /// <summary>413002: too many devices in one request, or in the hub.</summary>
    public static IotHubError TooManyDevices(string message) => new(413002, "TooManyDevices", "amqp:resource-limit-exceeded", message);

    /// <summary>413003: too many modules of one device.</summary>
    public static IotHubError TooManyModules(string message) => new(413003, "TooManyModulesOnDevice", "amqp:resource-limit-exceeded", message);

    /// <summary>429001: too fast; try again later.</summary>
    public static IotHubError Throttling(string message) => new(429001, "ThrottlingException", "com.microsoft:device-container-throttled", message);

    /// <summary>500001: the hub failed; its log says more.</summary>
    public static IotHubError ServerError(string message) => new(500001, "ServerError", "amqp:internal-error", message);

    /// <summary>501001: the hub does not offer this.</summary>
    public static IotHubError NotOffered(string message) => new(501001, "NotImplemented", "amqp:not-implemented", message);

    /// <summary>503001: not now; try again later.</summary>
    public static IotHubError ServiceUnavailable(string message) => new(503001, "ServiceUnavailable", "amqp:internal-error", message);

    /// <summary>503003: there is no such partition.</summary>
    public static IotHubError PartitionNotFound(string message) => new(503003, "PartitionNotFound", "amqp:not-found", message);

    /// <summary>504101: no answer in time.</summary>
    public static IotHubError GatewayTimeout(string message) => new(504101, "GatewayTimeout", "com.microsoft:timeout", message);

    /// <inheritdoc/>
    public override string ToString() => $"{Code} {Name}: {Message}";
}
