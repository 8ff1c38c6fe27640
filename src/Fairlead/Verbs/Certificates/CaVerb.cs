using System.CommandLine;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Fairlead.Verbs.Remote;

namespace Fairlead.Verbs.Certificates;

/// <summary><c>fairlead ca</c>: the hub's own authority, and authorities of others that are registered.</summary>
internal sealed class CaVerb(Terminal terminal)
{
    private const string NameText = "Id, its first digits, ARN, or PEM file.";

    public Command Create() => new("ca", "The hub's own authority, and registered authorities whose certificates may be registered.")
    {
        Get(), Register(), List(), Status("activate", "ACTIVE", "Let certificates of a CA be registered."),
        Status("deactivate", "INACTIVE", "Let no further certificates of a CA be registered."), Remove(), Code(),
    };

    private Command Get()
    {
        const string Examples =
            """
            fairlead ca get > root-CA.crt          # what devices and browsers have to trust
            fairlead ca get 3f9a1c20               # a registered one
            fairlead ca get 3f9a1c20 --pem
            """;
        var verb = new ApiVerb(terminal, "ca get", "Print the hub's own authority as PEM, or show a registered CA.", Examples);
        var name = verb.Optional("ca", NameText);
        var pem = verb.Flag("--pem", "Print the certificate alone, as PEM.");
        return verb.Runs(async call =>
        {
            if (call.Get(name) is null)
            {
                var site = await HubSite.ReadAsync(call);
                string root = site.RootCa ?? throw new VerbException(
                    ExitCode.NotFound, "cannot show the hub's authority", "its certificate is not of its own making (Tls:CertificateFile)", "Ask whoever issued that certificate");
                call.WriteLine(call.Talk.Json ? JsonText.Of(new JsonObject { ["certificatePem"] = root }) : root.TrimEnd());
                return;
            }

            string id = await CertificateName.ResolveAsync(call, call.Get(name)!, isCa: true);
            var answer = await call.SendAsync(HubRequest.Get($"/cacertificate/{id}"), $"cannot show the CA {CertificateName.Short(id)}");
            if (call.Get(pem))
                call.WriteLine(Pem(answer.GetProperty("certificateDescription").GetProperty("certificatePem").GetString()!));
            else
                call.WriteDetails(answer);

            static string Pem(string text) => text.TrimEnd();
        });
    }

    private Command Register()
    {
        const string Examples =
            """
            fairlead ca register ca.pem --key ca.key                  # proves possession with the key, on this machine
            fairlead ca register ca.pem --verification proof.pem      # a certificate for 'fairlead ca code' that the CA has signed
            fairlead ca register ca.pem --sni-only --auto-registration
            """;
        var verb = new ApiVerb(terminal, "ca register", "Register a CA, so that certificates of its making can be registered.", Examples);
        var file = verb.Argument("file", "PEM file with the CA certificate.");
        var proof = verb.Text("--verification", "file", "PEM file with a certificate whose common name is the code of 'fairlead ca code', signed by the CA.");
        var key = verb.Text("--key", "file", "PEM file with the CA's key, to make that proof here; it goes nowhere else.");
        var sniOnly = verb.Flag("--sni-only", "Register it without a proof; its devices must then send a server name (SNI).");
        var automatic = verb.Flag("--auto-registration", "Register certificates of this CA when they first connect.");
        var template = verb.Text("--template", "name", "Provisioning template for devices that connect for the first time; implies --auto-registration.");
        var inactive = verb.Flag("--inactive", "Not active until it is activated.");
        return verb.Runs(async call =>
        {
            if (new[] { call.Get(proof) is not null, call.Get(key) is not null, call.Get(sniOnly) }.Count(static given => given) != 1)
                throw VerbException.Usage("cannot register the CA", "exactly one of --verification, --key and --sni-only says how its possession is proved", "Give one of them");
            string certificate = await Files.ReadTextAsync(call.Get(file), terminal, "the CA certificate", call.Cancellation);
            var body = new JsonObject { ["caCertificate"] = certificate };
            if (call.Get(sniOnly))
                body["certificateMode"] = "SNI_ONLY";
            else
                body["verificationCertificate"] = call.Get(proof) is { } given ? await Files.ReadTextAsync(given, terminal, "the proof", call.Cancellation) : await ProveAsync(call, certificate, call.Get(key)!);
            if (call.Get(template) is { } name)
                body["registrationConfig"] = new JsonObject { ["templateName"] = name };
            string path = HubRequest.Query(
                "/cacertificate", ("setAsActive", call.Get(inactive) ? "false" : "true"), ("allowAutoRegistration", call.Get(automatic) || call.Get(template) is not null ? "true" : "false"));
            var answer = await call.SendAsync(HubRequest.Post(path, body), "cannot register the CA");
            call.Say($"registered the CA, {(call.Get(inactive) ? "inactive" : "active")}");
            call.WriteLine(call.Talk.Json ? JsonText.OneLine(answer) : Cells.Of(answer, "certificateId"));
        });
    }

    private Command List()
    {
        var verb = new ApiVerb(terminal, "ca ls", "List registered CAs.", "fairlead ca ls");
        var limit = verb.Limit();
        return verb.Runs(async call => await new Listing(call, "certificateId", "status", "creationDate")
            .ShowAsync(call.ListAsync("/cacertificates", "certificates", Paging.Security, "cannot list CAs", call.Get(limit))));
    }

    private Command Status(string word, string status, string description)
    {
        var verb = new ApiVerb(terminal, $"ca {word}", description, $"fairlead ca {word} 3f9a1c20");
        var name = verb.Argument("ca", NameText);
        var automatic = status == "ACTIVE" ? verb.Text("--auto-registration", "on|off", "Register certificates of this CA when they first connect.") : null;
        return verb.Runs(async call =>
        {
            string id = await CertificateName.ResolveAsync(call, call.Get(name), isCa: true);
            string? change = automatic is null ? null : call.Get(automatic);
            if (change is not (null or "on" or "off"))
                throw VerbException.Usage($"cannot {word} the CA", $"--auto-registration takes on or off, not {change}", "Give on or off");
            string path = HubRequest.Query($"/cacertificate/{id}", ("newStatus", status), ("newAutoRegistrationStatus", change is null ? null : change == "on" ? "ENABLE" : "DISABLE"));
            await call.SendAsync(HubRequest.Put(path), $"cannot {word} the CA {CertificateName.Short(id)}");
            call.WriteJson(new JsonObject { ["certificateId"] = id, ["status"] = status });
            call.Say($"{status} {id}");
        });
    }

    private Command Remove()
    {
        var verb = new ApiVerb(terminal, "ca rm", "Delete a registered CA; it must be inactive. Certificates that are registered stay.", "fairlead ca rm 3f9a1c20 --yes");
        var name = verb.Argument("ca", NameText);
        verb.Asks();
        return verb.Runs(async call =>
        {
            string id = await CertificateName.ResolveAsync(call, call.Get(name), isCa: true);
            await call.ConfirmAsync($"delete the CA {CertificateName.Short(id)}");
            await call.SendAsync(HubRequest.Delete($"/cacertificate/{id}"), $"cannot delete the CA {CertificateName.Short(id)}");
            call.WriteJson(new JsonObject { ["certificateId"] = id, ["deleted"] = true });
            call.Say($"deleted {id}");
        });
    }

    private Command Code()
    {
        var verb = new ApiVerb(terminal, "ca code", "Print the registration code: the common name of a certificate that proves possession of a CA.", "fairlead ca code");
        return verb.Runs(async call =>
        {
            var answer = await call.SendAsync(HubRequest.Get("/registrationcode"), "cannot get the registration code");
            call.WriteLine(call.Talk.Json ? JsonText.OneLine(answer) : Cells.Of(answer, "registrationCode"));
        });
    }

    private async Task<string> ProveAsync(ApiCall call, string caPem, string keyFile)
    {
        string keyPem = await Files.ReadTextAsync(keyFile, terminal, "the CA's key", call.Cancellation);
        var answer = await call.SendAsync(HubRequest.Get("/registrationcode"), "cannot get the registration code");
        try
        {
            using var ca = X509Certificate2.CreateFromPem(caPem, keyPem);
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var subject = new X500DistinguishedNameBuilder();
            subject.AddCommonName(answer.GetProperty("registrationCode").GetString()!);
            var request = new CertificateRequest(subject.Build(), key, HashAlgorithmName.SHA256);
            var now = terminal.Time.GetUtcNow();
            // The generator signs with the CA's key, of whatever kind that is.
            X509SignatureGenerator generator = ca.GetECDsaPrivateKey() is { } elliptic
                ? X509SignatureGenerator.CreateForECDsa(elliptic)
                : X509SignatureGenerator.CreateForRSA(ca.GetRSAPrivateKey()!, RSASignaturePadding.Pkcs1);
            using var proof = request.Create(ca.SubjectName, generator, now.AddHours(-1), now.AddDays(1), RandomNumberGenerator.GetBytes(8));
            return proof.ExportCertificatePem() + "\n";
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            throw VerbException.Usage("cannot prove possession of the CA", exception.Message.ReplaceLineEndings(" ").TrimEnd('.'), "Give the CA's certificate and its own key, both PEM");
        }
    }
}
