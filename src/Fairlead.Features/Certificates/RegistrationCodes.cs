using System.Security.Cryptography;
using Fairlead.Features.Api;
using Fairlead.Features.Documents;

namespace Fairlead.Features.Certificates;

/// <summary>The registration code: whoever registers a CA proves with it that the CA's key is at hand. Changed under the gate.</summary>
internal sealed class RegistrationCodes(DocumentStore documents)
{
    private const string Only = "current";
    private const int Digits = 64;

    private readonly RecordTable<RegistrationCode> _table = new(documents, "registration-code", CertificateJson.Default.RegistrationCode);

    /// <summary>The code in force; null when nobody has asked for one yet.</summary>
    public string? Current => _table.Find(Only)?.Code;

    /// <summary>The code in force, made when there is none.</summary>
    public string GetOrCreate()
    {
        if (Current is { } code) return code;
        code = RandomNumberGenerator.GetHexString(Digits, lowercase: true);
        _table.Save(Only, new RegistrationCode(code));
        return code;
    }

    /// <summary>Ends the code; the next request makes another.</summary>
    /// <exception cref="ApiException">404.</exception>
    public void Delete()
    {
        if (!_table.Remove(Only)) throw ApiException.NotFound("there is no registration code");
    }
}

/// <summary>The code that a verification certificate must name.</summary>
/// <param name="Code">64 hexadecimal digits.</param>
internal sealed record RegistrationCode(string Code);
