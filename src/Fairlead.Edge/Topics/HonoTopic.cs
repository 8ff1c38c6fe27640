namespace Fairlead.Edge.Topics;

/// <summary>A topic of Eclipse Hono's MQTT adapter, in parts. Empty segments mean "mine" (spec section 6.1).</summary>
/// <param name="Kind">What it is for.</param>
/// <param name="Tenant">Tenant; empty for mine.</param>
/// <param name="Device">Device; empty for mine.</param>
/// <param name="Rest">What follows the device, or the word <c>req</c> or <c>res</c>, with its slash; may be empty.</param>
/// <param name="Bag">Property bag with its slash and question mark; may be empty.</param>
internal readonly record struct HonoTopic(HonoKind Kind, string Tenant, string Device, string Rest, string Bag)
{
    /// <summary>Requests and answers: the first segment of <see cref="Rest"/>; empty for a request that expects no answer.</summary>
    public string RequestId
    {
        get
        {
            if (Rest.Length < 2) return "";
            int end = Rest.IndexOf('/', 1);
            return end < 0 ? Rest[1..] : Rest[1..end];
        }
    }

    /// <summary>Long form, as on the wire of AWS and Hono.</summary>
    public string Long => Kind switch
    {
        HonoKind.Telemetry => $"telemetry/{Tenant}/{Device}{Rest}{Bag}",
        HonoKind.Event => $"event/{Tenant}/{Device}{Rest}{Bag}",
        HonoKind.Request => $"command/{Tenant}/{Device}/req{Rest}{Bag}",
        _ => $"command/{Tenant}/{Device}/res{Rest}{Bag}",
    };

    /// <summary>Short form.</summary>
    public string Short => Kind switch
    {
        HonoKind.Telemetry => $"t/{Tenant}/{Device}{Rest}{Bag}",
        HonoKind.Event => $"e/{Tenant}/{Device}{Rest}{Bag}",
        HonoKind.Request => $"c/{Tenant}/{Device}/q{Rest}{Bag}",
        _ => $"c/{Tenant}/{Device}/s{Rest}{Bag}",
    };

    /// <summary>Takes a topic apart; null when it is none of Hono's.</summary>
    public static HonoTopic? TryParse(string topic)
    {
        // The bag first: in t/?a=b it would be taken for a tenant (spec section 6.5).
        int cut = topic.IndexOf("/?", StringComparison.Ordinal);
        string bag = cut < 0 ? "" : topic[cut..];
        string[] parts = (cut < 0 ? topic : topic[..cut]).Split('/', 4);
        string tenant = parts.Length > 1 ? parts[1] : "";
        string device = parts.Length > 2 ? parts[2] : "";
        string? rest = parts.Length > 3 ? parts[3] : null;
        switch (parts[0])
        {
            case "telemetry" or "t":
                return new HonoTopic(HonoKind.Telemetry, tenant, device, rest is null ? "" : "/" + rest, bag);
            case "event" or "e":
                return new HonoTopic(HonoKind.Event, tenant, device, rest is null ? "" : "/" + rest, bag);
            case "command" or "c" when rest is not null:
                int slash = rest.IndexOf('/', StringComparison.Ordinal);
                string word = slash < 0 ? rest : rest[..slash];
                HonoKind? kind = (parts[0], word) switch
                {
                    ("command", "req") or ("c", "q") => HonoKind.Request,
                    ("command", "res") or ("c", "s") => HonoKind.Response,
                    _ => null,
                };
                return kind is { } known ? new HonoTopic(known, tenant, device, slash < 0 ? "" : rest[slash..], bag) : null;
            default:
                return null;
        }
    }

    /// <summary>The same with tenant and device filled in.</summary>
    public HonoTopic Fill(string tenant, string device) =>
        this with { Tenant = Tenant.Length == 0 ? tenant : Tenant, Device = Device.Length == 0 ? device : Device };
}
