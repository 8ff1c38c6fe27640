using System.Text.RegularExpressions;
using Fairlead.Features.Api;

namespace Fairlead.Features.Rules;

/// <summary>What a rule may be called.</summary>
internal static partial class RuleName
{
    /// <summary>Longest name.</summary>
    public const int Longest = 128;

    private const string PatternText = "^[a-zA-Z0-9_]+$";

    /// <summary>Refuses what is no name, in the words that clients of AWS look for (spec/aws-rules, section 1.2).</summary>
    public static string Check(string name)
    {
        if (Pattern().IsMatch(name) && name.Length <= Longest) return name;
        var what = name.Length > Longest
            ? $"Member must have length less than or equal to {Longest}"
            : $"Member must satisfy regular expression pattern: {PatternText}";
        var shown = name.Length <= Longest ? name : name[..Longest] + "...";
        throw ApiException.InvalidRequest($"1 validation error detected: Value '{shown}' at 'ruleName' failed to satisfy constraint: {what}");
    }

    [GeneratedRegex(@"\A[a-zA-Z0-9_]+\z", RegexOptions.NonBacktracking)]
    private static partial Regex Pattern();
}
