namespace Fairlead.Features.Certificates;

/// <summary>How the hub makes certificates for devices, and whom else it lets in (spec/aws-registry-and-policies, section 6).</summary>
public sealed class CertificateOptions
{
    /// <summary>Subject of certificates whose key the hub makes.</summary>
    public string Subject { get; set; } = "CN=AWS IoT Certificate";

    /// <summary>Last second of validity.</summary>
    public DateTimeOffset ValidUntil { get; set; } = new(2049, 12, 31, 23, 59, 59, TimeSpan.Zero);

    /// <summary>Longest life, when that ends earlier; zero for none.</summary>
    public TimeSpan Life { get; set; }

    /// <summary>Whether certificates that nobody registered are let in when an authority of <c>Tls:ClientCaFile</c> issued them.</summary>
    public bool AllowsUnregistered { get; set; }
}
