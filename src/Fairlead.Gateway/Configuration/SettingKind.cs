namespace Fairlead.Gateway.Configuration;

/// <summary>Shape of a setting's value.</summary>
internal enum SettingKind
{
    /// <summary>Any text.</summary>
    Text,

    /// <summary>A path of the file system.</summary>
    Path,

    /// <summary>A whole number.</summary>
    Number,

    /// <summary>A number with a fraction.</summary>
    Fraction,

    /// <summary><c>true</c> or <c>false</c>.</summary>
    Switch,

    /// <summary>Texts separated by blanks; an array in the file.</summary>
    List,
}
