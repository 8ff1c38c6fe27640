using System.Collections.Immutable;
using System.Text.Json;

namespace Fairlead.Features.Provisioning.Templates;

/// <summary>
/// Reads values and functions of a template (spec/aws-registry-and-policies, section 11.3). A function is an object with one member:
/// <c>Ref</c>, <c>Fn::Join</c>, <c>Fn::Select</c>, <c>Fn::Split</c>, <c>Fn::Sub</c> or <c>Fn::FindInMap</c>; any other is refused by its name.
/// </summary>
/// <param name="parameters">Names of declared parameters.</param>
/// <param name="mappings">Names of the section Mappings.</param>
internal sealed class TemplateFunctions(ICollection<string> parameters, ICollection<string> mappings)
{
    /// <summary>Whether an object is a function and not plain data.</summary>
    public static bool IsFunction(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Object) return false;
        var members = element.EnumerateObject();
        return members.MoveNext() && IsFunctionName(members.Current.Name) && !members.MoveNext();
    }

    /// <summary>Reads a value whose result is a text.</summary>
    public TemplateValue ReadText(JsonElement element, string where)
    {
        var value = Read(element, where);
        return value is ListValue or SplitValue ? throw new TemplateProblem($"{where} must be a text, not a list") : value;
    }

    /// <summary>Reads a value whose result is a list of texts.</summary>
    public TemplateValue ReadList(JsonElement element, string where)
    {
        var value = Read(element, where);
        return value is ListValue or SplitValue ? value : throw new TemplateProblem($"{where} must be a list, or Fn::Split that makes one");
    }

    private static bool IsFunctionName(string name) => name == "Ref" || name.StartsWith("Fn::", StringComparison.Ordinal);

    private TemplateValue Read(JsonElement element, string where)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                return new LiteralValue(element.GetString()!);
            case JsonValueKind.Array:
                var index = 0;
                return new ListValue([.. element.EnumerateArray().Select(item => ReadText(item, $"{where}[{index++}]"))]);
            case JsonValueKind.Object when IsFunction(element):
                var member = element.EnumerateObject().First();
                return ReadFunction(member.Name, member.Value, where);
            default:
                throw new TemplateProblem($"{where} must be a text or one of the functions Ref, Fn::Join, Fn::Select, Fn::Split, Fn::Sub, Fn::FindInMap");
        }
    }

    private TemplateValue ReadFunction(string name, JsonElement argument, string where)
    {
        var inside = $"{where}/{name}";
        return name switch
        {
            "Ref" => new ReferenceValue(Declared(Literal(argument, inside), inside)),
            "Fn::Join" when Arguments(argument, inside, 2) is var join =>
                new JoinValue(Literal(join[0], inside), ReadList(join[1], inside)),
            "Fn::Select" when Arguments(argument, inside, 2) is var select =>
                new SelectValue(ReadIndex(select[0], inside), ReadList(select[1], inside)),
            "Fn::Split" when Arguments(argument, inside, 2) is var split =>
                new SplitValue(Separator(Literal(split[0], inside), inside), ReadText(split[1], inside)),
            "Fn::Sub" => ReadSubstitution(argument, inside),
            "Fn::FindInMap" when Arguments(argument, inside, 3) is var find =>
                new LookupValue(ReadMap(find[0], inside), ReadText(find[1], inside), ReadText(find[2], inside)),
            _ => throw new TemplateProblem($"{where} uses {name}, which is not one of Ref, Fn::Join, Fn::Select, Fn::Split, Fn::Sub, Fn::FindInMap"),
        };
    }

    private static JsonElement[] Arguments(JsonElement argument, string where, int count)
    {
        if (argument.ValueKind == JsonValueKind.Array && argument.GetArrayLength() == count) return [.. argument.EnumerateArray()];
        throw new TemplateProblem($"{where} takes a list of {count} values");
    }

    private static string Literal(JsonElement element, string where) =>
        element.ValueKind == JsonValueKind.String ? element.GetString()! : throw new TemplateProblem($"{where} needs a literal text here");

    private static string Separator(string text, string where) =>
        text.Length > 0 ? text : throw new TemplateProblem($"{where} needs a separator");

    private TemplateValue ReadIndex(JsonElement element, string where) => element.ValueKind switch
    {
        JsonValueKind.Number when element.TryGetInt32(out var number) && number >= 0 => new LiteralValue(number.ToString(System.Globalization.CultureInfo.InvariantCulture)),
        JsonValueKind.Number => throw new TemplateProblem($"{where} needs a whole number of 0 or more"),
        _ => ReadText(element, where),
    };

    private TemplateValue ReadMap(JsonElement element, string where)
    {
        var value = ReadText(element, where);
        return value is LiteralValue { Text: var name } && !mappings.Contains(name)
            ? throw new TemplateProblem($"{where} names {name}, which is not in the section Mappings")
            : value;
    }

    private SubstitutionValue ReadSubstitution(JsonElement argument, string where)
    {
        var variables = ImmutableSortedDictionary.CreateBuilder<string, TemplateValue>(StringComparer.Ordinal);
        var text = argument;
        if (argument.ValueKind == JsonValueKind.Array)
        {
            var pair = Arguments(argument, where, 2);
            text = pair[0];
            if (pair[1].ValueKind != JsonValueKind.Object) throw new TemplateProblem($"{where} takes a text, or a list of a text and an object of variables");
            foreach (var member in pair[1].EnumerateObject()) variables[member.Name] = ReadText(member.Value, $"{where}/{member.Name}");
        }

        return new SubstitutionValue(Cut(Literal(text, where), variables.Keys, where), variables.ToImmutable());
    }

    /// <summary>Cuts <c>a${b}c</c>; <c>${!b}</c> stands for the literal <c>${b}</c>.</summary>
    private ImmutableArray<SubstitutionPiece> Cut(string text, IEnumerable<string> variables, string where)
    {
        var known = variables.ToHashSet(StringComparer.Ordinal);
        var pieces = ImmutableArray.CreateBuilder<SubstitutionPiece>();
        var from = 0;
        while (text.IndexOf("${", from, StringComparison.Ordinal) is >= 0 and var open)
        {
            var close = text.IndexOf('}', open);
            if (close < 0) throw new TemplateProblem($"{where} has a ${{ without its closing brace");
            if (open > from) pieces.Add(new SubstitutionPiece(text[from..open], IsVariable: false));
            var name = text[(open + 2)..close];
            if (name.StartsWith('!')) pieces.Add(new SubstitutionPiece($"${{{name[1..]}}}", IsVariable: false));
            else pieces.Add(new SubstitutionPiece(known.Contains(name) ? name : Declared(name, where), IsVariable: true));
            from = close + 1;
        }

        if (from < text.Length) pieces.Add(new SubstitutionPiece(text[from..], IsVariable: false));
        return pieces.ToImmutable();
    }

    private string Declared(string name, string where) =>
        parameters.Contains(name) ? name : throw new TemplateProblem($"{where} names {name}, which is not declared in the section Parameters");
}
