using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;

namespace Fairlead.Chaos.Records;

/// <summary>
/// One administrator who changes things, groups, certificates, policies and what belongs to what, all under names of its own, one request
/// at a time. It knows every fact that was acknowledged, and the one change of which nobody knows whether it happened.
/// </summary>
public sealed class RecordWriter(int number, Random random)
{
    private const string Document = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iot:*","Resource":"*"}]}""";
    private const string ArnOfCertificate = "arn:aws:iot:us-east-1:123456789012:cert/";

    private readonly Dictionary<string, string> _pems = [];
    private int _counter;

    /// <summary>Beginning of its names.</summary>
    public string Prefix { get; } = $"w{number.ToString(CultureInfo.InvariantCulture)}-";

    /// <summary>Ids of the certificates that it has used.</summary>
    public IEnumerable<string> Certificates => _pems.Keys;

    /// <summary>What was acknowledged.</summary>
    public SortedSet<string> Facts { get; private set; } = new(StringComparer.Ordinal);

    /// <summary>The change without an answer; null for none.</summary>
    public RecordChange? Unknown { get; private set; }

    /// <summary>Requests acknowledged.</summary>
    public int Acknowledged { get; private set; }

    /// <summary>Changes until the hub is gone.</summary>
    public async Task WriteUntilLostAsync(HttpClient http, Action acknowledged)
    {
        while (true)
        {
            var change = Next();
            Unknown = change;
            using var request = new HttpRequestMessage(new HttpMethod(change.Method), change.Target);
            if (change.Body is not null) request.Content = new StringContent(change.Body, Encoding.UTF8, "application/json");
            if (change.Principal is not null) request.Headers.Add("x-amzn-principal", change.Principal);
            HttpStatusCode status;
            string text;
            try
            {
                using var answer = await http.SendAsync(request);
                (status, text) = (answer.StatusCode, await answer.Content.ReadAsStringAsync());
            }
            catch (Exception lost) when (lost is HttpRequestException or IOException or OperationCanceledException)
            {
                return;
            }

            status.ShouldBe(HttpStatusCode.OK, $"{change}: {text}");
            Facts = change.Apply(Facts);
            Unknown = null;
            Acknowledged++;
            acknowledged();
        }
    }

    /// <summary>What the restarted hub has must be what was acknowledged, with or without the change that nobody knows of, but never a part of it.</summary>
    public void Check(IEnumerable<string> found, string because)
    {
        var there = new SortedSet<string>(found, StringComparer.Ordinal);
        var unknown = Unknown;
        Unknown = null;
        if (unknown is not null && there.SetEquals(unknown.Apply(Facts)))
        {
            Facts = unknown.Apply(Facts);
            return;
        }

        there.ShouldBe(Facts, $"{because}; writer {Prefix}, {Acknowledged} acknowledged, unanswered: {unknown}");
    }

    private static string Json(object document) => JsonSerializer.Serialize(document);

    private List<string[]> All(string kind) => [.. Facts.Select(static fact => fact.Split(' ')).Where(parts => parts[0] == kind)];

    private string Fresh(string kind) => $"{Prefix}{kind}{(++_counter).ToString(CultureInfo.InvariantCulture)}";

    private T Pick<T>(List<T> all) => all[random.Next(all.Count)];

    private RecordChange Next()
    {
        while (true)
        {
            if (Propose(random.Next(14)) is { } change) return change;
        }
    }

    private RecordChange? Propose(int kind) => kind switch
    {
        0 => CreateThing(),
        1 => UpdateThing(),
        2 => DeleteThing(),
        3 => RegisterCertificate(),
        4 => UpdateCertificate(),
        5 => DeleteCertificate(),
        6 => CreatePolicy(),
        7 => CreateVersion(),
        8 => DeletePolicy(),
        9 => AttachPolicy(),
        10 => DetachPolicy(),
        11 => AttachThing(),
        12 => DetachThing(),
        _ => MoveThing(),
    };

    private RecordChange? CreateThing()
    {
        if (All("thing").Count >= 6) return null;
        var name = Fresh("t");
        return new RecordChange("POST", $"/things/{name}", Json(new { attributePayload = new { attributes = new { n = "0" } } }), [], [$"thing {name} 0 1"]);
    }

    private RecordChange? UpdateThing()
    {
        if (All("thing") is not { Count: > 0 } things) return null;
        var thing = Pick(things);
        var value = (++_counter).ToString(CultureInfo.InvariantCulture);
        var version = int.Parse(thing[3], CultureInfo.InvariantCulture) + 1;
        return new RecordChange(
            "PATCH", $"/things/{thing[1]}", Json(new { attributePayload = new { attributes = new { n = value } } }), [string.Join(' ', thing)],
            [$"thing {thing[1]} {value} {version.ToString(CultureInfo.InvariantCulture)}"]);
    }

    // Goes with its memberships.
    private RecordChange? DeleteThing()
    {
        var free = All("thing").FindAll(thing => !All("principal").Exists(link => link[1] == thing[1]));
        if (free.Count < 2) return null;
        var gone = Pick(free);
        return new RecordChange("DELETE", $"/things/{gone[1]}", null, [.. All("member").Where(link => link[1] == gone[1]).Append(gone).Select(static parts => string.Join(' ', parts))], []);
    }

    private RecordChange? RegisterCertificate()
    {
        if (All("cert").Count >= 4) return null;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest($"CN={Fresh("c")}", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(9));
        var id = Convert.ToHexStringLower(SHA256.HashData(certificate.RawData));
        _pems[id] = certificate.ExportCertificatePem();
        return new RecordChange("POST", "/certificate/register-no-ca", Json(new { certificatePem = _pems[id], status = "ACTIVE" }), [], [$"cert {id} ACTIVE"]);
    }

    private RecordChange? UpdateCertificate()
    {
        if (All("cert") is not { Count: > 0 } certificates) return null;
        var certificate = Pick(certificates);
        var status = certificate[2] == "ACTIVE" ? "INACTIVE" : "ACTIVE";
        return new RecordChange("PUT", $"/certificates/{certificate[1]}?newStatus={status}", null, [string.Join(' ', certificate)], [$"cert {certificate[1]} {status}"]);
    }

    // Goes with the attachments of its policies.
    private RecordChange? DeleteCertificate()
    {
        var free = All("cert").FindAll(certificate => certificate[2] == "INACTIVE" && !All("principal").Exists(link => link[2] == certificate[1]));
        if (free.Count == 0) return null;
        var gone = Pick(free);
        return new RecordChange(
            "DELETE", $"/certificates/{gone[1]}?forceDelete=true", null,
            [.. All("attached").Where(link => link[2] == gone[1]).Append(gone).Select(static parts => string.Join(' ', parts))], []);
    }

    private RecordChange? CreatePolicy()
    {
        if (All("policy").Count >= 4) return null;
        var name = Fresh("p");
        return new RecordChange("POST", $"/policies/{name}", Json(new { policyDocument = Document }), [], [$"policy {name} 1 1"]);
    }

    private RecordChange? CreateVersion()
    {
        var growing = All("policy").FindAll(static policy => policy[3].Split(',').Length < 5);
        if (growing.Count == 0) return null;
        var policy = Pick(growing);
        var version = policy[3].Split(',').Length + 1;
        return new RecordChange(
            "POST", $"/policies/{policy[1]}/version?setAsDefault=true", Json(new { policyDocument = Document }), [string.Join(' ', policy)],
            [$"policy {policy[1]} {version.ToString(CultureInfo.InvariantCulture)} {policy[3]},{version.ToString(CultureInfo.InvariantCulture)}"]);
    }

    private RecordChange? DeletePolicy()
    {
        var free = All("policy").FindAll(policy => policy[3] == "1" && !All("attached").Exists(link => link[1] == policy[1]));
        if (free.Count == 0) return null;
        var gone = Pick(free);
        return new RecordChange("DELETE", $"/policies/{gone[1]}", null, [string.Join(' ', gone)], []);
    }

    private RecordChange? AttachPolicy()
    {
        if (All("policy") is not { Count: > 0 } policies || All("cert") is not { Count: > 0 } certificates) return null;
        var (policy, certificate) = (Pick(policies)[1], Pick(certificates)[1]);
        return new RecordChange("PUT", $"/target-policies/{policy}", Json(new { target = ArnOfCertificate + certificate }), [], [$"attached {policy} {certificate}"]);
    }

    private RecordChange? DetachPolicy()
    {
        if (All("attached") is not { Count: > 0 } links) return null;
        var link = Pick(links);
        return new RecordChange("POST", $"/target-policies/{link[1]}", Json(new { target = ArnOfCertificate + link[2] }), [string.Join(' ', link)], []);
    }

    private RecordChange? AttachThing()
    {
        if (All("thing") is not { Count: > 0 } things || All("cert") is not { Count: > 0 } certificates) return null;
        var (thing, certificate) = (Pick(things)[1], Pick(certificates)[1]);
        return new RecordChange("PUT", $"/things/{thing}/principals", null, [], [$"principal {thing} {certificate}"]) { Principal = ArnOfCertificate + certificate };
    }

    private RecordChange? DetachThing()
    {
        if (All("principal") is not { Count: > 0 } links) return null;
        var link = Pick(links);
        return new RecordChange("DELETE", $"/things/{link[1]}/principals", null, [string.Join(' ', link)], []) { Principal = ArnOfCertificate + link[2] };
    }

    // Out of one group and into the other, in one request: it must never be in both or, once in one, in none.
    private RecordChange? MoveThing()
    {
        if (All("thing") is not { Count: > 0 } things) return null;
        var thing = Pick(things)[1];
        var present = All("member").Find(link => link[1] == thing)?[2];
        var next = present == $"{Prefix}a" ? $"{Prefix}b" : $"{Prefix}a";
        return new RecordChange(
            "PUT", "/thing-groups/updateThingGroupsForThing",
            Json(new { thingName = thing, thingGroupsToAdd = new[] { next }, thingGroupsToRemove = present is null ? [] : new[] { present } }),
            present is null ? [] : [$"member {thing} {present}"], [$"member {thing} {next}"]);
    }
}
