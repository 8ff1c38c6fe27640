using System.Text.Json;
using Fairlead.Features.Api;
using Fairlead.Features.Rules.Sql;

namespace Fairlead.Features.Rules;

/// <summary>TopicRulePayload: the body of CreateTopicRule and ReplaceTopicRule, its shape checked (spec/aws-rules, sections 1.3 and 1.4).</summary>
/// <param name="Sql">Statement, not parsed yet.</param>
/// <param name="Version">SQL version.</param>
/// <param name="Actions">A list of at most ten unions.</param>
internal sealed record RulePayload(string Sql, SqlVersion Version, JsonElement Actions)
{
    /// <summary>Most bytes of a rule's definition.</summary>
    public const int Largest = 256 * 1024;

    private const int MostActions = 10;

    /// <summary>What it is for; null when not given.</summary>
    public string? Description { get; init; }

    /// <summary>Whether the rule is to be off.</summary>
    public bool IsDisabled { get; init; }

    /// <summary>The error action; null for none.</summary>
    public JsonElement? ErrorAction { get; init; }

    /// <summary>Reads a body.</summary>
    /// <exception cref="ApiException">400: the first thing that is wrong with its shape.</exception>
    public static RulePayload Read(JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object) throw ApiException.InvalidRequest("the body must be a JSON object");
        foreach (var member in body.EnumerateObject())
        {
            if (member.Name is not ("sql" or "actions" or "description" or "ruleDisabled" or "awsIotSqlVersion" or "errorAction"))
                throw ApiException.InvalidRequest($"a rule has no member '{Short(member.Name)}'; the body is the bare payload, with sql and actions");
        }

        var sql = Text(body, "sql") ?? throw ApiException.InvalidRequest("sql is missing");
        if (!TryGet(body, "actions", out var actions)) throw ApiException.InvalidRequest("actions is missing");
        if (actions.ValueKind != JsonValueKind.Array) throw ApiException.InvalidRequest("actions must be a list");
        if (actions.GetArrayLength() > MostActions)
            throw ApiException.InvalidRequest($"a rule must have at most {MostActions} actions, not {actions.GetArrayLength()}");
        foreach (var action in actions.EnumerateArray()) CheckUnion(action, "an action");
        JsonElement? errorAction = TryGet(body, "errorAction", out var error) ? error.Clone() : null;
        if (errorAction is { } given) CheckUnion(given, "the errorAction");
        var description = Text(body, "description");
        bool isDisabled = Flag(body, "ruleDisabled");
        var name = Text(body, "awsIotSqlVersion");
        var version = SqlVersions.Default;
        if (name is not null && !SqlVersions.TryParse(name, out version))
            throw ApiException.InvalidRequest($"awsIotSqlVersion must be 2015-10-08, 2016-03-23 or beta, not '{Short(name)}'");
        return new RulePayload(sql, version, actions.Clone()) { Description = description, IsDisabled = isDisabled, ErrorAction = errorAction };
    }

    /// <summary>The one member of a union.</summary>
    public static JsonProperty MemberOf(JsonElement union)
    {
        foreach (var member in union.EnumerateObject())
        {
            if (member.Value.ValueKind != JsonValueKind.Null) return member;
        }

        throw new InvalidOperationException("the union was checked before");
    }

    private static void CheckUnion(JsonElement union, string what)
    {
        if (union.ValueKind != JsonValueKind.Object) throw ApiException.InvalidRequest($"{what} must be a JSON object");
        var members = union.EnumerateObject().Where(static member => member.Value.ValueKind != JsonValueKind.Null).Select(static member => member.Name).ToList();
        if (members.Count == 0) throw ApiException.InvalidRequest($"{what} must have one member, such as republish; this one has none");
        if (members.Count > 1)
            throw ApiException.InvalidRequest($"{what} must have exactly one member; this one has {string.Join(", ", members.Select(Short))}");
    }

    private static string? Text(JsonElement body, string name)
    {
        if (!TryGet(body, name, out var value)) return null;
        return value.ValueKind == JsonValueKind.String ? value.GetString() : throw ApiException.InvalidRequest($"{name} must be a text");
    }

    private static bool Flag(JsonElement body, string name)
    {
        if (!TryGet(body, name, out var value)) return false;
        return value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw ApiException.InvalidRequest($"{name} must be true or false");
    }

    private static bool TryGet(JsonElement body, string name, out JsonElement value) =>
        body.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;

    private static string Short(string text) => text.Length <= 64 ? text : text[..64] + "...";
}
