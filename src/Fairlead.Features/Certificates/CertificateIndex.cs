using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Security.Cryptography.X509Certificates;

namespace Fairlead.Features.Certificates;

/// <summary>Where to look certificates up by something else than their id. Kept by the tables' changes, under the gate.</summary>
internal sealed class CertificateIndex
{
    private const long Day = 24 * 60 * 60 * 1000;
    private static readonly CreationOrder Nothing = new();

    private readonly Dictionary<string, CreationOrder> _byCa = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ImmutableArray<Issuer>> _bySubject = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<long, int> _endings = new();
    private int _autoRegistering;

    /// <summary>Follows the tables.</summary>
    public CertificateIndex(HubRecords records)
    {
        records.Certificates.Changed += OnCertificate;
        records.CaCertificates.Changed += OnCa;
    }

    /// <summary>Certificates that lists show.</summary>
    public CreationOrder Certificates { get; } = new();

    /// <summary>Provisioning claims.</summary>
    public CreationOrder Temporary { get; } = new();

    /// <summary>Whether some CA registers unknown certificates that it issued. Takes no lock.</summary>
    public bool HasAutoRegistering => Volatile.Read(ref _autoRegistering) > 0;

    /// <summary>CA certificates.</summary>
    public CreationOrder CaCertificates { get; } = new();

    /// <summary>Certificates that a registered CA issued.</summary>
    public CreationOrder IssuedBy(string caId) => _byCa.GetValueOrDefault(caId, Nothing);

    /// <summary>Registered CAs with this subject. Takes no lock.</summary>
    public ImmutableArray<Issuer> WithSubject(X500DistinguishedName subject) =>
        _bySubject.TryGetValue(KeyOf(subject), out var found) ? found : [];

    /// <summary>Active certificates that end within so many days or have ended. Takes no lock.</summary>
    public long CountEnding(long now, int days)
    {
        long count = 0;
        foreach (var (day, certificates) in _endings)
        {
            if (day <= (now / Day) + days) count += certificates;
        }

        return count;
    }

    private static string KeyOf(X500DistinguishedName subject) => Convert.ToBase64String(subject.RawData);

    private void OnCertificate(string id, DeviceCertificate? before, DeviceCertificate? after)
    {
        if (before is { Status: CertificateStatus.Active }) _endings.AddOrUpdate(before.NotAfter / Day, 0, static (_, count) => count - 1);
        if (after is { Status: CertificateStatus.Active }) _endings.AddOrUpdate(after.NotAfter / Day, 1, static (_, count) => count + 1);
        if (before is null == after is null) return; // only its status changed
        var certificate = (before ?? after)!;
        Move(certificate.IsTemporary ? Temporary : Certificates, certificate.CreatedAt, id, after is not null);
        if (certificate.CaId is not { } ca) return;
        if (!_byCa.TryGetValue(ca, out var issued)) _byCa[ca] = issued = new CreationOrder();
        Move(issued, certificate.CreatedAt, id, after is not null);
        if (issued.IsEmpty) _byCa.Remove(ca);
    }

    private void OnCa(string id, CaCertificate? before, CaCertificate? after)
    {
        if (before is { IsActive: true, AutoRegisters: true }) _autoRegistering--;
        if (after is { IsActive: true, AutoRegisters: true }) _autoRegistering++;
        if (before is null == after is null) return;
        var ca = (before ?? after)!;
        Move(CaCertificates, ca.CreatedAt, id, after is not null);
        if (ParsedCertificate.TryParse(ca.Der) is not { } parsed) return;
        var key = KeyOf(parsed.Subject);
        var known = _bySubject.GetValueOrDefault(key, []).RemoveAll(issuer => issuer.CaId == id);
        if (after is not null) known = known.Add(new Issuer(id, parsed.Subject, parsed.Key));
        if (known.IsEmpty) _bySubject.TryRemove(key, out _);
        else _bySubject[key] = known;
    }

    private static void Move(CreationOrder order, long createdAt, string id, bool isNew)
    {
        if (isNew) order.Add(createdAt, id);
        else order.Remove(createdAt, id);
    }

    /// <summary>A registered CA, ready to verify with.</summary>
    /// <param name="CaId">Its id.</param>
    /// <param name="Subject">Its subject.</param>
    /// <param name="Key">Its public key.</param>
    internal sealed record Issuer(string CaId, X500DistinguishedName Subject, PublicKey Key);
}
