using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Fairlead.Features.Provisioning.Templates;

/// <summary>
/// Computes the values of a template for one set of parameters. Functions nested in functions can double a text at each level, so what
/// an evaluation may produce in all is bounded.
/// </summary>
internal sealed class TemplateEvaluation
{
    private const int MostCharacters = 1024 * 1024;

    private readonly ProvisioningTemplateBody _template;
    private readonly Dictionary<string, string> _parameters = new(StringComparer.Ordinal);
    private int _characters;

    /// <summary>Prepares an evaluation.</summary>
    /// <param name="template">The template.</param>
    /// <param name="parameters">Values of parameters; undeclared ones are ignored.</param>
    /// <exception cref="TemplateProblem">A parameter has neither a value nor a default.</exception>
    public TemplateEvaluation(ProvisioningTemplateBody template, IReadOnlyDictionary<string, string> parameters)
    {
        _template = template;
        foreach (var (name, standard) in template.Parameters)
        {
            var value = parameters.TryGetValue(name, out var given) ? given : standard;
            _parameters[name] = value ?? throw new TemplateProblem($"the parameter {name} has no value: it was not given and has no default");
        }
    }

    /// <summary>The text of a value.</summary>
    public string Text(TemplateValue value) => value switch
    {
        LiteralValue literal => Count(literal.Text),
        ReferenceValue reference => Count(_parameters[reference.Parameter]),
        JoinValue join => Count(string.Join(join.Separator, List(join.Items))),
        SelectValue select => Select(select),
        SubstitutionValue substitution => Substitute(substitution),
        LookupValue lookup => Find(lookup),
        _ => throw new TemplateProblem("a list stands where a text is needed"),
    };

    /// <summary>The texts of a list.</summary>
    public IReadOnlyList<string> List(TemplateValue value) => value switch
    {
        ListValue list => [.. list.Items.Select(Text)],
        SplitValue split => Text(split.Text).Split(split.Separator),
        _ => [Text(value)],
    };

    /// <summary>The section DeviceConfiguration with its functions computed; null without one.</summary>
    public byte[]? Configuration()
    {
        if (_template.DeviceConfiguration is not { } section) return null;
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer)) Write(section, writer);
        return buffer.ToArray();
    }

    private void Write(JsonElement element, Utf8JsonWriter writer)
    {
        if (TemplateFunctions.IsFunction(element))
        {
            var value = _template.Functions.ReadText(element, "DeviceConfiguration");
            writer.WriteStringValue(Text(value));
            return;
        }

        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var member in element.EnumerateObject())
                {
                    writer.WritePropertyName(member.Name);
                    Write(member.Value, writer);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in element.EnumerateArray()) Write(item, writer);
                writer.WriteEndArray();
                break;
            default:
                element.WriteTo(writer);
                break;
        }
    }

    private string Select(SelectValue select)
    {
        var items = List(select.Items);
        var text = Text(select.Index);
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var index) || index >= items.Count)
            throw new TemplateProblem($"Fn::Select takes element '{text}' of a list of {items.Count}");
        return Count(items[index]);
    }

    private string Substitute(SubstitutionValue substitution)
    {
        var text = new StringBuilder();
        foreach (var piece in substitution.Pieces)
        {
            if (!piece.IsVariable) text.Append(piece.Text);
            else if (substitution.Variables.TryGetValue(piece.Text, out var variable)) text.Append(Text(variable));
            else text.Append(Count(_parameters[piece.Text]));
            if (text.Length > MostCharacters) Count(text.ToString());
        }

        return Count(text.ToString());
    }

    private string Find(LookupValue lookup)
    {
        var (map, first, second) = (Text(lookup.Map), Text(lookup.First), Text(lookup.Second));
        return _template.Mappings.TryGetValue(map, out var rows) && rows.TryGetValue(first, out var row) && row.TryGetValue(second, out var text)
            ? Count(text)
            : throw new TemplateProblem($"Fn::FindInMap finds nothing at {map}/{first}/{second}");
    }

    private string Count(string text)
    {
        _characters += text.Length;
        return _characters <= MostCharacters ? text : throw new TemplateProblem($"the template produces more than {MostCharacters} characters");
    }
}
