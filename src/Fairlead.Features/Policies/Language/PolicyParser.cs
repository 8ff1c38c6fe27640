using System.Collections.Immutable;
using System.Text.Json;

namespace Fairlead.Features.Policies.Language;

/// <summary>
/// Reads and compiles policy documents (section 15.1). Whatever is wrong is told with the place where it stands, for instance
/// <c>Statement[1].Effect</c>.
/// </summary>
/// <param name="longestDocument">Most characters of a document.</param>
/// <param name="ignoreScope">Lenient mode of <see cref="ResourcePattern"/>.</param>
internal sealed class PolicyParser(int longestDocument, bool ignoreScope)
{
    private static readonly JsonDocumentOptions Json = new() { MaxDepth = 12 };
    private static readonly string[] DocumentMembers = ["Version", "Id", "Statement"];
    private static readonly string[] StatementMembers = ["Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"];

    /// <summary>Compiles a document.</summary>
    /// <exception cref="MalformedPolicyException">It is none; the message says what is wrong, and where.</exception>
    public PolicyDocument Parse(string text)
    {
        if (text.Length > longestDocument)
            throw new MalformedPolicyException($"the document has {text.Length} characters, at most {longestDocument} are accepted");
        try
        {
            using var json = JsonDocument.Parse(text, Json);
            var root = json.RootElement;
            Expect(root, JsonValueKind.Object, "the document", "a JSON object");
            var members = MembersOf(root, "", DocumentMembers);
            var variables = ReadVersion(members);
            if (!members.TryGetValue("Statement", out var statements)) throw new MalformedPolicyException("Statement is missing");
            return new PolicyDocument(ReadStatements(statements, variables));
        }
        catch (JsonException exception)
        {
            throw new MalformedPolicyException(
                $"not valid JSON at line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}, or nested deeper than {Json.MaxDepth} levels");
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair, written as an escape.
            throw new MalformedPolicyException("a text in the document is not valid Unicode");
        }
    }

    private static bool ReadVersion(Dictionary<string, JsonElement> members)
    {
        if (!members.TryGetValue("Version", out var version)) throw new MalformedPolicyException("Version is missing: it is \"2012-10-17\"");
        return TextOf(version, "Version") switch
        {
            "2012-10-17" => true,
            "2008-10-17" => false,
            var other => throw new MalformedPolicyException($"Version: '{Shown(other)}' is neither 2012-10-17 nor 2008-10-17"),
        };
    }

    private static Dictionary<string, JsonElement> MembersOf(JsonElement element, string at, string[] known)
    {
        var members = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var member in element.EnumerateObject())
        {
            if (!known.Contains(member.Name, StringComparer.Ordinal))
            {
                throw new MalformedPolicyException(member.Name == "Principal"
                    ? $"{at}Principal has no place here: a policy concerns what it is attached to"
                    : $"{at}{Shown(member.Name)} is not one of {string.Join(", ", known)}");
            }

            if (!members.TryAdd(member.Name, member.Value)) throw new MalformedPolicyException($"{at}{member.Name} stands there twice");
        }

        return members;
    }

    private static IEnumerable<(string At, JsonElement Value)> ListOf(JsonElement element, string at, bool mayBeEmpty = false)
    {
        if (element.ValueKind != JsonValueKind.Array) return [(at, element)];
        if (element.GetArrayLength() == 0 && !mayBeEmpty) throw new MalformedPolicyException($"{at} is empty");
        return element.EnumerateArray().Select((value, index) => ($"{at}[{index}]", value));
    }

    private static string TextOf(JsonElement element, string at)
    {
        Expect(element, JsonValueKind.String, at, "a text");
        return element.GetString()!;
    }

    private static void Expect(JsonElement element, JsonValueKind kind, string at, string what)
    {
        if (element.ValueKind != kind) throw new MalformedPolicyException($"{at} must be {what}");
    }

    private static string Shown(string text) => text.Length <= 64 ? text : $"{text[..64]}...";

    private static T Compile<T>(string at, Func<T> compile)
    {
        try
        {
            return compile();
        }
        catch (FormatException exception)
        {
            throw new MalformedPolicyException($"{at}: {exception.Message}");
        }
    }

    private ImmutableArray<PolicyStatement> ReadStatements(JsonElement element, bool variables)
    {
        var statements = ImmutableArray.CreateBuilder<PolicyStatement>();
        foreach (var (at, statement) in ListOf(element, "Statement"))
            statements.Add(ReadStatement(statement, at, statements.Count + 1, variables));
        return statements.ToImmutable();
    }

    private PolicyStatement ReadStatement(JsonElement element, string at, int number, bool variables)
    {
        Expect(element, JsonValueKind.Object, at, "a JSON object");
        var members = MembersOf(element, at + ".", StatementMembers);
        var sid = members.TryGetValue("Sid", out var given) ? TextOf(given, $"{at}.Sid") : "";
        if (!members.TryGetValue("Effect", out var effect)) throw new MalformedPolicyException($"{at}.Effect is missing");
        var isAllow = TextOf(effect, $"{at}.Effect") switch
        {
            "Allow" => true,
            "Deny" => false,
            var other => throw new MalformedPolicyException($"{at}.Effect: '{Shown(other)}' is neither Allow nor Deny"),
        };
        ImmutableArray<TextPattern> actions =
        [
            .. OneOf(members, at, "Action", "NotAction", out var notAction)
                .Select(action => Compile(action.At, () => TextPattern.Compile(action.Text, true, false, StringComparison.OrdinalIgnoreCase))),
        ];
        ImmutableArray<ResourcePattern> resources =
        [
            .. OneOf(members, at, "Resource", "NotResource", out var notResource)
                .Select(resource => Compile(resource.At, () => ResourcePattern.Compile(resource.Text, variables, ignoreScope))),
        ];
        ImmutableArray<Condition> conditions =
            members.TryGetValue("Condition", out var block) ? ReadConditions(block, $"{at}.Condition", variables) : [];
        return new PolicyStatement(sid.Length > 0 ? sid : $"statement {number}", isAllow)
        {
            Actions = actions,
            IsNotAction = notAction,
            Resources = resources,
            IsNotResource = notResource,
            Conditions = conditions,
            ReadsClock = conditions.Any(static condition => condition.ReadsClock) || resources.Any(static resource => resource.Pattern.ReadsClock),
        };
    }

    private static List<(string At, string Text)> OneOf(
        Dictionary<string, JsonElement> members, string at, string name, string negatedName, out bool isNegated)
    {
        isNegated = members.TryGetValue(negatedName, out var element);
        if (members.TryGetValue(name, out var plain))
        {
            if (isNegated) throw new MalformedPolicyException($"{at} has both {name} and {negatedName}");
            element = plain;
        }
        else if (!isNegated)
        {
            throw new MalformedPolicyException($"{at}.{name} is missing");
        }

        var texts = new List<(string At, string Text)>();
        foreach (var (place, value) in ListOf(element, $"{at}.{(isNegated ? negatedName : name)}"))
        {
            var text = TextOf(value, place);
            texts.Add(text.Length > 0 ? (place, text) : throw new MalformedPolicyException($"{place} is empty"));
        }

        return texts;
    }

    private ImmutableArray<Condition> ReadConditions(JsonElement element, string at, bool variables)
    {
        Expect(element, JsonValueKind.Object, at, "a JSON object");
        var conditions = ImmutableArray.CreateBuilder<Condition>();
        foreach (var block in element.EnumerateObject())
        {
            var operation = ConditionOperator.Parse(block.Name)
                ?? throw new MalformedPolicyException($"{at}: '{Shown(block.Name)}' is not a condition operator");
            var place = $"{at}.{block.Name}";
            Expect(block.Value, JsonValueKind.Object, place, "a JSON object of keys and values");
            foreach (var key in block.Value.EnumerateObject())
                conditions.Add(ReadCondition(operation, ContextKey.OfCondition(key.Name), key.Value, $"{place}.{Shown(key.Name)}", variables));
        }

        return conditions.ToImmutable();
    }

    private Condition ReadCondition(ConditionOperator operation, ContextKey key, JsonElement element, string at, bool variables)
    {
        var values = ImmutableArray.CreateBuilder<ConditionValue>();
        // ForAllValues over no values at all has a meaning (section 17): only a request without any meets it.
        foreach (var (place, value) in ListOf(element, at, mayBeEmpty: true))
        {
            var text = value.ValueKind switch
            {
                JsonValueKind.String => value.GetString()!,
                JsonValueKind.True => "true",
                JsonValueKind.False => "false",
                JsonValueKind.Number => value.GetRawText(),
                _ => throw new MalformedPolicyException($"{place} must be a text, a number, true or false"),
            };
            values.Add(Compile(place, () => ConditionValue.Compile(operation, key, text, variables, ignoreScope)));
        }

        return new Condition(operation, key, values.ToImmutable());
    }
}
