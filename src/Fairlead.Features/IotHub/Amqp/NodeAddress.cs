namespace Fairlead.Features.IotHub.Amqp;

/// <summary>What a link is attached to (spec/azure-gateway, sections 2.4, 4.5 and 4.6).</summary>
internal enum NodeKind
{
    /// <summary>Nothing that this hub has.</summary>
    Unknown,

    /// <summary><c>$cbs</c>: tokens.</summary>
    Cbs,

    /// <summary><c>$management</c>: what partitions there are.</summary>
    Management,

    /// <summary><c>/devices/{d}/messages/events</c>: from a device, or to a module.</summary>
    Events,

    /// <summary><c>/devices/{d}/messages/devicebound</c>.</summary>
    CloudToDevice,

    /// <summary><c>/devices/{d}/methods/devicebound</c>.</summary>
    Methods,

    /// <summary><c>/devices/{d}/twin</c>.</summary>
    Twin,

    /// <summary><c>/messages/devicebound</c>: from a service to devices.</summary>
    DeviceBound,

    /// <summary><c>/messages/serviceBound/feedback</c>.</summary>
    Feedback,

    /// <summary><c>/messages/serviceBound/filenotifications</c>.</summary>
    FileNotifications,

    /// <summary><c>{hub}/ConsumerGroups/{group}/Partitions/{p}</c>: what devices sent.</summary>
    Partition,
}

/// <summary>An address taken apart. Literal parts match in any case, ids as they are; each part is percent-decoded once.</summary>
/// <param name="Kind">What it names.</param>
/// <param name="Host">Host of an absolute address, perhaps with a port; empty for a relative one.</param>
/// <param name="Identity">Device or module; of those kinds that have one.</param>
/// <param name="Group">Consumer group of a partition; otherwise empty.</param>
/// <param name="Partition">Its number, as text.</param>
internal readonly record struct NodeAddress(NodeKind Kind, string Host, IdentityName Identity, string Group, string Partition)
{
    private const int MostParts = 8;
    private const int LongestAddress = 2048;

    /// <summary>Takes an address apart.</summary>
    /// <param name="text">Absolute, such as <c>amqps://h:5671/devices/d/twin</c>, or relative, such as <c>/devices/d/twin</c>.</param>
    public static NodeAddress Parse(string? text)
    {
        if (text is null or { Length: > LongestAddress }) return default;
        var rest = text.AsSpan();
        var host = "";
        var scheme = rest.IndexOf("://", StringComparison.Ordinal);
        if (scheme >= 0)
        {
            rest = rest[(scheme + 3)..];
            var slash = rest.IndexOf('/');
            if (slash < 0) return default;
            host = rest[..slash].ToString();
            rest = rest[slash..];
        }

        rest = rest.Trim('/');
        Span<Range> ranges = stackalloc Range[MostParts + 1];
        var count = rest.Split(ranges, '/');
        if (count is 0 or > MostParts) return default;
        var parts = new string[count];
        for (var i = 0; i < count; i++) parts[i] = Uri.UnescapeDataString(rest[ranges[i]].ToString());
        return Classify(parts) with { Host = host };
    }

    private static NodeAddress Classify(string[] parts)
    {
        var node = parts switch
        {
            [var cbs] when Is(cbs, "$cbs") => Of(NodeKind.Cbs),
            [.., var management] when parts.Length <= 2 && Is(management, "$management") => Of(NodeKind.Management),
            [var messages, var bound] when Is(messages, "messages") && Is(bound, "devicebound") => Of(NodeKind.DeviceBound),
            [var messages, var bound, var what] when Is(messages, "messages") && Is(bound, "servicebound") => Of(
                Is(what, "feedback") ? NodeKind.Feedback : Is(what, "filenotifications") ? NodeKind.FileNotifications : NodeKind.Unknown),
            [.., var groups, var group, var partitions, var partition] when parts.Length is 5 or 6 && Is(groups, "consumergroups") && Is(partitions, "partitions") =>
                Of(NodeKind.Partition) with { Group = group, Partition = partition },
            [var devices, var device, .. var rest] when Is(devices, "devices") => OfIdentity(device, rest),
            _ => default,
        };
        return node;
    }

    private static NodeAddress OfIdentity(string device, string[] rest)
    {
        string? module = null;
        if (rest is [var modules, var name, .. var behind] && Is(modules, "modules"))
        {
            module = name;
            rest = behind;
        }

        var kind = rest switch
        {
            [var messages, var what] when Is(messages, "messages") => Is(what, "events") ? NodeKind.Events : Is(what, "devicebound") ? NodeKind.CloudToDevice : NodeKind.Unknown,
            [var methods, var bound] when Is(methods, "methods") && Is(bound, "devicebound") => NodeKind.Methods,
            [var twin] when Is(twin, "twin") => NodeKind.Twin,
            _ => NodeKind.Unknown,
        };
        return kind != NodeKind.Unknown && IdentityName.TryCreate(device, module, out var identity) ? Of(kind) with { Identity = identity } : default;
    }

    private static NodeAddress Of(NodeKind kind) => new(kind, "", default, "", "");

    private static bool Is(string part, string word) => part.Equals(word, StringComparison.OrdinalIgnoreCase);
}
