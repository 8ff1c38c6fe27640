namespace Fairlead.Features.Policies.Language;

/// <summary>
/// A resource of a statement. In lenient mode the first five fields of its ARN count for nothing, so that documents of another account
/// work unchanged (section 2).
/// </summary>
internal sealed class ResourcePattern
{
    private readonly bool _tailOnly;

    private ResourcePattern(TextPattern pattern, bool tailOnly) => (Pattern, _tailOnly) = (pattern, tailOnly);

    /// <summary>What is compared.</summary>
    public TextPattern Pattern { get; }

    /// <summary>Compiles a resource.</summary>
    /// <param name="text">As the document writes it.</param>
    /// <param name="variables">Whether the document's version knows variables.</param>
    /// <param name="ignoreScope">Lenient mode.</param>
    /// <exception cref="FormatException">A variable is not closed, or has no name.</exception>
    public static ResourcePattern Compile(string text, bool variables, bool ignoreScope)
    {
        var tail = ignoreScope ? WithoutScope(text) : null;
        return new ResourcePattern(TextPattern.Compile(tail ?? text, wildcards: true, variables), tail is not null);
    }

    /// <summary>Whether a resource matches.</summary>
    public bool Matches(in RequestedResource resource, EvaluationContext context) =>
        Pattern.Matches(_tailOnly ? resource.Tail : resource.Arn, context);

    /// <summary>What follows the fifth colon; the colons inside variables do not count. Null for no ARN.</summary>
    private static string? WithoutScope(string text)
    {
        if (!text.StartsWith("arn:", StringComparison.Ordinal)) return null;
        int colons = 0, depth = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '{' && i > 0 && text[i - 1] == '$') depth++;
            else if (text[i] == '}' && depth > 0) depth--;
            else if (text[i] == ':' && depth == 0 && ++colons == 5) return text[(i + 1)..];
        }

        // arn:aws:iot:* : its star reaches into the resource.
        var star = text.IndexOf('*', StringComparison.Ordinal);
        return star < 0 ? null : text[star..];
    }
}

/// <summary>What a request wants to touch; lives on the stack.</summary>
/// <param name="arn">Whole ARN, or <c>*</c> for an operation without a resource.</param>
internal readonly ref struct RequestedResource(ReadOnlySpan<char> arn)
{
    /// <summary>Whole ARN, or <c>*</c>.</summary>
    public ReadOnlySpan<char> Arn { get; } = arn;

    /// <summary>What follows the fifth colon: type and name.</summary>
    public ReadOnlySpan<char> Tail { get; } = TailOf(arn);

    /// <summary>What follows the fifth colon of an ARN; the text itself when it is none.</summary>
    public static ReadOnlySpan<char> TailOf(ReadOnlySpan<char> arn)
    {
        var rest = arn;
        for (var field = 0; field < 5; field++)
        {
            var colon = rest.IndexOf(':');
            if (colon < 0) return arn;
            rest = rest[(colon + 1)..];
        }

        return rest;
    }
}
