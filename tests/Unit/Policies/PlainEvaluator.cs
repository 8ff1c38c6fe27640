using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Fairlead.Unit.Policies;

/// <summary>
/// A second evaluator of policies, written from spec/aws-registry-and-policies alone and sharing no code with the product: dictionaries,
/// regular expressions and recursion instead of compiled patterns, so that the two can be held against each other.
/// </summary>
internal sealed class PlainEvaluator(IReadOnlyDictionary<string, string[]> facts)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private const string AnyCharacter = @"(?>[\uD800-\uDBFF][\uDC00-\uDFFF]|[\s\S])";

    public string Judge(IEnumerable<string> documents, string action, string arn)
    {
        const string share = ":topicfilter/$share/";
        var verdict = JudgeOne(documents, action, arn);
        var at = arn.IndexOf(share, StringComparison.Ordinal);
        if (action != "iot:Subscribe" || at < 0) return verdict;
        var inner = JudgeOne(documents, action, arn[..at] + ":topicfilter/" + arn[(at + share.Length)..].Split('/', 2)[1]);
        return new[] { "EXPLICIT_DENY", "ALLOWED", "IMPLICIT_DENY" }.First(one => one == verdict || one == inner);
    }

    private string JudgeOne(IEnumerable<string> documents, string action, string arn)
    {
        var applying = new List<string>();
        foreach (var document in documents)
        {
            using var json = JsonDocument.Parse(document);
            foreach (var statement in Many(json.RootElement.GetProperty("Statement")))
            {
                if (Applies(statement, action, arn)) applying.Add(statement.GetProperty("Effect").GetString()!);
            }
        }

        return applying.Contains("Deny") ? "EXPLICIT_DENY" : applying.Contains("Allow") ? "ALLOWED" : "IMPLICIT_DENY";
    }

    private static JsonElement[] Many(JsonElement element) => element.ValueKind == JsonValueKind.Array ? [.. element.EnumerateArray()] : [element];

    private bool Applies(JsonElement statement, string action, string arn)
    {
        var allows = statement.GetProperty("Effect").GetString() == "Allow";
        var actions = statement.TryGetProperty("Action", out var named) || statement.TryGetProperty("NotAction", out named) ? Many(named) : [];
        var hasAction = actions.Any(pattern => Regex.IsMatch(action, "^" + Escape(pattern.GetString()!, wildcards: true) + "$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, Patience));
        if (hasAction == statement.TryGetProperty("NotAction", out _)) return false;
        if (statement.TryGetProperty("Resource", out var resources))
        {
            if (!Many(resources).Any(pattern => Like(arn, pattern.GetString()!) == true)) return false;
        }
        else
        {
            var excluded = Many(statement.GetProperty("NotResource")).Select(pattern => Like(arn, pattern.GetString()!)).ToList();
            // What an unknown value would exclude is unknown: nothing is allowed then, and everything denied.
            if (excluded.Contains(true) || (allows && excluded.Contains(null))) return false;
        }

        if (!statement.TryGetProperty("Condition", out var conditions)) return true;
        return conditions.EnumerateObject().All(block => block.Value.EnumerateObject().All(key =>
            Holds(block.Name, key.Name, [.. Many(key.Value).Select(static value => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText())], allows)));
    }

    private bool Holds(string name, string key, string[] wanted, bool allows)
    {
        var values = facts.GetValueOrDefault(key, []);
        if (name == "Null") return wanted.Contains(values.Length == 0 ? "true" : "false");
        var set = name.Contains(':', StringComparison.Ordinal) ? name[..name.IndexOf(':', StringComparison.Ordinal)] : "";
        var operation = set.Length > 0 ? name[(set.Length + 1)..] : name;
        var ifExists = operation.EndsWith("IfExists", StringComparison.Ordinal);
        if (ifExists) operation = operation[..^"IfExists".Length];
        var negated = operation.Contains("Not", StringComparison.Ordinal);
        var plain = operation.Replace("Not", "", StringComparison.Ordinal);
        if (negated && wanted.Any(text => Put(text) is null)) return !allows;
        if (values.Length == 0) return set == "ForAllValues" || ifExists || (set != "ForAnyValue" && negated);
        bool Good(string value) => wanted.Any(text => Compares(plain, value, text)) != negated;
        return set switch
        {
            "ForAllValues" => values.All(Good),
            "ForAnyValue" => values.Any(Good),
            _ => negated ? values.All(Good) : values.Any(Good),
        };
    }

    private bool Compares(string operation, string value, string text)
    {
        if (operation is "StringLike") return Like(value, text) == true;
        if (operation is "ArnEquals" or "ArnLike")
        {
            var (left, right) = (value.Split(':', 6), text.Split(':', 6));
            return left.Length == 6 && right.Length == 6 && left.Zip(right).All(pair => Like(pair.First, pair.Second) == true);
        }

        if (Put(text) is not { } given) return false;
        return operation switch
        {
            "StringEquals" => value == given,
            "StringEqualsIgnoreCase" => string.Equals(value, given, StringComparison.OrdinalIgnoreCase),
            "Bool" => value == given,
            "IpAddress" => InNetwork(value, given),
            "NumericEquals" or "DateEquals" => Number(value) == Number(given),
            "NumericLessThan" or "DateLessThan" => Number(value) < Number(given),
            "NumericLessThanEquals" or "DateLessThanEquals" => Number(value) <= Number(given),
            "NumericGreaterThan" or "DateGreaterThan" => Number(value) > Number(given),
            "NumericGreaterThanEquals" or "DateGreaterThanEquals" => Number(value) >= Number(given),
            _ => throw new NotSupportedException(operation),
        };
    }

    private static double Number(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
        ? number
        : DateTimeOffset.Parse(text, CultureInfo.InvariantCulture).ToUnixTimeMilliseconds() / 1000.0;

    private static bool InNetwork(string address, string network)
    {
        var parts = network.Split('/');
        var bits = parts.Length == 1 ? 32 : int.Parse(parts[1], CultureInfo.InvariantCulture);
        return bits == 0 || Bits(address) >> (32 - bits) == Bits(parts[0]) >> (32 - bits);
        static uint Bits(string text) => text.Split('.').Aggregate(0u, static (sum, part) => (sum << 8) | uint.Parse(part, CultureInfo.InvariantCulture));
    }

    /// <summary>Null when a variable has no value.</summary>
    private bool? Like(string value, string pattern)
    {
        var expression = new StringBuilder("^");
        foreach (var (text, isVariable) in Parts(pattern))
        {
            if (!isVariable) expression.Append(Escape(text, wildcards: true));
            else if (ValueOf(text) is { } put) expression.Append(Escape(put, wildcards: false));
            else return null;
        }

        return Regex.IsMatch(value, expression.Append(@"\z").ToString(), RegexOptions.CultureInvariant, Patience);
    }

    /// <summary>A text with its variables replaced; null when one has no value.</summary>
    private string? Put(string text)
    {
        var parts = Parts(text).Select(part => part.IsVariable ? ValueOf(part.Text) : part.Text).ToList();
        return parts.Contains(null) ? null : string.Concat(parts);
    }

    private string? ValueOf(string variable) =>
        variable is "*" or "?" or "$" ? variable : facts.GetValueOrDefault(variable) is [var only] && variable != "iot:ConnectAttributes" ? only : null;

    private static IEnumerable<(string Text, bool IsVariable)> Parts(string text) => Regex
        .Split(text, @"(?<variable>\$\{[^}]*\})", RegexOptions.ExplicitCapture, Patience).Select(static part => part.StartsWith("${", StringComparison.Ordinal) ? (part[2..^1], true) : (part, false));

    private static string Escape(string text, bool wildcards)
    {
        var expression = new StringBuilder();
        foreach (var character in text)
        {
            expression.Append(character switch
            {
                '*' when wildcards => $"(?:{AnyCharacter})*",
                '?' when wildcards => AnyCharacter,
                _ => $"\\u{(int)character:X4}",
            });
        }

        return expression.ToString();
    }
}
