using Fairlead.Broker.Security;

namespace Fairlead.Server.Security;

/// <summary><c>$SYS</c> is read by administrators alone and written by nobody; about all else policies decide.</summary>
/// <param name="policies">Decides by policies; open to users and anonymous clients, who have none.</param>
internal sealed class HubAuthorizer(IAuthorizer policies) : IAuthorizer
{
    private static readonly Decision AdministratorsRead = new(Allowed: false, "system-topics", "administrators read");
    private static readonly Decision NobodyWrites = new(Allowed: false, "system-topics", "the hub alone writes");

    /// <inheritdoc/>
    public bool Governs(AccessSubject subject) => policies.Governs(subject);

    /// <inheritdoc/>
    public Decision Authorize(in AccessRequest request) => request.Action switch
    {
        AccessAction.Subscribe when IsSystem(WithoutShare(request.Resource)) && !request.Principal.IsAdministrator => AdministratorsRead,
        AccessAction.Publish or AccessAction.RetainPublish when IsSystem(request.Resource) => NobodyWrites,
        _ => policies.Authorize(request),
    };

    private static bool IsSystem(ReadOnlySpan<byte> topic) =>
        topic.StartsWith("$SYS"u8) && (topic.Length == 4 || topic[4] == (byte)'/');

    // $share/{group}/{filter}
    private static ReadOnlySpan<byte> WithoutShare(ReadOnlySpan<byte> filter)
    {
        if (!filter.StartsWith("$share/"u8)) return filter;
        var rest = filter["$share/"u8.Length..];
        var slash = rest.IndexOf((byte)'/');
        return slash < 0 ? rest : rest[(slash + 1)..];
    }
}
