namespace Fairlead.Gateway.Upstream;

/// <summary>Makes connections to the hub.</summary>
internal interface IHubDialer
{
    /// <summary>Makes one.</summary>
    /// <param name="cancellationToken">Ends the attempt.</param>
    Task<HubResult<IHubConnection>> DialAsync(CancellationToken cancellationToken);
}

/// <summary>
/// One AMQP connection to a hub with the links of many devices. Everything that may fail for the hub's reasons is a value; after
/// <see cref="Ended"/> nothing works any more.
/// </summary>
internal interface IHubConnection : IAsyncDisposable
{
    /// <summary>Completes with the reason when the connection is gone.</summary>
    Task<HubFault> Ended { get; }

    /// <summary>Authorises by a token over CBS (spec section 2.3).</summary>
    /// <param name="audience">What the token is for, such as <c>host/devices/id</c>.</param>
    /// <param name="token">Token.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<HubFault?> PutTokenAsync(string audience, string token, CancellationToken cancellationToken);

    /// <summary>Attaches the link for device-to-cloud messages.</summary>
    Task<HubResult<ITelemetryLink>> OpenTelemetryAsync(string deviceId, ITelemetryEvents events, CancellationToken cancellationToken);

    /// <summary>Attaches the link for cloud-to-device messages, without credit.</summary>
    Task<HubResult<ICloudMessageLink>> OpenCloudMessagesAsync(
        string deviceId, Action<CloudMessage> onMessage, Action<HubFault> onDetached, CancellationToken cancellationToken);

    /// <summary>Attaches the two links for methods; from then on the device counts as subscribed.</summary>
    Task<HubResult<IMethodLink>> OpenMethodsAsync(
        string deviceId, Action<MethodCall> onCall, Action<HubFault> onDetached, CancellationToken cancellationToken);

    /// <summary>Attaches the two links for the twin.</summary>
    Task<HubResult<ITwinLink>> OpenTwinAsync(
        string deviceId, Action<ReadOnlyMemory<byte>> onDesired, Action<HubFault> onDetached, CancellationToken cancellationToken);
}

/// <summary>A link, or a pair of links, of one device.</summary>
internal interface IHubLink
{
    /// <summary>Detaches.</summary>
    Task CloseAsync();
}

/// <summary>What became of an attempt to send.</summary>
internal enum LinkSend
{
    /// <summary>On its way; <see cref="ITelemetryEvents.OnOutcome"/> follows.</summary>
    Sent,

    /// <summary>No credit or no room; <see cref="ITelemetryEvents.OnRoom"/> follows.</summary>
    Wait,

    /// <summary>Larger than the hub takes.</summary>
    TooLarge,

    /// <summary>The link is gone; <see cref="ITelemetryEvents.OnDetached"/> came or comes.</summary>
    Detached,
}

/// <summary>Device-to-cloud messages of one device.</summary>
internal interface ITelemetryLink : IHubLink
{
    /// <summary>Messages that the hub would take now.</summary>
    int Credit { get; }

    /// <summary>Sends when that is possible at once.</summary>
    /// <param name="message">Message.</param>
    /// <param name="token">Comes back with the outcome.</param>
    LinkSend TrySend(DeviceMessage message, object token);
}

/// <summary>Hears about a link for device-to-cloud messages; on any thread, must not block.</summary>
internal interface ITelemetryEvents
{
    /// <summary>There may be room for a message.</summary>
    void OnRoom();

    /// <summary>The hub has settled a message.</summary>
    /// <param name="token">What came with it.</param>
    /// <param name="fault">Null when the hub took it.</param>
    void OnOutcome(object token, HubFault? fault);

    /// <summary>The link is gone; messages without an outcome stay without.</summary>
    void OnDetached(HubFault fault);
}

/// <summary>Cloud-to-device messages of one device.</summary>
internal interface ICloudMessageLink : IHubLink
{
    /// <summary>Messages that the hub may send now.</summary>
    int Credit { get; }

    /// <summary>Says how many messages the hub may send from now on; 0 makes it keep them (drain).</summary>
    void SetCredit(int messages);

    /// <summary>Settles a message.</summary>
    Task<HubFault?> SettleAsync(CloudMessage message, MessageOutcome outcome, CancellationToken cancellationToken);
}

/// <summary>Direct methods of one device.</summary>
internal interface IMethodLink : IHubLink
{
    /// <summary>Answers a call.</summary>
    Task<HubFault?> RespondAsync(MethodCall call, int status, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken);
}

/// <summary>The twin of one device.</summary>
internal interface ITwinLink : IHubLink
{
    /// <summary>Reads desired and reported properties as JSON.</summary>
    Task<HubResult<TwinDocument>> GetAsync(CancellationToken cancellationToken);

    /// <summary>Changes reported properties.</summary>
    /// <param name="patch">JSON merge patch.</param>
    /// <param name="version">Version that they must have; null for any.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<HubResult<TwinVersion>> PatchReportedAsync(ReadOnlyMemory<byte> patch, long? version, CancellationToken cancellationToken);

    /// <summary>Asks for changes of desired properties.</summary>
    Task<HubFault?> SubscribeAsync(CancellationToken cancellationToken);
}

/// <summary>A twin as the hub gave it.</summary>
/// <param name="Json">JSON with <c>desired</c> and <c>reported</c>.</param>
internal sealed record TwinDocument(ReadOnlyMemory<byte> Json);

/// <summary>The version that reported properties have after a change.</summary>
/// <param name="Number">Version; 0 when the hub does not say.</param>
internal sealed record TwinVersion(long Number);
