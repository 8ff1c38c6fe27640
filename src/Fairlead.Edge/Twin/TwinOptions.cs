namespace Fairlead.Edge.Twin;

/// <summary>The <c>twin.*</c> options and what the twin needs to know about its device (spec/kanto-edge, sections 13 and 14).</summary>
internal sealed record TwinOptions
{
    /// <summary>Device id D, form <c>namespace:name</c>.</summary>
    public required string DeviceId { get; init; }

    /// <summary>Name in <c>$aws/things/...</c>; <see cref="DeviceId"/> when not given.</summary>
    public string? ThingName { get; init; }

    /// <summary>Option <c>topicFilter</c>: a twin command whose Ditto topic matches is dropped. Empty: none.</summary>
    public string TopicFilter { get; init; } = "";

    /// <summary>Option <c>payloadFilters</c>: values whose path matches are left out of twin commands.</summary>
    public IReadOnlyList<string> PayloadFilters { get; init; } = [];

    /// <summary>Option <c>forwardTopicFilter</c>: a Ditto message that is no twin command and whose topic matches is dropped. Empty: none.</summary>
    public string ForwardTopicFilter { get; init; } = "";

    /// <summary>Option <c>twin.patch</c>.</summary>
    public TwinPatch Patch { get; init; } = TwinPatch.Full;

    /// <summary>Option <c>twin.offline</c>.</summary>
    public TwinOffline Offline { get; init; } = TwinOffline.Queue;

    /// <summary>Option <c>twin.direction</c>.</summary>
    public TwinDirection Direction { get; init; } = TwinDirection.Both;

    /// <summary>Option <c>twin.ack</c>.</summary>
    public TwinAck Ack { get; init; } = TwinAck.Local;

    /// <summary>Option <c>twin.responseDefault</c>: what a missing <c>response-required</c> means.</summary>
    public bool ResponseDefault { get; init; }

    /// <summary>Option <c>twin.maxDepth</c>: levels of nesting in one section of a shadow, 1 to 64.</summary>
    public int MaxDepth { get; init; } = 8;

    /// <summary>Option <c>twin.maxBytes</c>: bytes of state in one shadow request.</summary>
    public int MaxBytes { get; init; } = 8192;

    /// <summary>Option <c>twin.maxOpen</c>: shadow requests without an answer, 1 to 100.</summary>
    public int MaxOpen { get; init; } = 10;

    /// <summary>Option <c>twin.retries</c>: how often a request refused with 409, 429 or 5xx is tried again before it is reported.</summary>
    public int Retries { get; init; } = 3;

    /// <summary>Option <c>twin.answerTimeout</c>: how long an answer is waited for where the command does not say.</summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
