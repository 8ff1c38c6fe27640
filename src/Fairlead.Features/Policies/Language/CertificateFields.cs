using System.Collections.Immutable;
using System.Formats.Asn1;
using System.Net;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fairlead.Features.Certificates;

namespace Fairlead.Features.Policies.Language;

/// <summary>What policies may ask of a certificate: subject, issuer, their alternative names and the serial number (section 16.1).</summary>
internal sealed class CertificateFields
{
    /// <summary>More values of one field are not looked at.</summary>
    private const int MostValues = 5;

    private const string SubjectAlternativeName = "2.5.29.17";
    private const string IssuerAlternativeName = "2.5.29.18";

    private static readonly Dictionary<string, string> Attributes = new(StringComparer.Ordinal)
    {
        ["2.5.4.3"] = "CommonName",
        ["2.5.4.4"] = "Surname",
        ["2.5.4.5"] = "SerialNumber",
        ["2.5.4.6"] = "Country",
        ["2.5.4.8"] = "State",
        ["2.5.4.10"] = "Organization",
        ["2.5.4.11"] = "OrganizationalUnit",
        ["2.5.4.12"] = "Title",
        ["2.5.4.42"] = "GivenName",
        ["2.5.4.43"] = "Initials",
        ["2.5.4.44"] = "GenerationQualifier",
        ["2.5.4.46"] = "DistinguishedNameQualifier",
        ["2.5.4.65"] = "Pseudonym",
    };

    private static readonly ConditionalWeakTable<DeviceCertificate, CertificateFields> OfRecords = [];

    private readonly Dictionary<string, ImmutableArray<string>> _fields = new(StringComparer.Ordinal);

    private CertificateFields()
    {
    }

    /// <summary>Fields of a registered certificate: read when a policy asks for them first.</summary>
    public static CertificateFields Of(DeviceCertificate certificate) => OfRecords.GetValue(certificate, static record => Read(record.Der));

    /// <summary>Reads a certificate; what is malformed in it is left out.</summary>
    public static CertificateFields Read(ReadOnlySpan<byte> der)
    {
        var fields = new CertificateFields();
        try
        {
            using var certificate = X509CertificateLoader.LoadCertificate(der);
            fields.AddName("Subject.", certificate.SubjectName.RawData);
            fields.AddName("Issuer.", certificate.IssuerName.RawData);
            foreach (var extension in certificate.Extensions)
            {
                if (extension.Oid?.Value == SubjectAlternativeName) fields.AddAlternatives("Subject.AlternativeName.", extension.RawData);
                if (extension.Oid?.Value == IssuerAlternativeName) fields.AddAlternatives("Issuer.AlternativeName.", extension.RawData);
            }

            fields.Add("SerialNumber", certificate.SerialNumber);
        }
        catch (CryptographicException)
        {
            // No certificate: all of its variables stay unresolved.
        }

        var names = fields._fields.Keys.Select(static name => $"iot:Certificate.{name}").Order(StringComparer.Ordinal);
        fields._fields["AvailableKeys"] = [.. names];
        return fields;
    }

    /// <summary>The value of a field; nothing when there is none at that place.</summary>
    /// <param name="field">Such as <c>Subject.Organization</c>.</param>
    /// <param name="index">0 for the first, <see cref="ContextKey.All"/> for the list.</param>
    public ContextValue Find(string field, int index)
    {
        var values = _fields.GetValueOrDefault(field, []);
        if (index == ContextKey.All) return ContextValue.Of(values);
        return ContextValue.Of(index < values.Length ? values[index] : null);
    }

    private static IEnumerable<(string Name, string Value)> ReadName(ReadOnlyMemory<byte> der)
    {
        var name = new AsnReader(der, AsnEncodingRules.DER).ReadSequence();
        while (name.HasData)
        {
            var relative = name.ReadSetOf(skipSortOrderValidation: true);
            while (relative.HasData)
            {
                var attribute = relative.ReadSequence();
                var oid = attribute.ReadObjectIdentifier();
                var tag = attribute.PeekTag();
                if (tag.TagClass != TagClass.Universal || tag.IsConstructed) continue;
                yield return (Attributes.GetValueOrDefault(oid, oid), attribute.ReadCharacterString((UniversalTagNumber)tag.TagValue));
            }
        }
    }

    private void AddName(string prefix, byte[] der)
    {
        try
        {
            foreach (var (name, value) in ReadName(der))
            {
                if (Attributes.ContainsValue(name)) Add(prefix + name, value);
            }
        }
        catch (Exception exception) when (exception is AsnContentException or ArgumentException)
        {
            // The fields before the malformed one stay.
        }
    }

    // GeneralNames (RFC 5280, section 4.2.1.6)
    private void AddAlternatives(string prefix, byte[] der)
    {
        try
        {
            var names = new AsnReader(der, AsnEncodingRules.DER).ReadSequence();
            while (names.HasData)
            {
                var tag = names.PeekTag();
                switch (tag.TagValue)
                {
                    case 1:
                        Add(prefix + "RFC822Name", names.ReadCharacterString(UniversalTagNumber.IA5String, tag));
                        break;
                    case 2:
                        Add(prefix + "DNSName", names.ReadCharacterString(UniversalTagNumber.IA5String, tag));
                        break;
                    case 4:
                        Add(prefix + "DirectoryName", new X500DistinguishedName(names.ReadSequence(tag).ReadEncodedValue().Span).Name);
                        break;
                    case 6:
                        Add(prefix + "UniformResourceIdentifier", names.ReadCharacterString(UniversalTagNumber.IA5String, tag));
                        break;
                    case 7:
                        Add(prefix + "IPAddress", new IPAddress(names.ReadOctetString(tag)).ToString());
                        break;
                    default:
                        names.ReadEncodedValue();
                        break;
                }
            }
        }
        catch (Exception exception) when (exception is AsnContentException or ArgumentException or CryptographicException)
        {
            // The names before the malformed one stay.
        }
    }

    private void Add(string field, string value)
    {
        var values = _fields.GetValueOrDefault(field, []);
        if (values.Length < MostValues) _fields[field] = values.Add(value);
    }
}
