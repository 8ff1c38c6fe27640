using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Fairlead.Broker.Connections;
using Fairlead.Broker.Durability;
using Fairlead.Features;
using Fairlead.Features.Certificates;
using Fairlead.Features.Documents;
using Fairlead.Features.IotHub;
using Fairlead.Features.IotHub.Credentials;
using Fairlead.Features.IotHub.Identities;
using Fairlead.Features.Registry;
using Fairlead.Shared;
using Fairlead.Unit.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;

namespace Fairlead.Unit.IotHub.Credentials;

/// <summary>Identities and what judges their credentials, on a clock that moves when it is told to.</summary>
internal sealed class CredentialStage : IAsyncDisposable
{
    private readonly StoreDirectory _directory = new();
    private readonly IBrokerStore _store;
    private readonly List<IDisposable> _certificates = [];
    private readonly HubRecords _records;

    public CredentialStage(Action<IotHubOptions>? settings = null)
    {
        settings?.Invoke(Options);
        _store = _directory.Open();
        _ = _store.Load();
        Context = new FeatureContext(new HubScope(), new DocumentStore(_store, TimeProvider.System), Clock, NullLoggerFactory.Instance);
        _records = new HubRecords(Context.Documents);
        var registry = new RegistryServices(Context, _records);
        Identities = new IdentityService(Context, _records, registry.Things);
        Policies = new HubPolicies(Context);
        Credentials = new HubCredentials(Context, Options, Policies, Identities, new CertificateProof(Context, _records, new CertificateIndex(_records)));
        Context.Documents.Load([]);
        Policies.Start();
    }

    public ManualClock Clock { get; } = new();

    public IotHubOptions Options { get; } = new();

    public FeatureContext Context { get; }

    public IdentityService Identities { get; }

    public HubPolicies Policies { get; }

    public HubCredentials Credentials { get; }

    public Identity Create(string device, string? module = null, IdentityContent? content = null)
    {
        lock (Context.Documents.Gate) return Identities.Create(new IdentityName(device, module), content ?? new IdentityContent());
    }

    public Identity Update(string device, IdentityContent content)
    {
        lock (Context.Documents.Gate) return Identities.Update(new IdentityName(device), content, null);
    }

    /// <summary>A token that ends so long after now.</summary>
    public string Token(string resource, string key, string? policy = null, int seconds = 3600)
    {
        string expiry = (Clock.GetUtcNow().ToUnixTimeSeconds() + seconds).ToString(CultureInfo.InvariantCulture);
        byte[] signature = HMACSHA256.HashData(Convert.FromBase64String(key), Encoding.UTF8.GetBytes($"{resource}\n{expiry}"));
        return $"SharedAccessSignature sr={resource}&sig={Uri.EscapeDataString(Convert.ToBase64String(signature))}&se={expiry}" + (policy is null ? "" : $"&skn={policy}");
    }

    /// <summary>The grant of a token that must be good.</summary>
    public HubGrant Grant(string token)
    {
        Credentials.TryCheckToken(token, out var grant, out var error).ShouldBeTrue(error?.ToString());
        return grant!;
    }

    /// <summary>The number of the refusal of a token that must not be.</summary>
    public int Refusal(string token)
    {
        Credentials.TryCheckToken(token, out _, out var error).ShouldBeFalse();
        return error!.Code;
    }

    /// <summary>A certificate; self-signed without an issuer.</summary>
    public X509Certificate2 Certificate(string name, X509Certificate2? issuer = null, bool isAuthority = false, int days = 30)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, false, 0, true));
        var now = Clock.GetUtcNow();
        X509Certificate2 made;
        if (issuer is null)
        {
            made = request.CreateSelfSigned(now.AddDays(-days - 1), now.AddDays(days));
        }
        else
        {
            // By the key alone, so that a certificate that is no authority can sign one too.
            using var signer = issuer.GetECDsaPrivateKey()!;
            using var bare = request.Create(issuer.SubjectName, X509SignatureGenerator.CreateForECDsa(signer), now.AddDays(-1), now.AddDays(days), RandomNumberGenerator.GetBytes(8));
            made = bare.CopyWithPrivateKey(key);
        }

        _certificates.Add(made);
        return made;
    }

    /// <summary>Registers an authority.</summary>
    public void Register(X509Certificate2 authority, bool isActive = true)
    {
        string id = Convert.ToHexStringLower(SHA256.HashData(authority.RawData));
        lock (Context.Documents.Gate) _records.CaCertificates.Save(id, new CaCertificate(id, authority.RawData, isActive, false, 0, 0));
    }

    /// <summary>The number of the refusal of a certificate; 0 when it is good.</summary>
    public int Judge(string device, params X509Certificate2[] chain)
    {
        var peer = new PeerCertificates([.. chain.Select(static one => (ReadOnlyMemory<byte>)one.RawData)]);
        return Credentials.TryCheckCertificate(peer, new IdentityName(device), out var grant, out var error)
            ? grant.Covers(new IdentityName(device)) && grant.IsCertificate ? 0 : -1
            : error.Code;
    }

    public async ValueTask DisposeAsync()
    {
        _certificates.ForEach(static one => one.Dispose());
        await _store.DisposeAsync();
        _directory.Dispose();
    }
}
