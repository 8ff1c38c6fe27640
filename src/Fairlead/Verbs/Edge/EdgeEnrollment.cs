using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fairlead.Edge.Configuration;
using Fairlead.Verbs.Certificates;
using Fairlead.Verbs.Kits;
using Fairlead.Verbs.Remote;
using Fairlead.Verbs.Things;

namespace Fairlead.Verbs.Edge;

/// <summary><c>fairlead edge enroll</c>: from nothing to a connector that can be started, in one command.</summary>
internal sealed class EdgeEnrollment(Terminal terminal)
{
    private const string Examples =
        """
        fairlead edge enroll site1 --out site1                            # thing, certificate, policy, files; then: fairlead edge --config site1/edge.json
        fairlead edge enroll site1 --out site1 --local embedded           # with a broker inside the connector
        fairlead edge enroll site2 --device plant:press2 --site /etc/fairlead-edge --data-dir /var/lib/fairlead-edge    # for the Debian package
        """;

    public Command Create()
    {
        var verb = new ApiVerb(
            terminal, "edge enroll", "Make a site ready: a thing with certificate and policy at the hub, and a folder with everything that an edge connector starts from.", Examples);
        var name = verb.Argument("name", "Name of the thing; also the Client Identifier.");
        var output = verb.Text("--out", "directory", "Folder for the files (default: NAME).");
        var device = verb.Text("--device", "id", "Device id, namespace:name (default: NAME when it has a colon, else edge:NAME).");
        var tenant = verb.Text("--tenant", "id", "Second segment of forwarded topics (default default-tenant-id).");
        var local = verb.Text("--local", "url", "Local broker (default tcp://localhost:1883); embedded or embedded://host:port runs one inside the connector.");
        var site = verb.Text("--site", "directory", "Where the folder will lie when the connector runs (default: where it is written).");
        var data = verb.Text("--data-dir", "directory", "Where the connector will keep its spool (default: data in that folder).");
        var policies = verb.Texts("--policy", "policy", "Policy for the certificate instead of NAME-edge; repeat for several.");
        var days = verb.Number("--days", "number", "Days of validity (default: as long as the hub gives).");
        var force = verb.Flag("--force", "Replace files that are there, and make a further certificate for a thing that is there.");
        return verb.Runs(async call =>
        {
            string thing = call.Get(name);
            string id = call.Get(device) ?? (thing.Contains(':', StringComparison.Ordinal) ? thing : $"edge:{thing}");
            var wish = new Wish(thing, id, call.Get(tenant) ?? "default-tenant-id", call.Get(local) ?? "tcp://localhost:1883", call.Get(policies) ?? [], call.Get(days));
            wish.Check();
            var files = new EdgeFiles(Kit.In(call.Get(output) ?? thing, thing), call.Get(site), call.Get(data));
            if (!call.Get(force))
                files.CheckAbsent();
            await RunAsync(call, wish, files, call.Get(force));
        });
    }

    private static async Task RunAsync(ApiCall call, Wish wish, EdgeFiles files, bool force)
    {
        string thing = wish.Thing;
        string what = $"cannot enroll {thing}";
        var site = await HubSite.ReadAsync(call);
        var credentials = new Credentials(call, site);
        string root = credentials.RootCa()
            ?? throw new VerbException(ExitCode.Usage, what, "the hub does not tell whose certificate it has, and a connector trusts nobody else", "Give the authority with --cafile FILE");
        int port = site.Port("mqtts") ?? site.Port("tls")
            ?? throw new VerbException(ExitCode.Failed, what, "the hub has no listener for MQTT over TLS", "Start it with --listen mqtts://0.0.0.0:8883");
        bool isThere = await call.FindAsync(HubRequest.Get(ThingCalls.PathOf(thing)), what) is not null;
        if (isThere && !force)
            throw new VerbException(ExitCode.Failed, what, "there is a thing of that name", "Take another name, or give --force to make a further certificate for it");
        using var key = KitKey.Make();
        var made = await credentials.OrUndoAsync(async () =>
        {
            if (!isThere)
            {
                await call.SendAsync(HubRequest.Post(ThingCalls.PathOf(thing), new JsonObject()), what);
                credentials.OnFailure(() => call.SendAsync(HubRequest.Delete(ThingCalls.PathOf(thing)), $"cannot delete the thing {thing}"));
            }

            IReadOnlyList<string> policies = wish.Policies;
            if (policies.Count == 0)
            {
                policies = [EdgePolicy.NameOf(thing)];
                await credentials.EnsurePolicyAsync(policies[0], EdgePolicy.Document(thing, wish.Device, wish.Tenant, site.ArnPrefix));
            }

            var credential = await credentials.MakeAsync(thing, key.Request(thing), policies, wish.Days);
            files.Write(key, credential, root, wish.Settings($"mqtts://{site.Host}:{port.ToString(CultureInfo.InvariantCulture)}", files));
            return credential;
        });
        Tell(call, wish, files, made);
    }

    private static void Tell(ApiCall call, Wish wish, EdgeFiles files, ThingCredential made)
    {
        call.WriteJson(new JsonObject
        {
            ["thing"] = wish.Thing,
            ["deviceId"] = wish.Device,
            ["certificateId"] = made.Certificate.Id,
            ["certificateArn"] = made.Certificate.Arn,
            ["policies"] = new JsonArray([.. made.Policies.Select(static policy => (JsonNode)policy)]),
            ["folder"] = files.Folder,
            ["configuration"] = files.ConfigurationFile,
        });
        call.Say($"enrolled {wish.Thing} as {wish.Device}: certificate {CertificateName.Short(made.Certificate.Id)}, policy {string.Join(", ", made.Policies)}, files in {files.Shown(files.Folder)}");
        call.Say(files.IsElsewhere
            ? $"  next: copy {files.Shown(files.Folder)} to {files.Site} at the site, and there: fairlead edge --config {CurlLine.Quote(Path.Combine(files.Site, EdgeFiles.ConfigurationName))}"
            : $"  next: fairlead edge --config {CurlLine.Quote(files.Shown(files.ConfigurationFile))}");
        call.Say($"  then: fairlead edge ls");
    }

    /// <summary>What is to be made.</summary>
    private sealed record Wish(string Thing, string Device, string Tenant, string Local, IReadOnlyList<string> Policies, int? Days)
    {
        /// <summary>Everything that can be found wrong before anything is made.</summary>
        public void Check()
        {
            string what = $"cannot enroll {Thing}";
            if (!DeviceIdentity.IsThingName(Thing))
                throw VerbException.Usage(what, $"{Thing} is no name for a thing", "Use letters, digits and _ - :");
            if (!DeviceIdentity.IsValid(Device) || !IsPlain(Device))
                throw VerbException.Usage(what, $"{Device} is no device id", "Give namespace:name with letters, digits and . _ - : in --device");
            if (!IsPlain(Tenant))
                throw VerbException.Usage(what, $"{Tenant} is no tenant", "Use letters, digits and . _ - : in --tenant");
            if (EdgeAddress.FindFault(Local) is { } fault)
                throw VerbException.Usage(what, fault, "Give the local broker with --local, such as tcp://localhost:1883 or embedded");
        }

        public string Settings(string address, EdgeFiles files)
        {
            var document = new JsonObject
            {
                ["address"] = address,
                ["caCert"] = files.At(Kit.RootFileName),
                ["cert"] = files.At(files.CertificateName),
                ["key"] = files.At(files.KeyName),
                ["clientId"] = Thing,
                ["thingName"] = Thing,
                ["deviceId"] = Device,
                ["tenantId"] = Tenant,
                ["localAddress"] = Local,
                ["dataDir"] = files.Data,
                ["logFile"] = "",
                ["reportStatus"] = true,
            };
            using var parsed = JsonDocument.Parse(JsonText.Of(document));
            return JsonText.Pretty(parsed.RootElement) + "\n";
        }

        // It becomes part of policies and topics, where other characters mean something else.
        private static bool IsPlain(string text) => text.Length is > 0 and <= 128 && text.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' or ':');
    }
}
