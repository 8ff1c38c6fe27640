using System.CommandLine;
using System.Text.Json;
using Fairlead.Server.Tls;

namespace Fairlead.Verbs.Local;

/// <summary><c>fairlead cert issue</c>: a client certificate of the hub's own authority, made offline in the data directory.</summary>
internal static class CertVerb
{
    /// <summary>Makes the command.</summary>
    public static Command Issue()
    {
        var name = new Argument<string>("name") { Description = "Common name of the certificate, and of its files.", HelpName = "NAME" };
        var output = new Option<string>("--out") { Description = "Directory for the files.", HelpName = "DIR", DefaultValueFactory = static _ => "." };
        var days = new Option<int>("--days") { Description = "Days of validity.", HelpName = "NUMBER", DefaultValueFactory = static _ => 3650 };
        var force = new Option<bool>("--force") { Description = "Replace files that exist." };
        var json = new Option<bool>("--json") { Description = "One JSON object." };
        var command = new Command("issue", "Make a client certificate with its key: NAME.cert.pem, NAME.private.key, NAME.public.key, root-CA.crt.")
        {
            name, output, days, force, json,
        };
        var data = new DataFlags().AddTo(command);
        command.SetAction(result => LocalVerb.Run("cert issue", () =>
        {
            var holder = result.GetRequiredValue(name);
            if (!ClientKit.IsFileName(holder))
                return LocalVerb.Fail("cert issue", $"the name '{holder}' becomes a file name: use letters, digits and . _ - :", ExitCode.Usage);
            if (result.GetValue(days) < 1) return LocalVerb.Fail("cert issue", "--days must be at least 1", ExitCode.Usage);

            var directory = Path.GetFullPath(result.GetValue(output)!);
            var authority = CertificateAuthority.Open(data.Load(result).Data, TimeProvider.System);
            if (!result.GetValue(force) && ClientKit.Existing(directory, holder) is { } existing)
                return LocalVerb.Fail("cert issue", $"{existing} exists; --force replaces it", ExitCode.Failed);
            var kit = ClientKit.Issue(authority, holder, TimeSpan.FromDays(result.GetValue(days)), directory);
            Write(kit, result.GetValue(json));
            return ExitCode.Done;
        }));
        return command;
    }

    private static void Write(ClientKit kit, bool json)
    {
        if (json)
        {
            Console.Out.WriteLine(
                $$"""{"certificateId":"{{kit.CertificateId}}","certificate":"{{Encode(kit.CertificateFile)}}","privateKey":"{{Encode(kit.PrivateKeyFile)}}","publicKey":"{{Encode(kit.PublicKeyFile)}}","rootCa":"{{Encode(kit.RootFile)}}"}""");
            return;
        }

        Console.Out.WriteLine(kit.CertificateId);
        Console.Error.WriteLine($"made {kit.CertificateFile}, {kit.PrivateKeyFile}, {kit.PublicKeyFile}, {kit.RootFile}");
        Console.Error.WriteLine(
            $"  try: mosquitto_pub -h localhost -p 8883 --cafile {kit.RootFile} --cert {kit.CertificateFile} --key {kit.PrivateKeyFile} -t hello -m world");
    }

    private static JsonEncodedText Encode(string text) => JsonEncodedText.Encode(text);
}
