using System.Security.Cryptography;
using System.Text;
using Fairlead.Gateway.Configuration;
using Fairlead.Gateway.Upstream;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Fairlead.Gateway.Http;

/// <summary>Finds out by which credential a request comes (spec sections 1.1 and 9.2).</summary>
internal sealed class Credentials(GatewayOptions options, TimeProvider time)
{
    private const string TokenHeader = "sas_token";
    private const string KeyHeader = "X-Api-Key";

    /// <summary>Takes the credential of a request.</summary>
    /// <param name="context">Request.</param>
    /// <param name="deviceId">Device that it speaks for.</param>
    /// <param name="token">Token; null in policy mode.</param>
    /// <param name="refusal">Writes the refusal.</param>
    /// <returns>False with a refusal.</returns>
    public bool TryTake(HttpContext context, string deviceId, out SasToken? token, out Func<Task> refusal)
    {
        token = null;
        refusal = static () => Task.CompletedTask;
        string own = context.Request.Headers[TokenHeader].ToString().Trim();
        string standard = Standard(context.Request.Headers.Authorization);
        if (own.Length > 0 && standard.Length > 0 && own != standard)
        {
            refusal = () => Answer.ProblemAsync(context, 400, "TwoTokens", "sas_token and Authorization carry different tokens; send one");
            return false;
        }

        string text = own.Length > 0 ? own : standard;
        return text.Length > 0 ? TryTakeToken(context, deviceId, text, out token, out refusal) : TryTakePolicy(context, out refusal);
    }

    private bool TryTakeToken(HttpContext context, string deviceId, string text, out SasToken? token, out Func<Task> refusal)
    {
        token = null;
        string? fault = null;
        if (!SasToken.TryParse(text, out var parsed, out string problem)) fault = problem;
        else if (!parsed.Covers(options.HubHostName, deviceId)) fault = $"the token is not for device {deviceId} of {options.HubHostName}";
        else if (parsed.IsExpired(time.GetUtcNow())) fault = "the token is expired";
        if (fault is null)
        {
            token = parsed;
            refusal = static () => Task.CompletedTask;
            return true;
        }

        refusal = () => Answer.FaultAsync(context, new HubFault(HubFaultKind.Unauthorised, "token", fault));
        return false;
    }

    private bool TryTakePolicy(HttpContext context, out Func<Task> refusal)
    {
        refusal = static () => Task.CompletedTask;
        if (options.Policy is null)
        {
            refusal = () => Answer.ErrorAsync(context, "Shared access is not enabled");
            return false;
        }

        if (options.ApiKey is null || Matches(context.Request.Headers[KeyHeader], options.ApiKey)) return true;
        refusal = () => Answer.ProblemAsync(context, 401, "Unauthorized", $"requests without a device token need the gateway's key in {KeyHeader}");
        return false;
    }

    private static bool Matches(StringValues given, string key) => CryptographicOperations.FixedTimeEquals(
        SHA256.HashData(Encoding.UTF8.GetBytes(given.ToString())), SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    private static string Standard(StringValues authorization)
    {
        string text = authorization.ToString().Trim();
        return text.StartsWith("SharedAccessSignature ", StringComparison.OrdinalIgnoreCase) ? text : "";
    }
}
