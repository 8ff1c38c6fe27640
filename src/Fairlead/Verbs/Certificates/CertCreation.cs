using System.CommandLine;
using System.Text.Json.Nodes;
using Fairlead.Verbs.Kits;
using Fairlead.Verbs.Remote;

namespace Fairlead.Verbs.Certificates;

/// <summary><c>fairlead cert create</c> and <c>fairlead cert rotate</c>.</summary>
internal sealed class CertCreation(Terminal terminal)
{
    private const string CreateExamples =
        """
        fairlead cert create lamp1 --out lamp1 --policy lamps           # key made here, certificate signed by the hub
        fairlead cert create lamp1 --csr lamp1.csr --thing lamp1        # PEM on stdout; the key stays where it was made
        fairlead cert create gateway --out gw --policy gateways --inactive
        """;

    private const string RotateExamples =
        """
        fairlead cert rotate 3f9a1c20 --out lamp1.new          # a new certificate with the same things and policies
        fairlead cert rotate lamp1/lamp1.cert.pem --out lamp1.new --revoke --yes
        """;

    public Command Create()
    {
        var verb = new ApiVerb(terminal, "cert create", "Make a certificate of the hub's own authority, active at once. See also 'fairlead thing create'.", CreateExamples);
        var name = verb.Argument("name", "Common name, and name of the files.");
        var output = verb.Text("--out", "directory", "Write a kit there: key, certificate, authority, mosquitto's configuration.");
        var file = verb.Text("--csr", "file", "Certificate signing request (PEM) of a key that was made elsewhere; - for standard input.");
        var things = verb.Texts("--thing", "thing", "Attach it to this thing; repeat for several.");
        var policies = verb.Texts("--policy", "policy", "Attach this policy; repeat for several. Without any it may do nothing.");
        var days = verb.Number("--days", "number", "Days of validity (default: as long as the hub gives).");
        var inactive = verb.Flag("--inactive", "It may not connect until it is activated.");
        var force = verb.Flag("--force", "Replace a kit that is there.");
        return verb.Runs(async call =>
        {
            if (call.Get(output) is null && call.Get(file) is null)
                throw VerbException.Usage($"cannot make a certificate for {call.Get(name)}", "neither --out nor --csr is given", $"Give --out {call.Get(name)}");
            var kit = call.Get(output) is { } folder ? Kit.In(folder, call.Get(name)) : null;
            if (!call.Get(force))
                kit?.CheckAbsent();
            string? request = call.Get(file) is { } path ? await Files.ReadTextAsync(path, terminal, "the certificate signing request", call.Cancellation) : null;
            using var key = request is null ? KitKey.Make() : null;
            var certificate = await CertificateCalls.IssueAsync(call, request ?? key!.Request(call.Get(name)), !call.Get(inactive), call.Get(days));
            await EquipAsync(call, certificate, call.Get(things) ?? [], call.Get(policies) ?? []);
            await WriteAsync(call, kit, key, certificate);
            call.Say($"made certificate {CertificateName.Short(certificate.Id)}, {(call.Get(inactive) ? "inactive" : "active")}"
                + ((call.Get(policies) ?? []) is [] ? "; it may do nothing until it gets a policy: fairlead cert attach" : ""));
        });
    }

    public Command Rotate()
    {
        var verb = new ApiVerb(terminal, "cert rotate", "Make a new certificate with the things and policies of an old one. The old one stays until it is revoked.", RotateExamples);
        var name = verb.Argument("certificate", "The old one: id, its first digits, ARN, or PEM file.");
        var output = verb.Text("--out", "directory", "Write a kit with a new key there.");
        var file = verb.Text("--csr", "file", "Certificate signing request (PEM) instead of a new key.");
        var days = verb.Number("--days", "number", "Days of validity (default: as long as the hub gives).");
        var revoke = verb.Flag("--revoke", "Revoke the old one at once; its connections end.");
        verb.Asks();
        return verb.Runs(async call =>
        {
            if (call.Get(output) is null && call.Get(file) is null)
                throw VerbException.Usage("cannot rotate the certificate", "neither --out nor --csr is given", "Give --out DIRECTORY for a kit with a new key");
            string old = await CertificateName.ResolveAsync(call, call.Get(name));
            if (call.Get(revoke))
                await call.ConfirmAsync($"revoke the certificate {CertificateName.Short(old)} as soon as there is a new one");
            string arn = Cells.Of(await CertificateName.DescribeAsync(call, old), "certificateArn");
            var things = await CertificateCalls.ThingsOfAsync(call, arn);
            var policies = await CertificateCalls.PoliciesOfAsync(call, arn);
            string holder = things.Count > 0 ? things[0] : $"certificate-{CertificateName.Short(old)}";
            var kit = call.Get(output) is { } folder ? Kit.In(folder, holder) : null;
            kit?.CheckAbsent();
            string? request = call.Get(file) is { } path ? await Files.ReadTextAsync(path, terminal, "the certificate signing request", call.Cancellation) : null;
            using var key = request is null ? KitKey.Make() : null;
            var certificate = await CertificateCalls.IssueAsync(call, request ?? key!.Request(holder), active: true, call.Get(days));
            await EquipAsync(call, certificate, things, policies);
            await WriteAsync(call, kit, key, certificate);
            call.Say($"made certificate {CertificateName.Short(certificate.Id)} with {things.Count} things and {policies.Count} policies of {CertificateName.Short(old)}");
            if (call.Get(revoke))
                await CertificateCalls.SetStatusAsync(call, old, "REVOKED");
            call.Say(call.Get(revoke) ? $"revoked {CertificateName.Short(old)}" : $"  when the device uses it: fairlead cert revoke {CertificateName.Short(old)}");
        });
    }

    private static async Task EquipAsync(ApiCall call, IssuedCertificate certificate, IReadOnlyList<string> things, IReadOnlyList<string> policies)
    {
        try
        {
            foreach (string policy in policies)
                await CertificateCalls.AttachPolicyAsync(call, policy, certificate.Arn);
            foreach (string thing in things)
                await CertificateCalls.AttachThingAsync(call, thing, certificate.Arn, exclusive: false);
        }
        catch (VerbException)
        {
            // Nobody would have the key of what is left.
            await CertificateCalls.DeleteAsync(call, certificate.Id, certificate.Arn);
            throw;
        }
    }

    private static async Task WriteAsync(ApiCall call, Kit? kit, KitKey? key, IssuedCertificate certificate)
    {
        if (kit is not null)
        {
            var site = await HubSite.ReadAsync(call);
            kit.MakeFolder();
            if (key is not null)
            {
                kit.WriteSecret(kit.PrivateKeyFile, key.PrivatePem);
                kit.WritePublic(kit.PublicKeyFile, key.PublicPem);
            }

            string? root = site.RootCa ?? (call.Hub.Address.CaFile is { } file ? await File.ReadAllTextAsync(file, call.Cancellation) : null);
            new KitTexts(kit, site, certificate.Id).Write(certificate.Pem, policy: null, root);
        }

        if (call.Talk.Json)
        {
            var document = new JsonObject { ["certificateId"] = certificate.Id, ["certificateArn"] = certificate.Arn, ["certificatePem"] = certificate.Pem };
            if (kit is not null)
            {
                document["certificate"] = kit.CertificateFile;
                document["privateKey"] = kit.PrivateKeyFile;
                document["rootCa"] = kit.RootFile;
            }

            call.WriteJson(document);
        }
        else
        {
            call.WriteLine(kit is null ? certificate.Pem.TrimEnd() : certificate.Id);
        }
    }
}
