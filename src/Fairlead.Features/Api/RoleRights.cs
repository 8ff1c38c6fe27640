using System.Collections.Frozen;

namespace Fairlead.Features.Api;

/// <summary>
/// Which operations a role may call. What is not named here is for administrators: a new operation that changes something is theirs until
/// somebody decides otherwise.
/// </summary>
internal static class RoleRights
{
    /// <summary>Reads that hand out a secret: of a key, of a mail with a link that acts for its receiver, or all of them.</summary>
    private static readonly FrozenSet<string> Secrets = new[] { "GetKey", "ListOutbox", "GetOutboxMail", "DownloadBackup" }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>What changes nothing although it is no GET: questions whose parameters do not fit into a path, and the end of a watch.</summary>
    private static readonly FrozenSet<string> Questions = new[]
    {
        "SearchIndex", "GetStatistics", "GetCardinality", "GetPercentiles", "GetBucketsAggregation", "TestAuthorization", "GetEffectivePolicies",
        "Explain", "TestRule", "ListAttachedPolicies", "ListTargetsForPolicy", "SetTopicView",
        "EndTopicWatch",
    }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string> Operating = new[]
    {
        "Publish", "UpdateThingShadow", "DeleteThingShadow", "SendDirectMessage", "DeleteConnection", "PublishMessage", "DisconnectClient",
        "DeleteRetained", "StartTrace", "StopTrace",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Whether a role may call an operation.</summary>
    public static bool Allows(HubRole role, ApiOperation operation)
    {
        if (role == HubRole.Administrator) return true;
        if (Secrets.Contains(operation.Name)) return false;
        if (operation.Method is "GET" or "HEAD" || Questions.Contains(operation.Name)) return true;
        return role == HubRole.Operator && Operating.Contains(operation.Name);
    }

    /// <summary>The role in words.</summary>
    public static string NameOf(HubRole role) => role switch
    {
        HubRole.Viewer => "viewer",
        HubRole.Operator => "operator",
        _ => "admin",
    };

    /// <summary>The role of a name; null when there is none.</summary>
    public static HubRole? Parse(string? name) => name switch
    {
        "viewer" => HubRole.Viewer,
        "operator" => HubRole.Operator,
        "admin" => HubRole.Administrator,
        _ => null,
    };
}
