using System.Net.Http.Headers;
using System.Text.Json;
using Fairlead.Shared;

namespace Fairlead.Chaos.Records;

/// <summary>Reads from the hub which facts there are, in the words of <see cref="RecordWriter"/>.</summary>
public static class RecordReader
{
    /// <summary>An administrator's client of the hub.</summary>
    public static async Task<HttpClient> ClientAsync(HubProcess hub)
    {
        var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = hub.Http, Timeout = RawMqttClient.Deadline };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (await File.ReadAllTextAsync(Path.Combine(hub.DataDirectory, "admin.token"))).Trim());
        return http;
    }

    /// <summary>All facts, whoever made them.</summary>
    public static async Task<IReadOnlyList<string>> FactsAsync(HttpClient http)
    {
        var facts = new List<string>();
        foreach (var thing in await ListAsync(http, "/things?maxResults=250", "things"))
        {
            var name = Text(thing, "thingName");
            facts.Add($"thing {name} {Text(thing.GetProperty("attributes"), "n")} {thing.GetProperty("version").GetInt64()}");
            foreach (var principal in await ListAsync(http, $"/things/{name}/principals", "principals")) facts.Add($"principal {name} {principal.GetString()!.Split('/')[1]}");
            foreach (var group in await ListAsync(http, $"/things/{name}/thing-groups", "thingGroups")) facts.Add($"member {name} {Text(group, "groupName")}");
        }

        foreach (var certificate in await ListAsync(http, "/certificates?pageSize=250", "certificates")) facts.Add($"cert {Text(certificate, "certificateId")} {Text(certificate, "status")}");
        foreach (var policy in await ListAsync(http, "/policies?pageSize=250", "policies"))
        {
            var name = Text(policy, "policyName");
            var versions = await ListAsync(http, $"/policies/{name}/version", "policyVersions");
            var numbers = versions.Select(static version => Text(version, "versionId")).Order(StringComparer.Ordinal);
            facts.Add($"policy {name} {Text(versions.Single(static version => version.GetProperty("isDefaultVersion").GetBoolean()), "versionId")} {string.Join(',', numbers)}");
            foreach (var target in await ListAsync(http, $"/policy-targets/{name}", "targets", HttpMethod.Post)) facts.Add($"attached {name} {target.GetString()!.Split('/')[1]}");
        }

        return facts;
    }

    private static async Task<IReadOnlyList<JsonElement>> ListAsync(HttpClient http, string target, string member, HttpMethod? method = null)
    {
        using var request = new HttpRequestMessage(method ?? HttpMethod.Get, target);
        using var answer = await http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        answer.IsSuccessStatusCode.ShouldBeTrue($"{target}: {text}");
        using var document = JsonDocument.Parse(text);
        foreach (var token in new[] { "nextToken", "nextMarker" }) document.RootElement.TryGetProperty(token, out _).ShouldBeFalse($"{target} has more pages than this reader reads");
        return [.. document.RootElement.GetProperty(member).EnumerateArray().Select(static element => element.Clone())];
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
