using System.Text.Json.Serialization;

namespace Fairlead.Features.Import;

/// <summary>One line of an import: a thing with what belongs to it.</summary>
/// <param name="Thing">Name of the thing.</param>
/// <param name="Type">Name of its type.</param>
/// <param name="Attributes">Attributes.</param>
/// <param name="Groups">Thing groups that it shall be in.</param>
/// <param name="BillingGroup">Billing group.</param>
/// <param name="Csr">Certificate signing request, PEM, to be signed by the hub's authority.</param>
/// <param name="Certificate">Certificate, PEM, to be registered instead.</param>
/// <param name="Policies">Policies for the certificate; they exist already.</param>
internal sealed record ImportLine(
    string? Thing, string? Type, Dictionary<string, string>? Attributes, string[]? Groups, string? BillingGroup, string? Csr, string? Certificate,
    string[]? Policies);

/// <summary>What became of a line.</summary>
/// <param name="Thing">Name of the thing, as it came.</param>
/// <param name="Result"><c>created</c>, <c>exists</c> or <c>failed</c>.</param>
/// <param name="CertificateId">Its certificate.</param>
/// <param name="CertificatePem">The same in full, when the hub signed it now.</param>
/// <param name="Code">Name of the error.</param>
/// <param name="Message">Why it failed.</param>
internal sealed record ImportResult(
    string? Thing, string Result, string? CertificateId = null, string? CertificatePem = null, string? Code = null, string? Message = null);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ImportLine))]
[JsonSerializable(typeof(ImportResult))]
internal sealed partial class ImportJson : JsonSerializerContext;
