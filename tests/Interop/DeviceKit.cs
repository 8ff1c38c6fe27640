using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Fairlead.Shared;

namespace Fairlead.Interop;

/// <summary>What a device connects with: its certificate, private key and the hub's root.</summary>
/// <param name="Certificate">PEM file.</param>
/// <param name="PrivateKey">PEM file.</param>
/// <param name="RootCa">PEM file.</param>
public sealed record DeviceKit(string Certificate, string PrivateKey, string RootCa)
{
    private const string AllowEverything = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}""";
    private const string PolicyName = "device-kit-everything";

    /// <summary>Lower-case hexadecimal SHA-256 of the certificate's DER: the name of its holder.</summary>
    public string CertificateId
    {
        get
        {
            using var certificate = X509Certificate2.CreateFromPem(File.ReadAllText(Certificate));
            return Convert.ToHexStringLower(SHA256.HashData(certificate.RawData));
        }
    }

    /// <summary>Makes key and certificate by the hub's API, as its administrator.</summary>
    /// <param name="name">Name of the files.</param>
    /// <param name="hub">A hub with an <c>http://</c> listener.</param>
    /// <param name="folder">Where to.</param>
    /// <param name="mayEverything">Whether a policy that allows everything is attached; without one the device may do nothing.</param>
    public static async Task<DeviceKit> IssueAsync(string name, HubProcess hub, string folder, bool mayEverything = true)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = hub.Http };
        var token = (await File.ReadAllTextAsync(Path.Combine(hub.DataDirectory, "admin.token"))).Trim();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await http.PostAsync("/keys-and-certificate?setAsActive=true", null);
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
        using var made = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        var root = made.RootElement;
        var kit = new DeviceKit(
            Path.Combine(folder, $"{name}.cert.pem"), Path.Combine(folder, $"{name}.private.key"), Path.Combine(hub.DataDirectory, "pki", "ca.cert.pem"));
        await File.WriteAllTextAsync(kit.Certificate, root.GetProperty("certificatePem").GetString());
        await File.WriteAllTextAsync(kit.PrivateKey, root.GetProperty("keyPair").GetProperty(nameof(PrivateKey)).GetString());
        if (mayEverything) await AllowEverythingAsync(http, root.GetProperty("certificateArn").GetString()!);
        return kit;
    }

    private static async Task AllowEverythingAsync(HttpClient http, string target)
    {
        using var created = await http.PostAsync($"/policies/{PolicyName}", Json(new { policyDocument = AllowEverything }));
        // There already when this hub has given out another kit.
        if ((int)created.StatusCode != 409) created.IsSuccessStatusCode.ShouldBeTrue(await created.Content.ReadAsStringAsync());
        using var attached = await http.PutAsync($"/target-policies/{PolicyName}", Json(new { target }));
        attached.IsSuccessStatusCode.ShouldBeTrue(await attached.Content.ReadAsStringAsync());
    }

    private static StringContent Json(object body) => new(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");
}
