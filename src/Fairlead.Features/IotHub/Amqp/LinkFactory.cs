using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Fairlead.Amqp;
using Fairlead.Features.IotHub.Credentials;
using Fairlead.Protocols.Amqp;

namespace Fairlead.Features.IotHub.Amqp;

/// <summary>Decides what a link that a peer wants to attach becomes, and whether it may (spec/azure-gateway, sections 2.4, 4.5, 4.6 and 5.1).</summary>
internal static class LinkFactory
{
    /// <summary>Decides.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="request">The link wanted.</param>
    /// <param name="link">The link.</param>
    /// <param name="error">Why not.</param>
    public static bool TryMake(HubConnection connection, AttachRequest request, [NotNullWhen(true)] out HubLink? link, [NotNullWhen(false)] out AmqpError? error)
    {
        var attach = request.Attach;
        var text = (attach.IsReceiver ? attach.Source?.Address : attach.Target?.Address)?.AsText();
        var address = NodeAddress.Parse(text);
        link = null;
        var refusal = address.Kind == NodeKind.Unknown
            ? IotHubError.NotOffered($"there is no node '{text}'")
            : address.Host.Length > 0 && !connection.Endpoint.Services.Credentials.IsHost(address.Host)
                ? IotHubError.DeviceNotFound($"the host {address.Host} is not this hub")
                : Make(connection, request, address, out link);
        error = refusal is null ? null : AmqpErrors.Of(refusal, connection.Endpoint.Services.Time);
        return refusal is null;
    }

    private static IotHubError? Make(HubConnection connection, AttachRequest request, NodeAddress address, out HubLink? link)
    {
        link = null;
        switch (address.Kind)
        {
            case NodeKind.Cbs:
                link = request.Attach.IsReceiver ? new ReplyLink(connection, address, null) : new CbsLink(connection, address);
                return null;
            case NodeKind.Events or NodeKind.CloudToDevice or NodeKind.Methods or NodeKind.Twin:
                return connection.Authorize(address.Identity, out var error) is { } token ? ForIdentity(connection, request, address, token, out link) : error;
        }

        if (connection.Tokens.OfHub(HubPermissions.ServiceConnect) is not { } service)
            return IotHubError.UnauthorizedAccess("this takes a token of a policy with ServiceConnect: put-token comes first");
        return ForService(connection, request, address, service, out link);
    }

    private static IotHubError? ForIdentity(HubConnection connection, AttachRequest request, NodeAddress address, TokenEntry token, out HubLink? link)
    {
        var receives = request.Attach.IsReceiver;
        var channel = request.Attach.Properties?["com.microsoft:channel-correlation-id"].AsText() ?? "";
        link = (address.Kind, receives) switch
        {
            (NodeKind.Events, false) => new TelemetryLink(connection, address, token),
            // Inputs of modules: what an edge device routes to them; nothing routes here.
            (NodeKind.Events, true) when address.Identity.ModuleId is not null => new SilentLink(connection, address, token),
            (NodeKind.CloudToDevice, true) => new CloudToDeviceLink(connection, address, token),
            (NodeKind.Methods, true) => new MethodCallLink(connection, address, token),
            (NodeKind.Methods, false) => new MethodAnswerLink(connection, address, token),
            (NodeKind.Twin, true) => new TwinAnswerLink(connection, address, token, channel),
            (NodeKind.Twin, false) => new TwinRequestLink(connection, address, token, channel),
            _ => null,
        };
        return link is null ? IotHubError.InvalidOperation($"{address.Kind} of {address.Identity} takes no link in this direction") : null;
    }

    private static IotHubError? ForService(HubConnection connection, AttachRequest request, NodeAddress address, TokenEntry token, out HubLink? link)
    {
        var receives = request.Attach.IsReceiver;
        link = null;
        switch (address.Kind)
        {
            case NodeKind.Management:
                link = receives ? new ReplyLink(connection, address, token) : new ManagementLink(connection, address, token);
                return null;
            case NodeKind.DeviceBound when !receives:
                link = new ServiceSendLink(connection, address, token);
                return null;
            case NodeKind.Feedback when receives:
                link = new FeedbackLink(connection, address, token);
                return null;
            case NodeKind.FileNotifications when receives:
                link = new SilentLink(connection, address, token);
                return null;
            case NodeKind.Partition when receives:
                return Reader(connection, request.Attach, address, token, out link);
            default:
                return IotHubError.InvalidOperation($"{address.Kind} takes no link in this direction");
        }
    }

    private static IotHubError? Reader(HubConnection connection, Attach attach, NodeAddress address, TokenEntry token, out HubLink? link)
    {
        link = null;
        var log = connection.Endpoint.Services.Events;
        if (!int.TryParse(address.Partition, NumberStyles.None, CultureInfo.InvariantCulture, out var partition) || partition >= log.PartitionCount)
            return IotHubError.PartitionNotFound($"there is no partition {address.Partition}; there are {log.PartitionCount}, from 0 on");
        if (!EventFilter.TryParse(attach.Source?.Filter, out var filter))
            return IotHubError.ArgumentInvalid("the filter must compare x-opt-offset, x-opt-sequence-number or x-opt-enqueued-time by > or >=");
        link = new EventReaderLink(connection, address, token, partition, filter, attach.Properties?["com.microsoft:epoch"].AsInteger());
        return null;
    }
}
