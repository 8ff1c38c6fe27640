using Fairlead.Amqp;
using Fairlead.Protocols.Amqp;

namespace Fairlead.Gateway.Upstream.Amqp;

/// <summary>Addresses, properties and errors as IoT hubs have them (spec sections 2.4 to 2.9).</summary>
internal static class AmqpNames
{
    /// <summary>Node of claims-based security.</summary>
    public const string Cbs = "$cbs";

    /// <summary>Resource of desired properties, in requests and in what the hub pushes.</summary>
    public const string Desired = "/notifications/twin/properties/desired";

    private const string ApiVersion = "2021-04-12";
    private static readonly string Client = $"fairlead-gateway/{typeof(AmqpNames).Assembly.GetName().Version?.ToString(3)}";
    private static readonly AmqpMap Properties = CreateProperties();

    /// <summary>Address of something of a device.</summary>
    public static string Address(string deviceId, string what) => $"/devices/{Uri.EscapeDataString(deviceId)}/{what}";

    /// <summary>Properties of a link.</summary>
    /// <param name="correlation">Ties the two links of a pair together; null for a link alone.</param>
    public static AmqpMap LinkProperties(string? correlation = null) =>
        correlation is null ? Properties : CreateProperties().AddSymbol("com.microsoft:channel-correlation-id", correlation);

    /// <summary>What an error of the hub means.</summary>
    public static HubFault Fault(AmqpError? error)
    {
        if (error is null) return HubFault.NoConnection("the hub closed in order");
        var fault = HubFault.From(error.Condition, error.Description);
        return fault.TrackingId is null && error.Info?["com.microsoft:tracking-id"].AsText() is { } tracking ? fault with { TrackingId = tracking } : fault;
    }

    /// <summary>What a failed request means.</summary>
    public static HubFault Fault(AmqpException exception) => Fault(exception.Error);

    /// <summary>What the outcome of a delivery means; null when the hub took it.</summary>
    public static HubFault? FaultOf(in DeliveryState state) => state.Kind switch
    {
        DeliveryStateKind.Accepted => null,
        DeliveryStateKind.Rejected when state.Error is { } error => Fault(error),
        DeliveryStateKind.Rejected => new HubFault(HubFaultKind.Refused, "rejected", "the hub rejects the message"),
        // Released and modified: not now.
        _ => HubFault.NoConnection("the hub does not take the message now"),
    };

    /// <summary>An id as text, whatever its type is.</summary>
    public static string? IdText(AmqpValue id) => id.IsNull ? null : id.AsText() ?? id.AsGuid()?.ToString("D") ?? id.AsULong()?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? id.ToString();

    private static AmqpMap CreateProperties() => new AmqpMap(3).AddSymbol("com.microsoft:client-version", Client).AddSymbol("com.microsoft:api-version", ApiVersion);
}
