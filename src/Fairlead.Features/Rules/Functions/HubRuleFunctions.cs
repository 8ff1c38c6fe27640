using System.Text;
using System.Text.Json;
using Fairlead.Features.Registry;
using Fairlead.Features.Rules.Sql;
using Fairlead.Features.Shadows;

namespace Fairlead.Features.Rules.Functions;

/// <summary>The external functions of statements (spec/aws-rules, section 5.6), served by the other slices.</summary>
internal sealed class HubRuleFunctions(
    HubRecords records, RegistryServices registry, IShadowReader shadows, LambdaCaller lambda, SecretDirectory secrets) : IRuleFunctions
{
    /// <inheritdoc/>
    public bool Knows(string function, string? literalFirstArgument, out string problem)
    {
        problem = "";
        switch (function)
        {
            case "get_thing_shadow" or "get_secret":
                return true;
            case "get_registry_data":
                if (literalFirstArgument is "DescribeThing" or "ListThingGroupsForThing") return true;
                problem = "the first argument of get_registry_data must be 'DescribeThing' or 'ListThingGroupsForThing'";
                return false;
            case "aws_lambda":
                return literalFirstArgument is null || lambda.Knows(literalFirstArgument, out problem);
            default:
                problem = $"function {function} is not available";
                return false;
        }
    }

    /// <inheritdoc/>
    public FunctionResult Call(string function, ReadOnlySpan<SqlValue> arguments) => function switch
    {
        "get_thing_shadow" => Shadow(arguments),
        "get_registry_data" => Registry(arguments),
        "get_secret" => Secret(arguments),
        "aws_lambda" => Lambda(arguments),
        _ => FunctionResult.Failed($"function {function} is not available"),
    };

    private static FunctionResult Json(ReadOnlyMemory<byte> json, string what) =>
        SqlValue.TryParseJson(json, out var value) ? FunctionResult.Of(value) : FunctionResult.Failed($"{what} is not JSON");

    /// <summary>A value as JSON; null for none.</summary>
    private static string? JsonOf(SqlValue value) => value.Kind switch
    {
        SqlKind.Undefined => null,
        SqlKind.Null => "null",
        SqlKind.String => $"\"{JsonEncodedText.Encode(value.ToText()!)}\"",
        _ => value.ToText(),
    };

    private FunctionResult Shadow(ReadOnlySpan<SqlValue> arguments)
    {
        if (arguments.Length is < 2 or > 3) return FunctionResult.Failed("get_thing_shadow takes a thing, a shadow name or none, and a role");
        var name = arguments.Length == 3 ? arguments[1].ToText() : null;
        if (arguments[0].ToText() is not { Length: > 0 } thing || (arguments.Length == 3 && string.IsNullOrEmpty(name)))
            return FunctionResult.Failed("get_thing_shadow: the name of the thing or of the shadow is not there");
        var document = shadows.Find(thing, name);
        if (document is not null) return Json(document, "the shadow");
        return FunctionResult.Failed(name is null ? $"get_thing_shadow: {thing} has no shadow" : $"get_thing_shadow: {thing} has no shadow {name}");
    }

    private FunctionResult Registry(ReadOnlySpan<SqlValue> arguments)
    {
        if (arguments.Length != 3) return FunctionResult.Failed("get_registry_data takes an operation, a thing and a role");
        if (arguments[1].ToText() is not { } name || records.Things.Find(name) is not { } thing) return FunctionResult.Failed("get_registry_data: there is no such thing");
        switch (arguments[0].ToText())
        {
            case "DescribeThing":
                var document = new ThingDocument(
                    thing.Name, thing.Name, thing.ThingId, registry.Things.ArnOf(thing.Name), thing.TypeName, thing.Attributes, thing.Version,
                    thing.BillingGroupName);
                return Json(JsonSerializer.SerializeToUtf8Bytes(document, ThingJson.Default.ThingDocument), "the thing");
            case "ListThingGroupsForThing":
                var groups = records.GroupMemberships.LeftsOf(thing.Name).Keys.Select(group => new GroupNameDocument(group, registry.Groups.ArnOf(group)));
                var page = new ThingGroupPageDocument([.. groups], null);
                return Json(JsonSerializer.SerializeToUtf8Bytes(page, ThingGroupJson.Default.ThingGroupPageDocument), "the list");
            default:
                return FunctionResult.Failed("get_registry_data knows DescribeThing and ListThingGroupsForThing");
        }
    }

    private FunctionResult Secret(ReadOnlySpan<SqlValue> arguments)
    {
        if (arguments.Length is < 3 or > 4) return FunctionResult.Failed("get_secret takes a secret, a kind, a key or none, and a role");
        if (arguments[0].ToText() is not { } id) return FunctionResult.Failed("get_secret: the name of the secret is not there");
        if (!secrets.TryRead(id, out var body, out var problem)) return FunctionResult.Failed($"get_secret: {problem}");
        var key = arguments.Length == 4 ? arguments[2].ToText() : null;
        switch (arguments[1].ToText())
        {
            case "SecretBinary":
                return key is null ? FunctionResult.Of(SqlValue.OfText(Convert.ToBase64String(body))) : FunctionResult.Failed("get_secret: a binary secret has no keys");
            case "SecretString":
                return arguments.Length == 3 ? WholeSecret(body) : SecretMember(body, key);
            default:
                return FunctionResult.Failed("get_secret: the kind must be SecretString or SecretBinary");
        }
    }

    private static FunctionResult WholeSecret(byte[] body) =>
        body is [(byte)'{', ..] && SqlValue.TryParseJson(body, out var value) ? FunctionResult.Of(value) : FunctionResult.Of(SqlValue.OfText(Encoding.UTF8.GetString(body)));

    private static FunctionResult SecretMember(byte[] body, string? key)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            if (key is not null && document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty(key, out var member))
            {
                return member.ValueKind == JsonValueKind.String
                    ? FunctionResult.Of(SqlValue.OfText(member.GetString()!))
                    : Json(Encoding.UTF8.GetBytes(member.GetRawText()), "the member of the secret");
            }
        }
        catch (JsonException)
        {
            // Told below, without a word of what is in it.
        }

        return FunctionResult.Failed("get_secret: the secret is no JSON object with that key");
    }

    private FunctionResult Lambda(ReadOnlySpan<SqlValue> arguments)
    {
        if (arguments.Length != 2) return FunctionResult.Failed("aws_lambda takes a function and its input");
        if (arguments[0].ToText() is not { } function) return FunctionResult.Failed("aws_lambda: the name of the function is not there");
        if (JsonOf(arguments[1]) is not { } input) return FunctionResult.Failed("aws_lambda: the input is not there");
        var answer = lambda.Call(function, Encoding.UTF8.GetBytes(input));
        return answer.Failure is { } failure ? FunctionResult.Failed($"aws_lambda: {failure}") : Json(answer.Body, "the answer of the function");
    }
}
