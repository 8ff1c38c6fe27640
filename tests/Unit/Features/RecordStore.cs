using Fairlead.Broker.Durability;
using Fairlead.Features;
using Fairlead.Features.Documents;
using Fairlead.Unit.Storage;

namespace Fairlead.Unit.Features;

/// <summary>The features' tables over a real store in a directory that can be opened again.</summary>
internal sealed class RecordStore : IAsyncDisposable
{
    private readonly StoreDirectory _directory = new();
    private IBrokerStore _store = null!;

    public DocumentStore Documents { get; private set; } = null!;

    public HubRecords Records { get; private set; } = null!;

    public static RecordStore Open()
    {
        var opened = new RecordStore();
        opened.Start();
        return opened;
    }

    /// <summary>Closes the file and reads it again, as the next start does.</summary>
    public async Task ReopenAsync()
    {
        await _store.DisposeAsync();
        Start();
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        _directory.Dispose();
    }

    private void Start()
    {
        _store = _directory.Open();
        var state = _store.Load();
        Documents = new DocumentStore(_store, TimeProvider.System);
        Records = new HubRecords(Documents);
        Documents.Load(state.Documents);
    }
}
