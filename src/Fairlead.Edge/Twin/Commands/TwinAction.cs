namespace Fairlead.Edge.Twin.Commands;

/// <summary>Actions of twin commands.</summary>
internal enum TwinAction
{
    /// <summary>Brings into being; writes like modify.</summary>
    Create,

    /// <summary>Replaces what is at the path.</summary>
    Modify,

    /// <summary>Merges into what is at the path.</summary>
    Merge,

    /// <summary>Removes what is at the path.</summary>
    Delete,

    /// <summary>Asks for what is at the path.</summary>
    Retrieve,
}
