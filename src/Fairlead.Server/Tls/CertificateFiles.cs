using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fairlead.Server.Hosting;

namespace Fairlead.Server.Tls;

/// <summary>Reads and writes certificates and keys in PEM files, and says which file is wrong when one is.</summary>
internal static class CertificateFiles
{
    /// <summary>Reads a certificate with its key, and the intermediates that follow it in the file.</summary>
    /// <exception cref="HubStartException">A file cannot be read, or the two do not belong together.</exception>
    public static (X509Certificate2 Leaf, X509Certificate2Collection Intermediates) Load(string file, string keyFile, string password)
    {
        var chain = LoadAll(file);
        var keyText = ReadText(keyFile, "private key");
        try
        {
            var certificateText = chain[0].ExportCertificatePem();
            var leaf = password.Length > 0
                ? X509Certificate2.CreateFromEncryptedPem(certificateText, keyText, password)
                : X509Certificate2.CreateFromPem(certificateText, keyText);
            chain.RemoveAt(0);
            return (leaf, chain);
        }
        catch (CryptographicException exception) when (keyText.Contains("ENCRYPTED", StringComparison.Ordinal))
        {
            throw new HubStartException(
                password.Length == 0
                    ? $"the private key in {keyFile} is encrypted: give its password with Tls:KeyPassword_FILE"
                    : $"the private key in {keyFile} cannot be decrypted with the password given: {exception.Message}",
                exception);
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            throw new HubStartException(
                keyText.Contains("PRIVATE KEY-----", StringComparison.Ordinal)
                    ? $"the private key in {keyFile} does not belong to the certificate in {file}, or is damaged: {exception.Message}"
                    : $"{keyFile} holds no private key in PEM form",
                exception);
        }
    }

    /// <summary>Reads all certificates of a file.</summary>
    /// <exception cref="HubStartException">The file cannot be read or holds none.</exception>
    public static X509Certificate2Collection LoadAll(string file)
    {
        var text = ReadText(file, "certificate");
        var result = new X509Certificate2Collection();
        try
        {
            result.ImportFromPem(text);
        }
        catch (CryptographicException exception)
        {
            throw new HubStartException($"the certificate in {file} is damaged: {exception.Message}", exception);
        }

        return result.Count > 0 ? result : throw new HubStartException($"{file} holds no certificate in PEM form");
    }

    /// <summary>Writes a certificate for everybody and its key for the owner alone.</summary>
    /// <exception cref="HubStartException">A file cannot be written.</exception>
    public static void Save(string file, X509Certificate2 certificate, string keyFile, ECDsa key)
    {
        try
        {
            // The key first: a certificate without its key stops the next start, a key without its certificate would too, but never for long.
            DataDirectory.WriteSecret(keyFile, key.ExportPkcs8PrivateKeyPem() + "\n");
            DataDirectory.WritePublic(file, certificate.ExportCertificatePem() + "\n");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new HubStartException($"cannot write {file}: {exception.Message}", exception);
        }
    }

    private static string ReadText(string file, string what)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new HubStartException($"the {what} file {file} does not exist", exception);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new HubStartException($"the {what} file {file} may not be read by user {Environment.UserName}: check its owner and mode", exception);
        }
        catch (IOException exception)
        {
            throw new HubStartException($"the {what} file {file} cannot be read: {exception.Message}", exception);
        }
    }
}
