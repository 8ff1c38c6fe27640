using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Fairlead.Load.Brokers;

// Our own hub's HTTP API, as an administrator on this machine.
internal sealed class HubApi : IDisposable
{
    private readonly HttpClient _http;

    internal HubApi(int port, string data)
    {
        _http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", File.ReadAllText(Path.Combine(data, "admin.token")).Trim());
    }

    public void Dispose() => _http.Dispose();

    internal JsonNode Call(HttpMethod method, string target, JsonNode? body = null)
    {
        string text = Send(method, target, body?.ToJsonString());
        return text.Length == 0 ? new JsonObject() : JsonNode.Parse(text) ?? throw new JsonException("an empty answer");
    }

    internal string Send(HttpMethod method, string target, string? body)
    {
        using var request = new HttpRequestMessage(method, target);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = _http.Send(request);
        using var reader = new StreamReader(answer.Content.ReadAsStream());
        string text = reader.ReadToEnd();
        if (answer.StatusCode != HttpStatusCode.OK)
            throw new BenchException($"{method} {target}: {(int)answer.StatusCode} {text}");
        return text;
    }

    // A body that comes bit by bit.
    internal Stream Open(string target)
    {
        HttpResponseMessage answer = _http.Send(new HttpRequestMessage(HttpMethod.Get, target), HttpCompletionOption.ResponseHeadersRead);
        return answer.StatusCode == HttpStatusCode.OK ? answer.Content.ReadAsStream() : throw new BenchException($"GET {target}: {(int)answer.StatusCode}");
    }

    // A registered, active certificate whose policy lets it connect and use its own topics.
    internal X509Certificate2 CreateDevice(string name)
    {
        const string Document = """
            {"Version":"2012-10-17","Statement":[
              {"Effect":"Allow","Action":"iot:Connect","Resource":"arn:aws:iot:us-east-1:123456789012:client/${iot:ClientId}"},
              {"Effect":"Allow","Action":["iot:Publish","iot:Receive"],"Resource":"arn:aws:iot:us-east-1:123456789012:topic/${iot:ClientId}/*"}]}
            """;
        (string request, System.Security.Cryptography.ECDsa key) = DeviceIdentity.CreateRequest($"CN={name}");
        using (key)
        {
            JsonNode made = Call(HttpMethod.Post, "/certificates?setAsActive=true", new JsonObject { ["certificateSigningRequest"] = request });
            Call(HttpMethod.Post, "/policies/bench", new JsonObject { ["policyDocument"] = Document });
            Call(HttpMethod.Put, "/target-policies/bench", new JsonObject { ["target"] = (string)made["certificateArn"]! });
            using var bare = X509Certificate2.CreateFromPem((string)made["certificatePem"]!);
            return bare.CopyWithPrivateKey(key);
        }
    }
}
