using System.Text.RegularExpressions;

namespace Fairlead.Features.Tags;

/// <summary>What keys of tags are made of (service model).</summary>
internal static partial class TagPatterns
{
    /// <summary>The pattern as it is told in refusals.</summary>
    public const string KeyText = @"[\p{L}\p{Z}\p{N}_.:/=+\-@]*";

    /// <summary>A whole key.</summary>
    [GeneratedRegex(@"\A" + KeyText + @"\z", RegexOptions.NonBacktracking)]
    public static partial Regex Key();
}
