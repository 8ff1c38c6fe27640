using Fairlead.Verbs.Kits;
using Fairlead.Verbs.Things;

namespace Fairlead.Verbs.Edge;

/// <summary>The folder that an edge connector starts from. Only its owner can read it.</summary>
/// <param name="kit">Where key and certificate go.</param>
/// <param name="site">Where the folder will lie when the connector runs; null for where it is written.</param>
/// <param name="data">Where the connector keeps its spool; null for below the folder.</param>
internal sealed class EdgeFiles(Kit kit, string? site, string? data)
{
    /// <summary>Name of the configuration file.</summary>
    public const string ConfigurationName = "edge.json";

    /// <summary>Full path of the folder.</summary>
    public string Folder => kit.Folder;

    /// <summary>The folder as the connector sees it.</summary>
    public string Site => site ?? kit.Folder;

    /// <summary>Where the connector keeps its spool. A path that is not whole would depend on where it is started.</summary>
    public string Data => data is null ? At("data") : IsElsewhere ? data : Path.GetFullPath(data);

    /// <summary>Whether the connector runs elsewhere.</summary>
    public bool IsElsewhere => site is not null;

    /// <summary>Full path of the configuration file.</summary>
    public string ConfigurationFile => Path.Combine(kit.Folder, ConfigurationName);

    /// <summary>Name of the file with the certificate.</summary>
    public string CertificateName => Path.GetFileName(kit.CertificateFile);

    /// <summary>Name of the file with its key.</summary>
    public string KeyName => Path.GetFileName(kit.PrivateKeyFile);

    /// <summary>A file as the connector sees it.</summary>
    public string At(string name) => Path.Combine(Site, name);

    /// <summary>A path as a person here would type it.</summary>
    public string Shown(string path) =>
        Path.GetRelativePath(Environment.CurrentDirectory, path) is var near && !near.StartsWith("..", StringComparison.Ordinal) ? near : path;

    /// <summary>Refuses to replace what is there.</summary>
    public void CheckAbsent()
    {
        kit.CheckAbsent();
        if (File.Exists(ConfigurationFile))
            throw new VerbException(ExitCode.Failed, $"cannot enroll {kit.Name}", $"{ConfigurationFile} exists", "Name another directory with --out, or give --force to replace what is there");
    }

    /// <summary>Writes everything; the configuration comes last, and with it the folder is complete.</summary>
    public void Write(KitKey key, ThingCredential credential, string rootCa, string configuration)
    {
        kit.MakeFolder();
        kit.WriteSecret(kit.PrivateKeyFile, key.PrivatePem);
        kit.WriteSecret(kit.CertificateFile, credential.Certificate.Pem);
        kit.WriteSecret(kit.RootFile, rootCa);
        if (credential.PolicyDocument is { } policy)
            kit.WriteSecret(kit.PolicyFile, policy + "\n");
        kit.WriteSecret(ConfigurationFile, configuration);
    }
}
