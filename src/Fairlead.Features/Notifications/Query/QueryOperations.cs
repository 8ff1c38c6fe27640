using System.Collections.Frozen;

namespace Fairlead.Features.Notifications.Query;

/// <summary>Finds the operation of a name, or says why it is not offered.</summary>
internal sealed class QueryOperations(IEnumerable<KeyValuePair<string, QueryHandler>> offered)
{
    private const string NoPhones = "this hub sends no text messages";
    private const string NoPush = "this hub has no push service of phones";
    private const string NoPolicies = "who may do what with a topic is decided by the policies of access keys";

    /// <summary>The other operations of the service model.</summary>
    private static readonly FrozenDictionary<string, string> Refused = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["AddPermission"] = NoPolicies,
        ["RemovePermission"] = NoPolicies,
        ["GetDataProtectionPolicy"] = "messages are not looked into",
        ["PutDataProtectionPolicy"] = "messages are not looked into",
        ["PublishBatch"] = "publish message by message",
        ["CheckIfPhoneNumberIsOptedOut"] = NoPhones,
        ["CreateSMSSandboxPhoneNumber"] = NoPhones,
        ["DeleteSMSSandboxPhoneNumber"] = NoPhones,
        ["GetSMSAttributes"] = NoPhones,
        ["GetSMSSandboxAccountStatus"] = NoPhones,
        ["ListOriginationNumbers"] = NoPhones,
        ["ListPhoneNumbersOptedOut"] = NoPhones,
        ["ListSMSSandboxPhoneNumbers"] = NoPhones,
        ["OptInPhoneNumber"] = NoPhones,
        ["SetSMSAttributes"] = NoPhones,
        ["VerifySMSSandboxPhoneNumber"] = NoPhones,
        ["CreatePlatformApplication"] = NoPush,
        ["CreatePlatformEndpoint"] = NoPush,
        ["DeleteEndpoint"] = NoPush,
        ["DeletePlatformApplication"] = NoPush,
        ["GetEndpointAttributes"] = NoPush,
        ["GetPlatformApplicationAttributes"] = NoPush,
        ["ListEndpointsByPlatformApplication"] = NoPush,
        ["ListPlatformApplications"] = NoPush,
        ["SetEndpointAttributes"] = NoPush,
        ["SetPlatformApplicationAttributes"] = NoPush,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private readonly FrozenDictionary<string, QueryHandler> _offered = offered.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Names of the operations that are offered.</summary>
    public IEnumerable<string> Offered => _offered.Keys;

    /// <summary>Names of those that are not, each with the reason.</summary>
    public static IReadOnlyDictionary<string, string> NotOffered => Refused;

    /// <summary>What serves an operation.</summary>
    /// <exception cref="NotificationException">400: not offered, or unknown.</exception>
    public QueryHandler Find(string name)
    {
        if (_offered.TryGetValue(name, out var handler)) return handler;
        throw new NotificationException(
            400, "InvalidAction", Refused.TryGetValue(name, out var why) ? $"{name} is not offered by this hub: {why}" : $"there is no operation '{name}'");
    }
}
