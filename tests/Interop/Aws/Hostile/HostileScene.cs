using System.Globalization;
using System.Text;

namespace Fairlead.Interop.Aws.Hostile;

/// <summary>A hub under hostile requests, with a look at everything that they could have written.</summary>
public sealed class HostileScene(AwsHub hub)
{
    private static readonly string[] Lists =
        ["/things", "/thing-types", "/thing-groups", "/billing-groups", "/policies", "/certificates", "/cacertificates", "/v1/keys", "/event-configurations", "/indexing/config"];

    /// <summary>A request as an administrator would send it.</summary>
    public SignedRequest Signed(string method, string target, string body = "") => new(method, target)
    {
        Body = Encoding.UTF8.GetBytes(body),
        Host = $"localhost:{hub.Https.Port.ToString(CultureInfo.InvariantCulture)}",
        KeyId = hub.Login.AccessKey,
        Secret = hub.Login.SecretKey,
    };

    /// <summary>Signs a request and sends it with the bytes of its body.</summary>
    public Task<RawHttpAnswer> SendAsync(SignedRequest request) => SendAsync(request, request.Sign(), request.Target, request.Body);

    /// <summary>Sends what may have been changed after it was signed.</summary>
    public async Task<RawHttpAnswer> SendAsync(SignedRequest request, IDictionary<string, string> headers, string target, byte[] body)
    {
        await using var connection = await RawHttp.OpenAsync(hub.Https);
        await connection.SendAsync(request.Method, target, headers.Append(new("content-length", body.Length.ToString(CultureInfo.InvariantCulture))), body);
        return await connection.ReadAsync() ?? throw new InvalidOperationException($"no answer to {request.Method} {target}");
    }

    /// <summary>Everything that is there.</summary>
    public async Task<string> LookAsync()
    {
        var all = new StringBuilder();
        foreach (var list in Lists) all.Append(list).Append(' ').AppendLine(await hub.Administrator.GetStringAsync(list));
        return all.ToString();
    }
}
