using System.CommandLine;
using System.Text.Json.Nodes;
using Fairlead.Verbs.Remote;

namespace Fairlead.Verbs.Certificates;

/// <summary><c>fairlead cert</c>: certificates of devices.</summary>
internal sealed class CertVerb(Terminal terminal)
{
    private const string NameText = "Id, its first digits, ARN, or PEM file.";

    public Command Create() => new("cert", "Certificates of devices. What the hub does not know as ACTIVE does not connect.")
    {
        new CertCreation(terminal).Create(), List(), Get(), Register(),
        Status("activate", "ACTIVE", "Let a certificate connect."), Status("deactivate", "INACTIVE", "Let a certificate connect no more, and end its connections."),
        Status("revoke", "REVOKED", "Revoke a certificate for ever, and end its connections."),
        new CertCreation(terminal).Rotate(), Attach(), Detach(), Remove(),
    };

    private Command List()
    {
        const string Examples =
            """
            fairlead cert ls
            fairlead cert ls --status REVOKED
            fairlead cert ls --ca 3f9a1c20 --json | jq -r .certificateId
            """;
        var verb = new ApiVerb(terminal, "cert ls", "List certificates.", Examples);
        var ca = verb.Text("--ca", "ca", "Only those that this registered CA has issued.");
        var status = verb.Text("--status", "status", "Only those with this status: ACTIVE, INACTIVE, REVOKED, PENDING_ACTIVATION.");
        var limit = verb.Limit();
        return verb.Runs(async call =>
        {
            string path = call.Get(ca) is { } issuer ? $"/certificates-by-ca/{await CertificateName.ResolveAsync(call, issuer, isCa: true)}" : "/certificates";
            int left = call.Get(limit) ?? int.MaxValue;
            string? wanted = call.Get(status)?.ToUpperInvariant();
            await new Listing(call, "certificateId", "status", "creationDate").ShowAsync(
                call.ListAsync(path, "certificates", Paging.Security, "cannot list certificates", wanted is null ? left : null),
                wanted is null ? null : certificate => Cells.Of(certificate, "status") == wanted && left-- > 0);
        });
    }

    private Command Get()
    {
        const string Examples =
            """
            fairlead cert get 3f9a1c20
            fairlead cert get 3f9a1c20 --pem > lamp1.cert.pem
            fairlead cert get lamp1/lamp1.cert.pem
            """;
        var verb = new ApiVerb(terminal, "cert get", "Show a certificate with its things and policies.", Examples);
        var name = verb.Argument("certificate", NameText);
        var pem = verb.Flag("--pem", "Print the certificate alone, as PEM.");
        return verb.Runs(async call =>
        {
            string id = await CertificateName.ResolveAsync(call, call.Get(name));
            var certificate = await CertificateName.DescribeAsync(call, id);
            if (call.Get(pem))
            {
                call.WriteLine(certificate.GetProperty("certificatePem").GetString()!.TrimEnd());
                return;
            }

            call.WriteDetails(certificate);
            if (call.Talk.Json)
                return;
            string arn = Cells.Of(certificate, "certificateArn");
            foreach (string thing in await CertificateCalls.ThingsOfAsync(call, arn))
                call.WriteLine($"{"thing:",-16} {Cells.Safe(thing)}");
            foreach (string policy in await CertificateCalls.PoliciesOfAsync(call, arn))
                call.WriteLine($"{"policy:",-16} {Cells.Safe(policy)}");
        });
    }

    private Command Register()
    {
        const string Examples =
            """
            fairlead cert register device.pem                      # signed by a registered CA
            fairlead cert register device.pem --no-ca              # for its own sake, whoever signed it
            fairlead cert register device.pem --ca ca.pem --inactive
            """;
        var verb = new ApiVerb(terminal, "cert register", "Register a certificate that was issued elsewhere.", Examples);
        var file = verb.Argument("file", "PEM file with the certificate; - for standard input.");
        var ca = verb.Text("--ca", "file", "PEM file of its CA, needed when several registered CAs have the same name.");
        var noCa = verb.Flag("--no-ca", "Register it without a registered CA.");
        var inactive = verb.Flag("--inactive", "It may not connect until it is activated.");
        return verb.Runs(async call =>
        {
            if (call.Get(ca) is not null && call.Get(noCa))
                throw VerbException.Usage("cannot register the certificate", "--ca and --no-ca exclude each other", "Give one of them");
            var body = new JsonObject
            {
                ["certificatePem"] = await Files.ReadTextAsync(call.Get(file), terminal, "the certificate", call.Cancellation),
                ["status"] = call.Get(inactive) ? "INACTIVE" : "ACTIVE",
            };
            if (call.Get(ca) is { } caFile)
                body["caCertificatePem"] = await Files.ReadTextAsync(caFile, terminal, "the CA certificate", call.Cancellation);
            var answer = await call.SendAsync(HubRequest.Post(call.Get(noCa) ? "/certificate/register-no-ca" : "/certificate/register", body), "cannot register the certificate");
            call.Say($"registered the certificate, {(call.Get(inactive) ? "inactive" : "active")}; give it a policy with fairlead cert attach");
            call.WriteLine(call.Talk.Json ? JsonText.OneLine(answer) : Cells.Of(answer, "certificateId"));
        });
    }

    private Command Status(string word, string status, string description)
    {
        var verb = new ApiVerb(terminal, $"cert {word}", description, $"fairlead cert {word} 3f9a1c20{(status == "REVOKED" ? " --yes" : "")}");
        var names = verb.Arguments("certificate", NameText);
        if (status == "REVOKED")
            verb.Asks();
        return verb.Runs(async call =>
        {
            foreach (string name in call.Get(names))
            {
                string id = await CertificateName.ResolveAsync(call, name);
                if (status == "REVOKED")
                    await call.ConfirmAsync($"revoke the certificate {CertificateName.Short(id)} for ever");
                await CertificateCalls.SetStatusAsync(call, id, status);
                call.WriteJson(new JsonObject { ["certificateId"] = id, ["status"] = status });
                call.Say($"{status} {id}");
            }
        });
    }

    private Command Attach()
    {
        const string Examples =
            """
            fairlead cert attach 3f9a1c20 --thing lamp1 --policy lamps
            fairlead cert attach 3f9a1c20 --thing lamp1 --exclusive
            """;
        var verb = new ApiVerb(terminal, "cert attach", "Attach a certificate to things, and policies to the certificate.", Examples);
        var (name, things, policies) = Symbols(verb);
        var exclusive = verb.Flag("--exclusive", "The thing becomes the only one of the certificate.");
        return verb.Runs(async call =>
        {
            var (id, arn) = await FindAsync(call, name, things, policies);
            foreach (string thing in call.Get(things) ?? [])
                await CertificateCalls.AttachThingAsync(call, thing, arn, call.Get(exclusive));
            foreach (string policy in call.Get(policies) ?? [])
                await CertificateCalls.AttachPolicyAsync(call, policy, arn);
            Tell(call, id, "attached", call.Get(things), call.Get(policies));
        });
    }

    private Command Detach()
    {
        var verb = new ApiVerb(terminal, "cert detach", "Detach a certificate from things, and policies from the certificate.", "fairlead cert detach 3f9a1c20 --policy lamps");
        var (name, things, policies) = Symbols(verb);
        return verb.Runs(async call =>
        {
            var (id, arn) = await FindAsync(call, name, things, policies);
            foreach (string thing in call.Get(things) ?? [])
                await CertificateCalls.DetachThingAsync(call, thing, arn);
            foreach (string policy in call.Get(policies) ?? [])
                await CertificateCalls.DetachPolicyAsync(call, policy, arn);
            Tell(call, id, "detached", call.Get(things), call.Get(policies));
        });
    }

    private Command Remove()
    {
        const string Examples =
            """
            fairlead cert rm 3f9a1c20                   # must be inactive and attached to nothing
            fairlead cert rm 3f9a1c20 --force --yes     # whatever it is and has
            """;
        var verb = new ApiVerb(terminal, "cert rm", "Delete certificates.", Examples);
        var names = verb.Arguments("certificate", NameText);
        var force = verb.Flag("--force", "Deactivate it and detach it from everything first.");
        verb.Asks();
        return verb.Runs(async call =>
        {
            foreach (string name in call.Get(names))
            {
                string id = await CertificateName.ResolveAsync(call, name);
                await call.ConfirmAsync($"delete the certificate {CertificateName.Short(id)}");
                if (call.Get(force))
                    await CertificateCalls.DeleteAsync(call, id, Cells.Of(await CertificateName.DescribeAsync(call, id), "certificateArn"));
                else
                    await call.SendAsync(HubRequest.Delete($"/certificates/{id}"), $"cannot delete the certificate {CertificateName.Short(id)}");
                call.WriteJson(new JsonObject { ["certificateId"] = id, ["deleted"] = true });
                call.Say($"deleted {id}");
            }
        });
    }

    private static (Argument<string> Name, Option<string[]> Things, Option<string[]> Policies) Symbols(ApiVerb verb) => (
        verb.Argument("certificate", NameText),
        verb.Texts("--thing", "thing", "Thing; repeat for several."),
        verb.Texts("--policy", "policy", "Policy; repeat for several."));

    private static async Task<(string Id, string Arn)> FindAsync(ApiCall call, Argument<string> name, Option<string[]> things, Option<string[]> policies)
    {
        if (call.Get(things) is not { Length: > 0 } && call.Get(policies) is not { Length: > 0 })
            throw VerbException.Usage("nothing to do", "neither --thing nor --policy is given", "Give one of them");
        string id = await CertificateName.ResolveAsync(call, call.Get(name));
        return (id, Cells.Of(await CertificateName.DescribeAsync(call, id), "certificateArn"));
    }

    private static void Tell(ApiCall call, string id, string done, string[]? things, string[]? policies)
    {
        string[] all = [.. (things ?? []).Select(static thing => $"thing {thing}"), .. (policies ?? []).Select(static policy => $"policy {policy}")];
        call.WriteJson(new JsonObject { ["certificateId"] = id, [done] = new JsonArray([.. all.Select(static one => (JsonNode)one)]) });
        call.Say($"{done} {CertificateName.Short(id)}: {string.Join(", ", all)}");
    }
}
