namespace Fairlead.Features.Rules.Sql;

/// <summary>Types of the language (spec/aws-rules, section 3.1).</summary>
internal enum SqlKind : byte
{
    /// <summary>No value.</summary>
    Undefined,

    /// <summary>JSON <c>null</c>.</summary>
    Null,

    /// <summary><c>true</c> or <c>false</c>.</summary>
    Boolean,

    /// <summary>Whole number of up to 34 digits.</summary>
    Int,

    /// <summary>Number of 34 significant digits.</summary>
    Decimal,

    /// <summary>Text.</summary>
    String,

    /// <summary>JSON array.</summary>
    Array,

    /// <summary>JSON object.</summary>
    Object,
}
