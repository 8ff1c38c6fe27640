using System.Text.Json;

namespace Fairlead.Verbs.Remote;

/// <summary>What a hub says of itself in <c>/v1/hub</c>.</summary>
/// <param name="Host">Name under which clients reach it.</param>
/// <param name="Region">Region that requests are signed for.</param>
/// <param name="AccountId">Account in its ARNs.</param>
/// <param name="ArnPrefix">Everything before the resource in its ARNs.</param>
/// <param name="RootCa">PEM of the authority that clients have to trust; null when the hub has a certificate from elsewhere.</param>
/// <param name="Listeners">Addresses on which it listens.</param>
internal sealed record HubSite(string Host, string Region, string AccountId, string ArnPrefix, string? RootCa, IReadOnlyList<Uri> Listeners)
{
    public static async Task<HubSite> ReadAsync(ApiCall call)
    {
        var document = await call.SendAsync(HubRequest.Get("/v1/hub"), "cannot ask the hub for its addresses");
        string region = Text(document, "region") ?? "us-east-1";
        string account = Text(document, "accountId") ?? "";
        var listeners = new List<Uri>();
        if (document.TryGetProperty("listeners", out var urls))
            listeners.AddRange(urls.EnumerateArray().Select(static url => new Uri(url.GetString()!)));
        return new HubSite(
            Text(document, "endpointHost") ?? call.Hub.Address.HostName, region, account, $"arn:{Text(document, "partition") ?? "aws"}:iot:{region}:{account}:",
            Text(document, "rootCa"), listeners)
        {
            IotHubHost = Text(document, "iotHubHost"),
        };
    }

    /// <summary>Port of the first listener of a kind; null when there is none.</summary>
    public int? Port(string scheme) => Listeners.FirstOrDefault(url => url.Scheme == scheme)?.Port;

    /// <summary>Name under which clients of the Azure dialect shall know the hub; null for the one by which they reach it.</summary>
    public string? IotHubHost { get; init; }

    /// <summary>The HTTPS API, for SDKs.</summary>
    public Uri Https => new($"https://{Host}:{Port("tls") ?? throw new VerbException(ExitCode.Failed, "cannot tell the HTTPS address of the hub", "it has no tls:// listener", "Start it with --listen tls://0.0.0.0:8443")}");

    private static string? Text(JsonElement document, string name) =>
        document.ValueKind == JsonValueKind.Object && document.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
