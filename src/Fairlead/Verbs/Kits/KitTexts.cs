using System.Globalization;
using System.Text.Json.Nodes;
using Fairlead.Verbs.Remote;

namespace Fairlead.Verbs.Kits;

/// <summary>What stands in the files of a kit beside keys and certificates.</summary>
/// <param name="kit">The kit.</param>
/// <param name="site">The hub.</param>
/// <param name="certificateId">Certificate.</param>
internal sealed class KitTexts(Kit kit, HubSite site, string certificateId)
{
    private int Port => site.Port("mqtts") ?? site.Port("tls")
        ?? throw new VerbException(ExitCode.Failed, "cannot write the kit", "the hub has no listener for MQTT over TLS", "Start it with --listen mqtts://0.0.0.0:8883");

    private string Host => $"{site.Host}:{Port.ToString(CultureInfo.InvariantCulture)}";

    /// <summary>Writes everything that is not a secret. The certificate comes last: with it the kit is complete.</summary>
    /// <param name="certificatePem">Certificate.</param>
    /// <param name="policy">Policy document that is in force for it; null for none to show.</param>
    /// <param name="rootCa">Authority to trust; null for those of the machine.</param>
    public void Write(string certificatePem, string? policy, string? rootCa)
    {
        if (rootCa is not null)
            kit.WritePublic(kit.RootFile, rootCa);
        if (policy is not null)
            kit.WritePublic(kit.PolicyFile, policy + "\n");
        // As the device itself, so that what is sent to it alone comes; and beside it, so that a second client does not end the first.
        kit.WritePublic(Path.Combine(kit.Folder, "mosquitto_sub"), Mosquitto($"-i {kit.Name}", rootCa is not null));
        kit.WritePublic(Path.Combine(kit.Folder, "mosquitto_pub"), Mosquitto($"-I {kit.Name}/pub-", rootCa is not null));
        kit.WritePublic(kit.ConnectFile, Connect(rootCa is not null));
        kit.WritePublic(Path.Combine(kit.Folder, "README.txt"), Readme());
        kit.WritePublic(kit.CertificateFile, certificatePem);
    }

    private string Mosquitto(string identity, bool hasRoot) =>
        $"""
        -h {site.Host}
        -p {Port}
        {(hasRoot ? $"--cafile {kit.RootFile}" : "--tls-use-os-certs")}
        --cert {kit.CertificateFile}
        --key {kit.PrivateKeyFile}
        {identity}

        """;

    private string Connect(bool hasRoot)
    {
        var document = new JsonObject
        {
            ["thing"] = kit.Name,
            ["clientId"] = kit.Name,
            ["host"] = site.Host,
            ["port"] = Port,
        };
        if (site.Port("tls") is { } https)
            document["https"] = $"https://{site.Host}:{https.ToString(CultureInfo.InvariantCulture)}";
        if (hasRoot)
            document["rootCa"] = Kit.RootFileName;
        document["certificate"] = kit.Name + ".cert.pem";
        document["privateKey"] = kit.Name + ".private.key";
        document["certificateId"] = certificateId;
        document["region"] = site.Region;
        using var parsed = System.Text.Json.JsonDocument.Parse(JsonText.Of(document));
        return JsonText.Pretty(parsed.RootElement) + "\n";
    }

    private string Readme() =>
        $"""
        Connection kit of {kit.Name} for the hub at {Host}
        Certificate {certificateId}

        {kit.Name}.private.key is the identity of the device: whoever has it is {kit.Name}. Keep it secret.

        fairlead          fairlead sub --as {kit.Folder} -t '{kit.Name}/#' -v
                          fairlead pub --as {kit.Folder} -t {kit.Name}/temp -m 21.5

        mosquitto         XDG_CONFIG_HOME={CurlLine.Quote(kit.Folder)} mosquitto_sub -t '{kit.Name}/#' -v
                          XDG_CONFIG_HOME={CurlLine.Quote(kit.Folder)} mosquitto_pub -t {kit.Name}/temp -m 21.5

        AWS device SDKs   endpoint {site.Host}, port {Port}, --ca_file {Kit.RootFileName} --cert {kit.Name}.cert.pem --key {kit.Name}.private.key
                          client id {kit.Name}

        The files mosquitto_pub and mosquitto_sub hold absolute paths: correct them when the folder moves.

        """;
}
