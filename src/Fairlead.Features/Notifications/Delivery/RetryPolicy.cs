using System.Globalization;
using System.Text.Json;

namespace Fairlead.Features.Notifications.Delivery;

/// <summary>
/// When deliveries to HTTP endpoints are tried again: some at once, some after the least delay, some after growing ones, the last ones after
/// the most (SNS Developer Guide, "Amazon SNS message delivery retries").
/// </summary>
/// <param name="MinDelay">Least delay, seconds.</param>
/// <param name="MaxDelay">Most delay, seconds.</param>
/// <param name="Retries">Tries after the first.</param>
/// <param name="NoDelay">Retries at once.</param>
/// <param name="AtMin">Retries after the least delay.</param>
/// <param name="AtMax">Retries after the most delay.</param>
internal sealed record RetryPolicy(int MinDelay, int MaxDelay, int Retries, int NoDelay, int AtMin, int AtMax)
{
    private const int MostRetries = 100;
    private const int MostDelay = 3600;
    private static readonly string[] Functions = ["linear", "arithmetic", "geometric", "exponential"];

    /// <summary>What counts when nobody said otherwise (section 10.3).</summary>
    public static RetryPolicy Usual { get; } = new(20, 20, 3, 0, 0, 0);

    /// <summary>How delays grow between least and most.</summary>
    public string Backoff { get; init; } = "linear";

    /// <summary>The policy of a subscription.</summary>
    /// <param name="own">Its own, checked; null for none.</param>
    /// <param name="ofTopic">That of its topic, checked; null for none.</param>
    public static RetryPolicy Of(string? own, string? ofTopic)
    {
        (RetryPolicy? Policy, bool OverridesDisabled)? topic = ofTopic is null ? null : ReadTopic(ofTopic);
        if (own is not null && topic is not { OverridesDisabled: true } && ReadSubscription(own) is { } policy) return policy;
        return topic?.Policy ?? Usual;
    }

    /// <summary>The policy of a topic.</summary>
    public static RetryPolicy OfTopic(string? ofTopic) => Of(null, ofTopic);

    /// <summary>Checks what SetTopicAttributes gives.</summary>
    /// <exception cref="NotificationException">400.</exception>
    public static string CheckOfTopic(string json)
    {
        _ = ReadTopic(json);
        return json;
    }

    /// <summary>Checks what SetSubscriptionAttributes gives.</summary>
    /// <exception cref="NotificationException">400.</exception>
    public static string CheckOfSubscription(string json)
    {
        _ = ReadSubscription(json);
        return json;
    }

    /// <summary>Wait before a retry.</summary>
    /// <param name="retry">1 for the first.</param>
    public TimeSpan DelayBefore(int retry)
    {
        if (retry <= NoDelay) return TimeSpan.Zero;
        if (retry <= NoDelay + AtMin) return TimeSpan.FromSeconds(MinDelay);
        if (retry > Retries - AtMax) return TimeSpan.FromSeconds(MaxDelay);
        var steps = Retries - NoDelay - AtMin - AtMax;
        var step = retry - NoDelay - AtMin - 1;
        if (steps < 2) return TimeSpan.FromSeconds(MinDelay);
        var part = (double)step / (steps - 1);
        var seconds = Backoff switch
        {
            "arithmetic" => MinDelay + ((MaxDelay - MinDelay) * part * part),
            "geometric" => MinDelay * Math.Pow((double)MaxDelay / MinDelay, part),
            "exponential" => MinDelay * Math.Pow((double)MaxDelay / MinDelay, Math.Sqrt(part)),
            _ => MinDelay + ((MaxDelay - MinDelay) * part),
        };
        return TimeSpan.FromSeconds(seconds);
    }

    /// <summary>As EffectiveDeliveryPolicy tells it.</summary>
    public string ToJson() => string.Create(
        CultureInfo.InvariantCulture,
        $"{{\"minDelayTarget\":{MinDelay},\"maxDelayTarget\":{MaxDelay},\"numRetries\":{Retries},\"numMaxDelayRetries\":{AtMax},\"numNoDelayRetries\":{NoDelay},\"numMinDelayRetries\":{AtMin},\"backoffFunction\":\"{Backoff}\"}}");

    private static (RetryPolicy? Policy, bool OverridesDisabled) ReadTopic(string json)
    {
        RetryPolicy? policy = null;
        var disabled = false;
        using var document = Parse(json);
        foreach (var outer in document.RootElement.EnumerateObject())
        {
            if (outer.Name != "http" || outer.Value.ValueKind != JsonValueKind.Object) throw Wrong($"has the member '{outer.Name}'; a topic's has http, an object");
            foreach (var member in outer.Value.EnumerateObject())
            {
                if (member.Name == "defaultHealthyRetryPolicy") policy = ReadPolicy(member.Value);
                else if (member.Name == "disableSubscriptionOverrides" && member.Value.ValueKind is JsonValueKind.True or JsonValueKind.False) disabled = member.Value.GetBoolean();
                else if (member.Value.ValueKind != JsonValueKind.Null) throw NotOffered(member.Name);
            }
        }

        return (policy, disabled);
    }

    private static RetryPolicy? ReadSubscription(string json)
    {
        RetryPolicy? policy = null;
        using var document = Parse(json);
        foreach (var member in document.RootElement.EnumerateObject())
        {
            if (member.Name == "healthyRetryPolicy") policy = ReadPolicy(member.Value);
            else if (member.Value.ValueKind is not (JsonValueKind.Null or JsonValueKind.False)) throw NotOffered(member.Name);
        }

        return policy;
    }

    private static JsonDocument Parse(string json)
    {
        try
        {
            var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 8 });
            if (document.RootElement.ValueKind == JsonValueKind.Object) return document;
            document.Dispose();
        }
        catch (JsonException)
        {
            // Told below.
        }

        throw Wrong("must be a JSON object");
    }

    private static RetryPolicy? ReadPolicy(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.Null) return null;
        if (element.ValueKind != JsonValueKind.Object) throw Wrong("has a retry policy that is not an object");
        var policy = Usual;
        foreach (var member in element.EnumerateObject())
        {
            policy = member.Name switch
            {
                "minDelayTarget" => policy with { MinDelay = Number(member, 1, MostDelay) },
                "maxDelayTarget" => policy with { MaxDelay = Number(member, 1, MostDelay) },
                "numRetries" => policy with { Retries = Number(member, 0, MostRetries) },
                "numNoDelayRetries" => policy with { NoDelay = Number(member, 0, MostRetries) },
                "numMinDelayRetries" => policy with { AtMin = Number(member, 0, MostRetries) },
                "numMaxDelayRetries" => policy with { AtMax = Number(member, 0, MostRetries) },
                "backoffFunction" when member.Value.ValueKind == JsonValueKind.String && Functions.Contains(member.Value.GetString()) =>
                    policy with { Backoff = member.Value.GetString()! },
                "backoffFunction" => throw Wrong($"backoffFunction must be one of {string.Join(", ", Functions)}"),
                _ => throw NotOffered(member.Name),
            };
        }

        if (policy.MinDelay > policy.MaxDelay) throw Wrong("minDelayTarget must be at most maxDelayTarget");
        return policy.NoDelay + policy.AtMin + policy.AtMax <= policy.Retries
            ? policy
            : throw Wrong("numNoDelayRetries, numMinDelayRetries and numMaxDelayRetries must together be at most numRetries");
    }

    private static int Number(JsonProperty member, int least, int most) =>
        member.Value.ValueKind == JsonValueKind.Number && member.Value.TryGetInt32(out var number) && number >= least && number <= most
            ? number
            : throw Wrong($"{member.Name} must be a whole number from {least} to {most}");

    private static NotificationException NotOffered(string member) => Wrong($"{member} is not offered by this hub");

    private static NotificationException Wrong(string what) => NotificationException.Invalid($"DeliveryPolicy: {what}");
}
