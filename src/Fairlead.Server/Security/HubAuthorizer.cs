using Fairlead.Broker.Security;

namespace Fairlead.Server.Security;

/// <summary>Open to everybody who was let in, but for <c>$SYS</c>: only administrators read it, and nobody writes it.</summary>
internal sealed class HubAuthorizer : IAuthorizer
{
    private static readonly Decision Allow = new(Allowed: true, "open");
    private static readonly Decision AdministratorsRead = new(Allowed: false, "system-topics", "administrators read");
    private static readonly Decision NobodyWrites = new(Allowed: false, "system-topics", "the hub alone writes");

    /// <inheritdoc/>
    public bool ChecksReceive => false;

    /// <inheritdoc/>
    public Decision Authorize(in AccessRequest request) => request.Action switch
    {
        AccessAction.Subscribe when IsSystem(WithoutShare(request.Resource)) && !request.Principal.IsAdministrator => AdministratorsRead,
        AccessAction.Publish or AccessAction.RetainPublish when IsSystem(request.Resource) => NobodyWrites,
        _ => Allow,
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
