namespace Fairlead.Edge.Configuration;

/// <summary>What the value of an <see cref="EdgeSetting"/> looks like.</summary>
internal enum SettingKind
{
    /// <summary>Any text.</summary>
    Text,

    /// <summary>A file or directory.</summary>
    Path,

    /// <summary>A whole number; <c>0x</c> form and the suffixes K, M and G (powers of 1,024) are understood.</summary>
    Number,

    /// <summary>A number with decimals.</summary>
    Fraction,

    /// <summary><c>true</c> or <c>false</c>.</summary>
    Flag,

    /// <summary>Several texts: an array in the file; on the command line the flag is repeated, except where words are separated by blanks.</summary>
    List,

    /// <summary>Objects, in the file alone.</summary>
    Json,
}
