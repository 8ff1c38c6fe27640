namespace Fairlead.Features.Rules.Sql;

/// <summary>What statements and evaluations may use at most. Beyond it a statement is refused, a value Undefined, an evaluation stopped.</summary>
internal static class SqlLimits
{
    /// <summary>UTF-16 units of a statement or a template.</summary>
    public const int LongestStatement = 256 * 1024;

    /// <summary>How deep expressions may be nested in the text.</summary>
    public const int DeepestNesting = 100;

    /// <summary>How deep the tree of an expression may be; long chains of one operator make it deep without nesting.</summary>
    public const int DeepestTree = 400;

    /// <summary>Variables of a SET clause [U37].</summary>
    public const int MostVariables = 10;

    /// <summary>UTF-16 units of the name of a variable.</summary>
    public const int LongestVariable = 64;

    /// <summary>UTF-16 units of a String that a function or an operator makes.</summary>
    public const int LongestText = 1024 * 1024;

    /// <summary>Elements of an Array that a function makes.</summary>
    public const int MostElements = 100_000;

    /// <summary>Bytes of what transform() makes (section 1.5).</summary>
    public const int LargestTransform = 128 * 1024;

    /// <summary>Steps of one evaluation: a call, an element, sixteen bytes of text looked at, each about 20 ns.</summary>
    public const int MostWork = 4_000_000;
}
