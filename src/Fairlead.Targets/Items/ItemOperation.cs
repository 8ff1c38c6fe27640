namespace Fairlead.Targets.Items;

/// <summary>What becomes of an item.</summary>
internal enum ItemOperation
{
    /// <summary>It replaces the one with its key (INSERT of dynamoDB, and dynamoDBv2).</summary>
    Put,

    /// <summary>Its members are written into the one with its key, whose others stay.</summary>
    Update,

    /// <summary>The one with its key goes.</summary>
    Delete,
}
