using System.Globalization;
using Fairlead.Features.Api;
using Fairlead.Features.Rules.Destinations;
using Fairlead.Features.Tags;
using Fairlead.Protocols.Mqtt;

namespace Fairlead.Features.Rules;

/// <summary>The operations on topic rules (spec/aws-rules, section 1.1).</summary>
internal sealed class RuleOperations(FeatureContext context, RuleRecords records, RuleService service, DestinationOperations destinations)
{
    private const string One = "/rules/{ruleName}";
    private const int LargestPage = 10_000;
    private const int UsualPage = 100;

    /// <summary>The operations.</summary>
    public IEnumerable<ApiOperation> All =>
    [
        ApiOperation.Control("CreateTopicRule", "POST", One, CreateAsync, ArnOf),
        ApiOperation.Control("GetTopicRule", "GET", One, Get, ArnOf),
        ApiOperation.Control("ListTopicRules", "GET", "/rules", List),
        ApiOperation.Control("ReplaceTopicRule", "PATCH", One, ReplaceAsync, ArnOf),
        ApiOperation.Control("DeleteTopicRule", "DELETE", One, request => ChangeAsync(() => service.Delete(request.Label())), ArnOf),
        ApiOperation.Control("EnableTopicRule", "POST", One + "/enable", request => ChangeAsync(() => service.Switch(request.Label(), isOn: true)), ArnOf),
        ApiOperation.Control("DisableTopicRule", "POST", One + "/disable", request => ChangeAsync(() => service.Switch(request.Label(), isOn: false)), ArnOf),
    ];

    private string ArnOf(ApiRequest request) => service.ArnOf(request.Label());

    private async ValueTask<ApiResponse> CreateAsync(ApiRequest request)
    {
        RuleName.Check(request.Label());
        var payload = PayloadOf(request);
        var tags = TagsOf(request);
        var compiled = service.Compile(request.Label(), payload);
        return await SaveAsync(request, () => service.Create(compiled, payload, tags)).ConfigureAwait(false);
    }

    private async ValueTask<ApiResponse> ReplaceAsync(ApiRequest request)
    {
        service.Get(request.Label());
        var payload = PayloadOf(request);
        var compiled = service.Compile(request.Label(), payload);
        return await SaveAsync(request, () => service.Replace(compiled, payload)).ConfigureAwait(false);
    }

    private async ValueTask<ApiResponse> SaveAsync(ApiRequest request, Func<IReadOnlyList<(RuleDestination Destination, string Token)>> save)
    {
        IReadOnlyList<(RuleDestination Destination, string Token)> made;
        lock (context.Documents.Gate) made = save();
        await context.Documents.CommitAsync().ConfigureAwait(false);
        foreach (var (destination, token) in made) destinations.Ask(destination, token, destinations.BaseOf(request));
        return ApiResponse.Empty;
    }

    private async ValueTask<ApiResponse> ChangeAsync(Action change)
    {
        lock (context.Documents.Gate) change();
        await context.Documents.CommitAsync().ConfigureAwait(false);
        return ApiResponse.Empty;
    }

    private static RulePayload PayloadOf(ApiRequest request)
    {
        if (request.RawBody.Length > RulePayload.Largest)
            throw ApiException.InvalidRequest($"the definition of a rule has at most {RulePayload.Largest} bytes, this one has {request.RawBody.Length}");
        return RulePayload.Read(request.Body(RuleJson.Default.JsonElement));
    }

    /// <summary>Tags in the header, encoded like a query.</summary>
    private static List<TagDocument> TagsOf(ApiRequest request)
    {
        var tags = new List<TagDocument>();
        foreach (var pair in (request.Header("x-amz-tagging") ?? "").Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            tags.Add(new TagDocument(Decode(equals < 0 ? pair : pair[..equals]), equals < 0 ? "" : Decode(pair[(equals + 1)..])));
        }

        return tags;
    }

    private static string Decode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));

    private ValueTask<ApiResponse> Get(ApiRequest request)
    {
        var rule = service.Get(request.Label());
        var document = new RuleDocument(
            rule.Name, rule.Sql, rule.Description, rule.CreatedAt / 1000.0, rule.Actions, rule.IsDisabled, rule.SqlVersion, rule.ErrorAction);
        return new(ApiResponse.Json(new RuleAnswerDocument(service.ArnOf(rule.Name), document), RuleJson.Default.RuleAnswerDocument));
    }

    private ValueTask<ApiResponse> List(ApiRequest request)
    {
        var paging = new Paging(Paging.Decode(request.Query("nextToken"), "nextToken"), (int)(request.QueryNumber("maxResults", 1, LargestPage) ?? UsualPage));
        var topic = request.Query("topic");
        bool? isDisabled = request.QueryBoolean("ruleDisabled");
        List<TopicRule> all;
        lock (context.Documents.Gate) all = [.. records.Rules.After(null).Select(static entry => entry.Value)];
        // By time of creation, then name.
        var chosen = all
            .Where(rule => isDisabled is null || rule.IsDisabled == isDisabled)
            .Where(rule => topic is null || IsAbout(rule, topic))
            .OrderBy(KeyOf, StringComparer.Ordinal)
            .Where(rule => paging.After is null || string.CompareOrdinal(KeyOf(rule), paging.After) > 0);
        var page = paging.Take(chosen, KeyOf, out var next);
        var entries = page.ConvertAll(rule => new RuleEntryDocument(
            service.ArnOf(rule.Name), rule.Name, FilterOf(rule), rule.CreatedAt / 1000.0, rule.IsDisabled));
        return new(ApiResponse.Json(new RulePageDocument(entries, next), RuleJson.Default.RulePageDocument));
    }

    private static string KeyOf(TopicRule rule) => string.Create(CultureInfo.InvariantCulture, $"{rule.CreatedAt:D16}/{rule.Name}");

    private string? FilterOf(TopicRule rule) => service.StatementOf(rule)?.TopicFilter;

    /// <summary>Filters that equal the text, or match it when it is a name [U27].</summary>
    private bool IsAbout(TopicRule rule, string topic)
    {
        if (service.StatementOf(rule) is not { TopicFilter: { } filter } statement) return false;
        return filter == topic || (TopicName.IsValid(topic) && statement.MatchesTopic(topic));
    }
}
