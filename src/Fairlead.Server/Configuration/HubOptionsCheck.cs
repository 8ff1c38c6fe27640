namespace Fairlead.Server.Configuration;

/// <summary>Rules that join several settings.</summary>
internal static class HubOptionsCheck
{
    public static void Run(HubOptions options)
    {
        if (string.IsNullOrWhiteSpace(options.Data)) Refuse("Data = '' must be a directory");
        if (options.Listen.Count == 0) Refuse("Listen is empty: a hub without a listener serves nobody");
        if (options.Tls.CertificateFile.Length > 0 != options.Tls.KeyFile.Length > 0)
            Refuse("Tls:CertificateFile and Tls:KeyFile belong together: give both or neither");
        if (options.Certificates.AllowsUnregistered != options.Tls.ClientCaFile.Length > 0)
            Refuse("Tls:ClientCaFile and Auth:UnregisteredCertificates=allow belong together: give both or neither; certificates of other authorities are registered");
        if (options.Aws.AccountId.Length != 12 || !options.Aws.AccountId.All(char.IsAsciiDigit))
            Refuse($"Aws:AccountId = '{options.Aws.AccountId}' must be twelve digits");
        if (options.AdminPassword.Length is > 0 and < 8) Refuse("Admin:Password (secret) must be a text of at least 8 characters");
        if (options.AdminToken.Length is > 0 and < 16) Refuse("Admin:Token (secret) must be a text of at least 16 characters");
        if (options.OtlpEndpoint.Length > 0 &&
            !(Uri.TryCreate(options.OtlpEndpoint, UriKind.Absolute, out var endpoint) && endpoint.Scheme is "http" or "https"))
        {
            Refuse($"Otlp:Endpoint = '{options.OtlpEndpoint}' must be an http or https address, such as http://127.0.0.1:4317");
        }

        if (options.Notifications.PublicUrl.Length > 0 &&
            !(Uri.TryCreate(options.Notifications.PublicUrl, UriKind.Absolute, out var site) && site.Scheme is "http" or "https"))
        {
            Refuse($"Sns:PublicUrl = '{options.Notifications.PublicUrl}' must be an http or https address, such as https://hub.example.org:8443");
        }

        if (options.Smtp.Problem() is { } problem) Refuse(problem);
        var seen = new HashSet<(string, int)>();
        foreach (var url in options.Listen)
        {
            if (url.Port != 0 && !seen.Add((url.Host, url.Port))) Refuse($"Listen has two listeners on {url.Host} port {url.Port}");
        }
    }

    private static void Refuse(string message) => throw new ConfigurationProblemException(message);
}
