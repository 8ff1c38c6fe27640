namespace Fairlead.Features.Rules.Sql.Nodes;

/// <summary>Types that a value can be cast to.</summary>
internal enum CastTarget
{
    /// <summary>String and its other names.</summary>
    Text,

    /// <summary>Int and Integer.</summary>
    Int,

    /// <summary>Double: a Decimal by way of an IEEE double.</summary>
    Double,

    /// <summary>Decimal.</summary>
    Decimal,

    /// <summary>Bool and Boolean.</summary>
    Boolean,
}
