using System.Text.Json;
using System.Text.Json.Serialization;
using Fairlead.Features.Api;
using Fairlead.Features.Certificates;
using Fairlead.Features.Functions;

namespace Fairlead.Features.Provisioning;

/// <summary>
/// Asks the function of a template whether a device may be provisioned, and with which parameters (spec/aws-registry-and-policies, section
/// 11.2). No answer is a no.
/// </summary>
internal sealed class PreProvisioningHook(FunctionCaller functions)
{
    private const int MostParameters = 128;
    private const int LongestParameter = 4_096;

    /// <summary>Asks.</summary>
    /// <param name="function">The function.</param>
    /// <param name="question">The event.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Parameters that replace those of the device.</returns>
    /// <exception cref="ApiException">It says no, or fails.</exception>
    public async Task<IReadOnlyDictionary<string, string>> AskAsync(string function, HookEventDocument question, CancellationToken cancellationToken)
    {
        var payload = JsonSerializer.SerializeToUtf8Bytes(question, HookJson.Default.HookEventDocument);
        var answer = await functions.CallAsync(function, payload, cancellationToken).ConfigureAwait(false);
        if (answer.Failure is { } failure) throw new ApiException(500, "InternalFailureException", $"the pre-provisioning hook failed: {failure}");
        HookAnswerDocument? said;
        try
        {
            said = JsonSerializer.Deserialize(answer.Body.Span, HookJson.Default.HookAnswerDocument);
        }
        catch (JsonException)
        {
            said = null;
        }

        if (said?.AllowProvisioning is not { } allows)
            throw new ApiException(500, "InternalFailureException", "the pre-provisioning hook failed: its answer has no boolean allowProvisioning");
        if (!allows) throw new ApiException(403, "AccessDeniedException", "the pre-provisioning hook does not allow it");
        var overrides = said.ParameterOverrides ?? [];
        CheckParameters(overrides);
        return overrides;
    }

    /// <summary>Refuses parameters that nobody may give.</summary>
    public static void CheckParameters(IReadOnlyDictionary<string, string> parameters)
    {
        if (parameters.Count > MostParameters) throw ApiException.InvalidRequest($"there are more than {MostParameters} parameters");
        foreach (var (name, value) in parameters)
        {
            if (name.StartsWith(ProvisioningTexts.Reserved, StringComparison.Ordinal)) throw ApiException.InvalidRequest($"the parameter {name} is the hub's to set");
            if (value is null || value.Length > LongestParameter) throw ApiException.InvalidRequest($"the parameter {name} is not a text of at most {LongestParameter} characters");
        }
    }
}

/// <summary>What a hook is sent.</summary>
internal sealed record HookEventDocument(
    string? ClaimCertificateId, string CertificateId, string CertificatePem, string TemplateArn, string ClientId, IReadOnlyDictionary<string, string> Parameters)
{
    /// <summary>The event about a certificate.</summary>
    public static HookEventDocument For(
        DeviceCertificate certificate, string templateArn, string clientId, Broker.Security.Principal principal, IReadOnlyDictionary<string, string> parameters) =>
        new(principal.Kind is CertificatePrincipal.Kind or ClaimConnect.Kind ? principal.Id : null, certificate.Id, PemText.Certificate(certificate.Der), templateArn, clientId, parameters);
}

/// <summary>What it answers.</summary>
internal sealed record HookAnswerDocument(bool? AllowProvisioning, Dictionary<string, string>? ParameterOverrides);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(HookEventDocument))]
[JsonSerializable(typeof(HookAnswerDocument))]
internal sealed partial class HookJson : JsonSerializerContext;
