using Fairlead.Server.Configuration;
using Fairlead.Server.Security;
using Fairlead.Server.Tls;

namespace Fairlead.Server.Hosting;

/// <summary>Checks the files that a configuration names, and makes none.</summary>
public static class HubFiles
{
    /// <summary>Reads what a start would read.</summary>
    /// <exception cref="HubStartException">A file is missing, unreadable or wrong.</exception>
    public static void Check(HubOptions options)
    {
        var tls = options.Tls;
        if (tls.CertificateFile.Length > 0) CertificateFiles.Load(tls.CertificateFile, tls.KeyFile, tls.KeyPassword).Leaf.Dispose();
        if (tls.ClientCaFile.Length > 0) _ = CertificateFiles.LoadAll(tls.ClientCaFile);
        if (options.Auth.UsersFile.Length > 0 && !File.Exists(options.Auth.UsersFile))
            throw new HubStartException($"the users file {options.Auth.UsersFile} does not exist");
        _ = UsersFile.Open(options);
    }
}
