using System.Globalization;
using Xunit.v3;

namespace Fairlead.Conformance.Aws;

/// <summary>Names the lines of the AWS checklist that a test shows; docs/compatibility.md says what they are.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class AwsLineAttribute(params int[] lines) : Attribute, ITraitAttribute
{
    public IReadOnlyList<int> Lines { get; } = lines;

    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() =>
        [.. Lines.Select(line => KeyValuePair.Create("AwsLine", line.ToString(CultureInfo.InvariantCulture)))];
}
