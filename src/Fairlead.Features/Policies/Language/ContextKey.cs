namespace Fairlead.Features.Policies.Language;

/// <summary>What a policy variable or condition key stands for (spec/aws-registry-and-policies, sections 16.1 and 17).</summary>
internal enum ContextKeyKind
{
    /// <summary>A key of one request, such as <c>iot:Topic</c>; also every name that nobody knows.</summary>
    Request,

    /// <summary><c>iot:ClientId</c>.</summary>
    ClientId,

    /// <summary><c>aws:SourceIp</c>.</summary>
    SourceIp,

    /// <summary><c>iot:CertificateId</c>.</summary>
    CertificateId,

    /// <summary><c>iot:Connection.Thing.ThingName</c>.</summary>
    ThingName,

    /// <summary><c>iot:Connection.Thing.ThingTypeName</c>.</summary>
    ThingTypeName,

    /// <summary><c>iot:Connection.Thing.Attributes[name]</c>.</summary>
    ThingAttribute,

    /// <summary><c>iot:Connection.Thing.IsAttached</c>.</summary>
    IsAttached,

    /// <summary><c>iot:Certificate....</c>.</summary>
    Certificate,

    /// <summary><c>iot:ConnectAttributes</c>.</summary>
    ConnectAttributes,

    /// <summary><c>iot:LastWillTopic</c>.</summary>
    LastWillTopic,

    /// <summary><c>iot:DomainName</c>.</summary>
    DomainName,

    /// <summary><c>aws:CurrentTime</c>.</summary>
    CurrentTime,

    /// <summary><c>aws:EpochTime</c>.</summary>
    EpochTime,

    /// <summary><c>aws:SecureTransport</c>.</summary>
    SecureTransport,
}

/// <summary>A policy variable or condition key, understood once when its document is compiled.</summary>
/// <param name="Kind">What it stands for.</param>
/// <param name="Name">The name as the document writes it; missing values are reported under it.</param>
/// <param name="Part">Name of the attribute, or of the certificate's field without its suffix; empty for others.</param>
/// <param name="Index">Which value of a certificate's field: 0 for the first, <see cref="All"/> for the whole list.</param>
internal sealed record ContextKey(ContextKeyKind Kind, string Name, string Part = "", int Index = 0)
{
    /// <summary><see cref="Index"/> of a <c>.List</c>.</summary>
    public const int All = -1;

    private const string CertificatePrefix = "iot:Certificate.";

    private static readonly Dictionary<string, ContextKeyKind> Fixed = new(StringComparer.Ordinal)
    {
        ["iot:ClientId"] = ContextKeyKind.ClientId,
        ["aws:SourceIp"] = ContextKeyKind.SourceIp,
        ["iot:CertificateId"] = ContextKeyKind.CertificateId,
        ["iot:Connection.Thing.ThingName"] = ContextKeyKind.ThingName,
        // In examples of AWS without "Connection." (section 16.1).
        ["iot:Thing.ThingName"] = ContextKeyKind.ThingName,
        ["iot:Connection.Thing.ThingTypeName"] = ContextKeyKind.ThingTypeName,
        ["iot:Connection.Thing.IsAttached"] = ContextKeyKind.IsAttached,
        ["iot:ConnectAttributes"] = ContextKeyKind.ConnectAttributes,
        ["iot:LastWillTopic"] = ContextKeyKind.LastWillTopic,
        ["iot:DomainName"] = ContextKeyKind.DomainName,
        ["aws:CurrentTime"] = ContextKeyKind.CurrentTime,
        ["aws:EpochTime"] = ContextKeyKind.EpochTime,
        ["aws:SecureTransport"] = ContextKeyKind.SecureTransport,
    };

    private static readonly Dictionary<string, string> AnyCase = Fixed.Keys.ToDictionary(static name => name, StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether its value changes with the clock alone, so that no decision that read it may be remembered.</summary>
    public bool ReadsClock => Kind is ContextKeyKind.CurrentTime or ContextKeyKind.EpochTime;

    /// <summary>Understands the name of a variable; upper and lower case matter (section 16).</summary>
    public static ContextKey OfVariable(string name)
    {
        if (Fixed.TryGetValue(name, out var kind)) return new ContextKey(kind, name);
        if (name.StartsWith(CertificatePrefix, StringComparison.Ordinal)) return OfCertificate(name);
        const string attribute = "iot:Connection.Thing.Attributes[";
        if (name.StartsWith(attribute, StringComparison.Ordinal) && name.EndsWith(']'))
            return new ContextKey(ContextKeyKind.ThingAttribute, name, name[attribute.Length..^1]);
        return new ContextKey(ContextKeyKind.Request, name);
    }

    /// <summary>Understands a condition key; IAM takes those in any case.</summary>
    public static ContextKey OfCondition(string name) => OfVariable(AnyCase.GetValueOrDefault(name, name)) with { Name = name };

    // iot:Certificate.Subject.Organization, ...Organization.1, ...Organization.List
    private static ContextKey OfCertificate(string name)
    {
        var field = name[CertificatePrefix.Length..];
        var dot = field.LastIndexOf('.');
        if (dot < 0) return new ContextKey(ContextKeyKind.Certificate, name, field, field == "AvailableKeys" ? All : 0);
        var suffix = field[(dot + 1)..];
        if (suffix == "List") return new ContextKey(ContextKeyKind.Certificate, name, field[..dot], All);
        return suffix.Length is 1 or 2 && int.TryParse(suffix, System.Globalization.NumberStyles.None, null, out var index)
            ? new ContextKey(ContextKeyKind.Certificate, name, field[..dot], index)
            : new ContextKey(ContextKeyKind.Certificate, name, field);
    }
}
