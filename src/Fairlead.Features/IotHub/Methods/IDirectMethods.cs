namespace Fairlead.Features.IotHub.Methods;

/// <summary>
/// Direct methods (spec/azure-gateway 2.7 and 4.4): a request to a device that is there, and its answer. At most once: nothing is queued, kept or
/// sent again.
/// </summary>
internal interface IDirectMethods
{
    /// <summary>Calls a method.</summary>
    /// <param name="identity">Device or module.</param>
    /// <param name="request">The call.</param>
    /// <param name="cancellationToken">Ends the wait when the caller has gone; the device may answer all the same.</param>
    ValueTask<MethodResult> InvokeAsync(IdentityName identity, MethodRequest request, CancellationToken cancellationToken);

    /// <summary>A device starts to take calls; disposing ends it. A second one for the same identity replaces the first, which is told.</summary>
    IDisposable Listen(IdentityName identity, IMethodListener listener);

    /// <summary>A device's answer. False when nobody waits for it (any more): too late, or not its to answer.</summary>
    /// <param name="from">Who answers.</param>
    /// <param name="requestId">Of the call.</param>
    /// <param name="status">The device's own status: data, not HTTP.</param>
    /// <param name="payload">JSON, or empty; copied.</param>
    bool Respond(IdentityName from, Guid requestId, int status, ReadOnlySpan<byte> payload);
}

/// <summary>A device that takes calls. Called under no lock; must not block.</summary>
internal interface IMethodListener
{
    /// <summary>Sends a call to the device.</summary>
    /// <returns>False when it cannot be sent: the caller is told that the device is not there.</returns>
    bool TryCall(MethodCall call);

    /// <summary>Another listener has taken over.</summary>
    void OnReplaced();
}

/// <summary>A call as a device gets it.</summary>
/// <param name="RequestId">Names the call: the correlation-id of AMQP, the <c>$rid</c> of MQTT.</param>
/// <param name="Name">Name of the method.</param>
/// <param name="Payload">JSON; <c>null</c> when the caller gave none.</param>
internal sealed record MethodCall(Guid RequestId, string Name, ReadOnlyMemory<byte> Payload);

/// <summary>A call as a service makes it.</summary>
/// <param name="Name">Name of the method.</param>
/// <param name="Payload">JSON, up to 128 KB; empty stands for <c>null</c>.</param>
internal sealed record MethodRequest(string Name, ReadOnlyMemory<byte> Payload)
{
    /// <summary>How long to wait for a device that does not take calls yet; 0 to 300 s.</summary>
    public TimeSpan ConnectTimeout { get; init; }

    /// <summary>How long to wait for its answer; 5 to 300 s.</summary>
    public TimeSpan ResponseTimeout { get; init; } = TimeSpan.FromSeconds(30);
}

/// <summary>What a device answered.</summary>
/// <param name="Status">Its own status.</param>
/// <param name="Payload">JSON; empty when it gave none.</param>
internal sealed record MethodAnswer(int Status, ReadOnlyMemory<byte> Payload);

/// <summary>The answer, or why there is none.</summary>
/// <param name="Answer">The answer; null when there is none.</param>
/// <param name="Error">Why there is none; null when there is one.</param>
internal readonly record struct MethodResult(MethodAnswer? Answer, IotHubError? Error);
