using System.Text.Json;
using Fairlead.Features.Rules.Actions;
using Fairlead.Features.Rules.Sql;

namespace Fairlead.Targets.Http;

/// <summary>The http action as its author wrote it (spec/aws-rules, sections 7.1 and 7.2).</summary>
internal sealed class HttpDefinition
{
    private const int LongestUrl = 2000;
    private const int MostHeaders = 100;
    private const int LongestHeaderName = 256;

    private HttpDefinition(RuleTemplate url, IReadOnlyList<KeyValuePair<string, RuleTemplate>> headers) => (Url, Headers) = (url, headers);

    /// <summary>Where to.</summary>
    public RuleTemplate Url { get; }

    /// <summary>Headers with the templates of their values.</summary>
    public IReadOnlyList<KeyValuePair<string, RuleTemplate>> Headers { get; }

    /// <summary>Region and service that requests are signed for; null for unsigned ones.</summary>
    public (string Region, string Service)? Signing { get; private init; }

    /// <summary>How messages become one request; null for a request each.</summary>
    public HttpBatching? Batching { get; private init; }

    /// <summary>Reads the definition.</summary>
    public static HttpDefinition Read(JsonElement definition, ActionSetup setup)
    {
        setup.Only(definition, "url", "confirmationUrl", "headers", "auth", "enableBatching", "batchConfig");
        var url = setup.Template(definition, "url", LongestUrl);
        var confirmation = setup.OptionalTemplate(definition, "confirmationUrl", LongestUrl);
        if (confirmation is null && !url.IsLiteral) throw setup.Fault("confirmationUrl is missing: a url with templates needs one");
        if (confirmation is { IsLiteral: true } && url.IsLiteral && !url.Text.StartsWith(confirmation.Text, StringComparison.Ordinal))
            throw setup.Fault("url must begin with confirmationUrl");
        return new HttpDefinition(url, ReadHeaders(definition, setup)) { Signing = ReadSigning(definition, setup), Batching = ReadBatching(definition, setup) };
    }

    private static List<KeyValuePair<string, RuleTemplate>> ReadHeaders(JsonElement definition, ActionSetup setup)
    {
        var headers = new List<KeyValuePair<string, RuleTemplate>>();
        foreach (var entry in setup.List(definition, "headers", 0, MostHeaders))
        {
            setup.Only(entry, "key", "value");
            var name = setup.Text(entry, "key", LongestHeaderName);
            if (!name.All(static unit => char.IsAsciiLetterOrDigit(unit) || "!#$%&'*+-.^_`|~".Contains(unit, StringComparison.Ordinal)))
                throw setup.Fault("headers: key must be the name of an HTTP header");
            if (IsOurs(name)) throw setup.Fault($"headers: {name} is set by the hub");
            headers.Add(KeyValuePair.Create(name, setup.Parse(setup.OptionalText(entry, "value") ?? throw setup.Fault("headers: value is missing"), "headers")));
        }

        return headers;
    }

    // These frame the request or name its place: a rule must not smuggle one request into another.
    private static bool IsOurs(string name) =>
        name.ToLowerInvariant() is "host" or "content-length" or "transfer-encoding" or "connection" or "upgrade" or "te" or "trailer" or "expect";

    private static (string Region, string Service)? ReadSigning(JsonElement definition, ActionSetup setup)
    {
        if (!setup.TryObject(definition, "auth", out var auth)) return null;
        setup.Only(auth, "sigv4");
        if (!setup.TryObject(auth, "sigv4", out var signing)) return null;
        setup.Only(signing, "signingRegion", "serviceName", "roleArn");
        setup.Text(signing, "roleArn");
        return (setup.Text(signing, "signingRegion", 64), setup.Text(signing, "serviceName", 64));
    }

    private static HttpBatching? ReadBatching(JsonElement definition, ActionSetup setup)
    {
        var enabled = setup.Flag(definition, "enableBatching");
        var batching = new HttpBatching(TimeSpan.FromMilliseconds(20), 10, 5120, AcrossTopics: false);
        if (setup.TryObject(definition, "batchConfig", out var limits))
        {
            setup.Only(limits, "maxBatchOpenMs", "maxBatchSize", "maxBatchSizeBytes", "batchAcrossTopics");
            batching = new HttpBatching(
                TimeSpan.FromMilliseconds(setup.Number(limits, "maxBatchOpenMs", 5, 200, 20)), setup.Number(limits, "maxBatchSize", 2, 10, 10),
                setup.Number(limits, "maxBatchSizeBytes", 100, 131_072, 5120), setup.Flag(limits, "batchAcrossTopics"));
        }

        return enabled ? batching : null;
    }
}
