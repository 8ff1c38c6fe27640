namespace Fairlead.Targets.Items;

/// <summary>Where the dynamoDB actions write.</summary>
internal interface IItemStore : IAsyncDisposable
{
    /// <summary>Most items that one <see cref="WriteAsync"/> takes.</summary>
    int LargestBatch { get; }

    /// <summary>Writes items and sets the result of each.</summary>
    ValueTask WriteAsync(IReadOnlyList<ItemCall> calls, CancellationToken cancellationToken);
}
