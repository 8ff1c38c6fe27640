using System.Text.Json;
using Fairlead.Features.Api;
using Fairlead.Features.Rules.Sql;

namespace Fairlead.Features.Rules.Actions;

/// <summary>
/// Reads the members of an action's definition. Templates are parsed under the rule's statement and SQL version. Every reader refuses what
/// does not fit with 400 and names the member.
/// </summary>
/// <param name="ruleName">Rule that the action belongs to.</param>
/// <param name="statement">Its statement.</param>
/// <param name="member">Member of the union, for messages.</param>
/// <param name="inErrorAction">Whether it is the error action, whose templates must not call external functions (spec/aws-rules, section 8).</param>
internal sealed class ActionSetup(string ruleName, RuleStatement statement, string member, bool inErrorAction)
{
    private const int LongestText = 16 * 1024;

    /// <summary>Rule that the action belongs to.</summary>
    public string RuleName { get; } = ruleName;

    /// <summary>Statement of the rule.</summary>
    public RuleStatement Statement { get; } = statement;

    /// <summary>Member of the union.</summary>
    public string Member { get; } = member;

    /// <summary>Whether it is the error action.</summary>
    public bool InErrorAction { get; } = inErrorAction;

    /// <summary>Refuses members that the shape does not have: a setting that nobody reads is a mistake of its author.</summary>
    public void Only(JsonElement owner, params ReadOnlySpan<string> known)
    {
        if (owner.ValueKind != JsonValueKind.Object) throw Fault("must be a JSON object");
        foreach (var property in owner.EnumerateObject())
        {
            if (!known.Contains(property.Name)) throw Fault($"has no member {Show(property.Name)}; there are {string.Join(", ", known.ToArray())}");
        }
    }

    /// <summary>A text that must be there and not be empty.</summary>
    public string Text(JsonElement owner, string name, int longest = LongestText) =>
        OptionalText(owner, name, longest) is { Length: > 0 } text ? text : throw Fault($"{name} is missing");

    /// <summary>A text; null when absent.</summary>
    public string? OptionalText(JsonElement owner, string name, int longest = LongestText)
    {
        if (!TryGet(owner, name, out var value)) return null;
        if (value.ValueKind != JsonValueKind.String) throw Fault($"{name} must be a text");
        var text = value.GetString()!;
        return text.Length <= longest ? text : throw Fault($"{name} has {text.Length} characters, at most {longest} are allowed");
    }

    /// <summary>A text with <c>${expressions}</c> that must be there and not be empty.</summary>
    public RuleTemplate Template(JsonElement owner, string name, int longest = LongestText) => Parse(Text(owner, name, longest), name);

    /// <summary>A text with <c>${expressions}</c>; null when absent.</summary>
    public RuleTemplate? OptionalTemplate(JsonElement owner, string name, int longest = LongestText) =>
        OptionalText(owner, name, longest) is { } text ? Parse(text, name) : null;

    /// <summary>Parses a text with <c>${expressions}</c> that was found elsewhere, such as a key.</summary>
    /// <param name="text">The text.</param>
    /// <param name="name">What it is, for messages.</param>
    public RuleTemplate Parse(string text, string name) => RuleTemplate.TryParse(text, Statement, out var template, out var error, !InErrorAction)
        ? template!
        : throw Fault($"the template in {name} cannot be used: {error!.Message} (line {error.Line}, column {error.Column})");

    /// <summary>True or false; absent stands for <paramref name="absent"/>.</summary>
    public bool Flag(JsonElement owner, string name, bool absent = false)
    {
        if (!TryGet(owner, name, out var value)) return absent;
        return value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw Fault($"{name} must be true or false");
    }

    /// <summary>A whole number within limits; absent stands for <paramref name="absent"/>.</summary>
    public int Number(JsonElement owner, string name, int least, int most, int absent)
    {
        if (!TryGet(owner, name, out var value)) return absent;
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= least && number <= most
            ? number
            : throw Fault($"{name} must be a whole number from {least} to {most}, not {Show(value.GetRawText())}");
    }

    /// <summary>One of several texts; absent stands for <paramref name="absent"/>, or is refused when that is null.</summary>
    public string Choice(JsonElement owner, string name, string? absent, params ReadOnlySpan<string> values)
    {
        if (OptionalText(owner, name) is not { } text) return absent ?? throw Fault($"{name} is missing");
        return values.Contains(text) ? text : throw Fault($"{name} must be one of {string.Join(", ", values.ToArray())}, not {Show(text)}");
    }

    /// <summary>An object; false when absent.</summary>
    public bool TryObject(JsonElement owner, string name, out JsonElement value)
    {
        if (!TryGet(owner, name, out value)) return false;
        return value.ValueKind == JsonValueKind.Object ? true : throw Fault($"{name} must be a JSON object");
    }

    /// <summary>An object that must be there.</summary>
    public JsonElement Object(JsonElement owner, string name) => TryObject(owner, name, out var value) ? value : throw Fault($"{name} is missing");

    /// <summary>Entries of a list; empty when absent and <paramref name="least"/> is 0.</summary>
    public IReadOnlyList<JsonElement> List(JsonElement owner, string name, int least, int most)
    {
        if (!TryGet(owner, name, out var value)) return least == 0 ? [] : throw Fault($"{name} is missing");
        if (value.ValueKind != JsonValueKind.Array) throw Fault($"{name} must be a list");
        var count = value.GetArrayLength();
        return count >= least && count <= most ? [.. value.EnumerateArray()] : throw Fault($"{name} must have {least} to {most} entries, not {count}");
    }

    /// <summary>A refusal that names the action.</summary>
    /// <param name="what">What is wrong, starting with the member.</param>
    public ApiException Fault(string what) => ApiException.InvalidRequest($"{(InErrorAction ? "errorAction" : "action")} {Member}: {what}");

    private static string Show(string text) => text.Length <= 64 ? $"'{text}'" : $"'{text[..64]}...'";

    private bool TryGet(JsonElement owner, string name, out JsonElement value)
    {
        value = default;
        if (owner.ValueKind != JsonValueKind.Object) throw Fault("must be a JSON object");
        return owner.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;
    }
}
