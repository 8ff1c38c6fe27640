using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Fairlead.Interop.Aws.DataPlane;

/// <summary>Keys and certificates with policies of a test's own, and curl to call the data plane with.</summary>
internal sealed class Identities(AwsHub hub) : IDisposable
{
    public const string Arn = "arn:aws:iot:us-east-1:123456789012";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fairlead-dp-");

    /// <summary>A policy that allows actions on resources.</summary>
    public static string Policy(params (string Action, string Resource)[] allowed) => JsonSerializer.Serialize(
        new { Version = "2012-10-17", Statement = allowed.Select(static one => new { Effect = "Allow", one.Action, one.Resource }) });

    /// <summary>An access key that may do what the statements say.</summary>
    public Task<AwsLogin> KeyAsync(params (string Effect, string Action, string Resource, object? Condition)[] statements) => KeyAsync(JsonSerializer.Serialize(new
    {
        Version = "2012-10-17",
        Statement = statements.Select(static one => one.Condition is null
            ? (object)new { one.Effect, one.Action, one.Resource }
            : new { one.Effect, one.Action, one.Resource, one.Condition }),
    }));

    /// <summary>An access key with a policy.</summary>
    public async Task<AwsLogin> KeyAsync(string policy, DateTimeOffset? expiresAt = null)
    {
        using var body = new StringContent(JsonSerializer.Serialize(new { policyDocument = policy, expiresAt }), Encoding.UTF8, "application/json");
        using var answer = await hub.Administrator.PostAsync(new Uri("/v1/keys", UriKind.Relative), body);
        var text = await answer.TextAsync();
        answer.IsSuccessStatusCode.ShouldBeTrue(text);
        using var key = JsonDocument.Parse(text);
        return hub.Login with { AccessKey = key.RootElement.GetProperty("id").GetString()!, SecretKey = key.RootElement.GetProperty("secret").GetString()! };
    }

    /// <summary>A certificate of the hub that may do so much.</summary>
    public async Task<DeviceKit> CertificateAsync(params (string Action, string Resource)[] allowed)
    {
        var kit = await DeviceKit.IssueAsync($"dp{Guid.NewGuid():N}", hub.Hub, _folder.FullName, mayEverything: false);
        var name = $"dp-{Guid.NewGuid():N}";
        await hub.JavaScript.IotAsync("CreatePolicy", new { policyName = name, policyDocument = Policy(allowed) });
        await hub.JavaScript.IotAsync("AttachPolicy", new { policyName = name, target = $"{Arn}:cert/{kit.CertificateId}" });
        return kit;
    }

    /// <summary>A file with this text, for tools that read one.</summary>
    public string FileOf(string text)
    {
        var path = Path.Combine(_folder.FullName, $"{Guid.NewGuid():N}.txt");
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Status and body of a request by curl, with a client certificate or without.</summary>
    public async Task<(int Status, string Body)> CurlAsync(DeviceKit? kit, string target, params string[] more)
    {
        Requirements.NeedProgram("curl");
        string[] identity = kit is null ? [] : ["--cert", kit.Certificate, "--key", kit.PrivateKey];
        var start = new ProcessStartInfo(
            "curl", ["--silent", "--show-error", "--noproxy", "*", "--cacert", hub.Ca, "--write-out", "\n%{http_code}", .. identity, .. more, $"{hub.Https}{target}"])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await process.WaitForExitAsync(deadline.Token);
        process.ExitCode.ShouldBe(0, await errors);
        var text = await output;
        var end = text.LastIndexOf('\n');
        return (int.Parse(text[(end + 1)..], CultureInfo.InvariantCulture), text[..end]);
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
