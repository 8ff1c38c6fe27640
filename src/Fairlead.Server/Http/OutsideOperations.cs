using Fairlead.Features.Api;
using Fairlead.Features.Description;

namespace Fairlead.Server.Http;

/// <summary>What the program serves itself, beside the operations of the slices, for the description of the API.</summary>
internal static class OutsideOperations
{
    private const string Open = "Without a token";
    private const string Clients = "Clients";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<OperationDescription> All { get; } =
    [
        Health("CheckLive", "/healthz/live", "200 while the process turns"),
        Health("CheckReady", "/healthz/ready", "200 when listeners are bound and the store is open, else 503") with { AlsoAnswers = [503] },
        Health("CheckStartup", "/healthz/startup", "200 once it was ready") with { AlsoAnswers = [503] },
        new("ListClients", "clients by prefix, in pages")
        {
            Tag = Clients,
            Outside = ("GET", "/v1/clients"),
            Parameters = [new("prefix", "Only Client Identifiers that begin so."), new("after", "next of the page before."), ParameterDescription.Number("limit", "Most of the page; 100 when absent.", 1, 1000)],
            Answer = HubJson.Default.ClientListDocument,
            Failures = [400, 401],
        },
        new("GetClient", "one client") { Tag = Clients, Outside = ("GET", "/v1/clients/{id}"), Answer = HubJson.Default.ClientDocument, Failures = [401, 404] },
        new("KickClient", "closes its connection (0x98); the session stays")
        {
            Tag = Clients,
            Outside = ("DELETE", "/v1/clients/{id}"),
            Role = RoleRights.NameOf(HubRole.Operator),
            Status = 204,
            Failures = [401, 403, 404],
        },
        new("ReadMetrics", "figures for Prometheus") { Tag = Clients, Outside = ("GET", "/metrics"), AnswerType = "text/plain", Failures = [401] },
    ];

    private static OperationDescription Health(string name, string path, string summary) =>
        new(name, summary) { Tag = Open, Outside = ("GET", path), IsOpen = true, Answer = HubJson.Default.HealthDocument };
}
