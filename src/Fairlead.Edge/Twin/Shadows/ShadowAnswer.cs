namespace Fairlead.Edge.Twin.Shadows;

/// <summary>What the hub says on the topics of a shadow.</summary>
internal enum ShadowAnswer
{
    /// <summary>A request was carried out.</summary>
    Accepted,

    /// <summary>A request was refused.</summary>
    Rejected,

    /// <summary>Desired and reported differ.</summary>
    Delta,
}
