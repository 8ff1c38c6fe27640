namespace Fairlead.Edge.Twin.Storage;

/// <summary>Where the local twin survives a restart.</summary>
internal interface ITwinStore
{
    /// <summary>All that is kept, in the order in which it was first seen.</summary>
    IReadOnlyList<TwinRecord> Load();

    /// <summary>Keeps the newest state of a shadow; does not wait.</summary>
    void Save(TwinRecord record);

    /// <summary>Completes when all saved so far is written.</summary>
    ValueTask FlushAsync(CancellationToken cancellation);
}
