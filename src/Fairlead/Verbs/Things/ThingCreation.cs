using System.CommandLine;
using System.Text.Json.Nodes;
using Fairlead.Verbs.Certificates;
using Fairlead.Verbs.Kits;
using Fairlead.Verbs.Remote;

namespace Fairlead.Verbs.Things;

/// <summary><c>fairlead thing create</c> and <c>fairlead thing kit</c>: from nothing to a device that connects, in one command.</summary>
internal sealed class ThingCreation(Terminal terminal)
{
    private const string CreateExamples =
        """
        fairlead thing create lamp1 --out lamp1                           # thing, certificate, policy, kit; then waits for the device
        fairlead thing create lamp2 --type lamp --attr room=hall          # the thing alone
        fairlead thing create lamp3 --csr lamp3.csr > lamp3.cert.pem      # the key stays on the device
        fairlead thing create lamp4 --policy lamps --out - | jq .         # everything as JSON on stdout, nothing on the disk
        """;

    private const string KitExamples =
        """
        fairlead thing kit lamp1 --out lamp1          # a further certificate for a thing that exists
        fairlead thing kit lamp1 --out - --policy lamps
        """;

    public Command Create()
    {
        var verb = new ApiVerb(terminal, "thing create", "Make a thing; with --out or --csr also its certificate and policy, and a kit to connect with.", CreateExamples);
        var name = verb.Argument("name", "Name of the thing; also its Client Identifier.");
        var type = verb.Text("--type", "type", "Thing type; it must exist.");
        var attributes = verb.Texts("--attr", "key=value", "Attribute; repeat for several.");
        var group = verb.Text("--billing-group", "group", "Billing group.");
        var flags = new CredentialFlags(verb, withWait: true);
        return verb.Runs(async call =>
        {
            string thing = call.Get(name);
            var body = new JsonObject();
            if (call.Get(type) is { } typeName)
                body["thingTypeName"] = typeName;
            if (call.Get(attributes) is { Length: > 0 } pairs)
                body["attributePayload"] = new JsonObject { ["attributes"] = ThingCalls.Attributes(pairs) };
            if (call.Get(group) is { } groupName)
                body["billingGroupName"] = groupName;
            var wish = await flags.ReadAsync(call, thing, needed: false);
            // The hub takes the same thing twice, as AWS does; whoever types create does not know that it is there.
            if (await call.FindAsync(HubRequest.Get(ThingCalls.PathOf(thing)), $"cannot make the thing {thing}") is not null)
            {
                throw new VerbException(
                    ExitCode.Failed, $"cannot make the thing {thing}", "there is one of that name", $"Make it a certificate with fairlead thing kit {thing} --out {thing}, or change it with fairlead thing set");
            }

            var create = HubRequest.Post(ThingCalls.PathOf(thing), body);
            if (wish is not null)
                return await RunAsync(call, thing, wish, create);
            var made = await call.SendAsync(create, $"cannot make the thing {thing}");
            call.Say($"created the thing {thing}, without a certificate: 'fairlead thing kit {thing} --out {thing}' makes one");
            if (call.Talk.Json)
                call.WriteDetails(made);
            return ExitCode.Done;
        });
    }

    public Command Kit()
    {
        var verb = new ApiVerb(terminal, "thing kit", "Make a certificate for a thing that exists, and a kit to connect with.", KitExamples);
        var name = verb.Argument("name", "Name of the thing.");
        var flags = new CredentialFlags(verb, withWait: true);
        return verb.Runs(async call =>
        {
            string thing = call.Get(name);
            var wish = await flags.ReadAsync(call, thing, needed: true);
            await call.SendAsync(HubRequest.Get(ThingCalls.PathOf(thing)), $"cannot make a kit for the thing {thing}");
            return await RunAsync(call, thing, wish!, create: null);
        });
    }

    private static async Task<int> RunAsync(ApiCall call, string thing, CredentialWish wish, HubRequest? create)
    {
        var site = await HubSite.ReadAsync(call);
        var credentials = new Credentials(call, site);
        using var key = wish.Request is null ? KitKey.Make() : null;
        var made = await credentials.OrUndoAsync(async () =>
        {
            if (create is not null)
            {
                await call.SendAsync(create, $"cannot make the thing {thing}");
                credentials.OnFailure(() => call.SendAsync(HubRequest.Delete(ThingCalls.PathOf(thing)), $"cannot delete the thing {thing}"));
            }

            var credential = await credentials.MakeAsync(thing, wish.Request ?? key!.Request(thing), wish.Policies, wish.Days);
            if (wish.Kit is { } kit)
                WriteKit(kit, key, credential, credentials, site);
            return credential;
        });
        call.Say($"{(create is null ? "made for" : "created")} thing {thing}: certificate {CertificateName.Short(made.Certificate.Id)}, policy {string.Join(", ", made.Policies)}"
            + (wish.Policies.Count == 0 ? $" (connect as {thing}, publish/subscribe {thing}/#, own shadows)" : ""));
        Tell(call, thing, wish, made, key, credentials);
        if (wish.Kit is null || !wish.Wait)
            return ExitCode.Done;
        return await WaitAsync(call, thing, made.Certificate.Id, wish.WaitIsAsked);
    }

    private static void WriteKit(Kit kit, KitKey? key, ThingCredential credential, Credentials credentials, HubSite site)
    {
        kit.MakeFolder();
        if (key is not null)
        {
            kit.WriteSecret(kit.PrivateKeyFile, key.PrivatePem);
            kit.WritePublic(kit.PublicKeyFile, key.PublicPem);
        }

        new KitTexts(kit, site, credential.Certificate.Id).Write(credential.Certificate.Pem, credential.PolicyDocument, credentials.RootCa());
    }

    private static void Tell(ApiCall call, string thing, CredentialWish wish, ThingCredential made, KitKey? key, Credentials credentials)
    {
        if (call.Talk.Json || wish.IsToOutput)
        {
            var document = new JsonObject
            {
                ["thing"] = thing,
                ["certificateId"] = made.Certificate.Id,
                ["certificateArn"] = made.Certificate.Arn,
                ["policies"] = new JsonArray([.. made.Policies.Select(static policy => (JsonNode)policy)]),
            };
            if (wish.Kit is { } written)
                document["kit"] = written.Folder;
            if (wish.IsToOutput || wish.Kit is null)
            {
                document["certificatePem"] = made.Certificate.Pem;
                if (key is not null)
                    document["privateKey"] = key.PrivatePem;
                if (credentials.RootCa() is { } root)
                    document["rootCa"] = root;
            }

            call.WriteLine(JsonText.Of(document));
        }
        else if (wish.Kit is null)
        {
            call.WriteLine(made.Certificate.Pem.TrimEnd());
        }
        else if (key is null)
        {
            call.Say($"  the key goes to {wish.Kit.PrivateKeyFile}");
        }

        if (wish.Kit is not { } kit || key is null)
            return;
        string folder = CurlLine.Quote(Path.GetRelativePath(Environment.CurrentDirectory, kit.Folder) is var near && !near.StartsWith("..", StringComparison.Ordinal) ? near : kit.Folder);
        call.Say($"  try:  XDG_CONFIG_HOME={folder} mosquitto_sub -t '{thing}/#' -v");
        call.Say($"        XDG_CONFIG_HOME={folder} mosquitto_pub -t {thing}/temp -m 21.5");
        call.Say($"        fairlead env --aws-profile fairlead; aws --profile fairlead iot-data publish --topic {thing}/temp --payload 21.5");
    }

    /// <summary>How a client has connected, while it is there.</summary>
    private static async Task<string> HowAsync(ApiCall call, string client) =>
        await call.FindAsync(HubRequest.Get($"/v1/clients/{HubRequest.Segment(client)}"), "cannot show the client") is { } shown
            ? $" (MQTT {Cells.Of(shown, "version")}, {Cells.Of(shown, "listener")})"
            : $" (as {Cells.Safe(client)})";

    private static async Task<int> WaitAsync(ApiCall call, string thing, string certificateId, bool isAsked)
    {
        var started = call.Terminal.Time.GetTimestamp();
        if (!call.Talk.Quiet && !call.Talk.Json)
            await call.Terminal.Error.WriteAsync($"waiting for {thing} to connect (Ctrl-C ends the wait) ... ");
        await call.Terminal.Output.FlushAsync();
        try
        {
            // A person ends the wait when it is enough; a script needs a limit.
            if (await new FirstConnection(call, thing, certificateId).WaitAsync(call.Terminal.IsInteractive && !isAsked ? null : call.Talk.Timeout) is not { } client)
            {
                call.Say("");
                throw new VerbException(
                    ExitCode.Timeout, $"{thing} did not connect", $"nothing came within {call.Talk.Timeout.TotalSeconds:0.###} s", "The thing and its kit are made: start the device, or wait longer with --timeout");
            }

            string how = await HowAsync(call, client);
            call.Say($"connected in {call.Terminal.Time.GetElapsedTime(started).TotalSeconds:0.0} s{how}");
            return ExitCode.Done;
        }
        catch (OperationCanceledException) when (call.Cancellation.IsCancellationRequested)
        {
            call.Say("");
            return ExitCode.Done;
        }
    }
}
