using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fairlead.Verbs.Remote;

namespace Fairlead.Verbs.IotHub;

/// <summary><c>fairlead iothub</c>: identities, policies and credentials of the Azure dialect.</summary>
internal sealed class IotHubVerb(Terminal terminal)
{
    public Command Create()
    {
        var command = new Command("iothub", "Devices made for Azure IoT Hub: identities, policies, connection strings, tokens.")
        {
            new IdentityVerbs(terminal, ofModules: false).Create(), new IdentityVerbs(terminal, ofModules: true).Create(), Policy(), Query(),
        };
        foreach (var verb in new ConnectionVerbs(terminal).Create())
            command.Add(verb);
        return command;
    }

    private Command Policy() => new("policy", "Policies: what services and gateways sign their tokens with.") { ListPolicies(), RenewKeys() };

    private Command ListPolicies()
    {
        const string Examples =
            """
            fairlead iothub policy ls
            fairlead iothub policy ls --show-keys --json | jq -r 'select(.name=="service").primaryKey'
            """;
        var verb = new ApiVerb(terminal, "iothub policy ls", "List policies.", Examples);
        var keys = verb.Flag("--show-keys", "With their keys.");
        return verb.Runs(async call =>
        {
            var answer = await call.SendAsync(HubRequest.Get("/v1/iothub/policies"), "cannot list the policies");
            var listing = call.Get(keys) ? new Listing(call, "name", "permissions", "primaryKey", "secondaryKey") : new Listing(call, "name", "permissions");
            foreach (var policy in answer.GetProperty("policies").EnumerateArray())
            {
                if (call.Get(keys))
                {
                    listing.Add(policy);
                    continue;
                }

                var without = JsonNode.Parse(policy.GetRawText())!.AsObject();
                without.Remove("primaryKey");
                without.Remove("secondaryKey");
                using var document = JsonDocument.Parse(without.ToJsonString());
                listing.Add(document.RootElement);
            }

            listing.End();
        });
    }

    private Command RenewKeys()
    {
        var verb = new ApiVerb(terminal, "iothub policy keys", "Show the keys of a policy, or make new ones.", "fairlead iothub policy keys service --renew secondary");
        var name = verb.Argument("name", "Policy, such as service.");
        var renew = IdentityVerbs.RenewOption(verb);
        return verb.Runs(async call =>
        {
            string policy = call.Get(name);
            string path = $"/v1/iothub/policies/{HubRequest.Segment(policy)}";
            var answer = call.Get(renew) is { } which
                ? await call.SendAsync(HubRequest.Post(HubRequest.Query($"{path}/keys", ("key", which))), $"cannot change the keys of the policy {policy}")
                : await IotHubCalls.PolicyAsync(call, policy);
            call.WriteDetails(answer);
        });
    }

    private Command Query()
    {
        const string Examples =
            """
            fairlead iothub query "SELECT deviceId, tags.site FROM devices WHERE properties.reported.battery < 20"
            fairlead iothub query "SELECT COUNT() AS n FROM devices WHERE status = 'disabled'"
            """;
        var verb = new ApiVerb(terminal, "iothub query", "Query twins; results are JSON, one a line.", Examples);
        var query = verb.Argument("query", "SELECT ... FROM devices [WHERE ...].");
        return verb.Runs(async call =>
        {
            var request = HubRequest.Post(IotHubCalls.Path("/devices/query"), new JsonObject { ["query"] = call.Get(query) });
            string? continuation = null;
            do
            {
                var page = request with { Headers = continuation is null ? [("x-ms-max-item-count", "1000")] : [("x-ms-max-item-count", "1000"), ("x-ms-continuation", continuation)] };
                var answer = await call.Hub.SendAsync(page, call.Cancellation);
                if (!answer.IsSuccess)
                    throw answer.ToException("cannot query");
                foreach (var result in (answer.Json() ?? default).EnumerateArray())
                    call.WriteLine(JsonText.OneLine(result));
                continuation = answer.Continuation;
            }
            while (continuation is not null);
        });
    }
}
