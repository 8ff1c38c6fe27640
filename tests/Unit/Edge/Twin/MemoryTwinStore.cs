using Fairlead.Edge.Twin.Storage;

namespace Fairlead.Unit.Edge.Twin;

/// <summary>A store that forgets nothing as long as the test runs.</summary>
internal sealed class MemoryTwinStore : ITwinStore
{
    private readonly OrderedDictionary<string, TwinRecord> _records = new(StringComparer.Ordinal);

    public IReadOnlyList<TwinRecord> Load() => [.. _records.Values];

    public void Save(TwinRecord record) => _records[record.Name] = record;

    public ValueTask FlushAsync(CancellationToken cancellation) => ValueTask.CompletedTask;
}
