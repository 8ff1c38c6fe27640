using Fairlead.Protocols.Amqp;

namespace Fairlead.Features.IotHub.Amqp;

/// <summary>
/// Who reads a partition for a consumer group. A reader with an epoch drives out those with a lower one and those without; one that comes
/// later with a lower epoch, or with none, is refused (spec/azure-gateway, section 4.6). Thread-safe.
/// </summary>
internal sealed class ReaderEpochs
{
    /// <summary>Most readers without epoch of one partition and group.</summary>
    public const int MostReaders = 5;

    private readonly Lock _gate = new();
    private readonly Dictionary<(string Group, int Partition), List<(HubLink Link, long? Epoch)>> _readers = [];

    /// <summary>Lets a reader in, and drives out those who have to go.</summary>
    /// <param name="group">Consumer group, in any case.</param>
    /// <param name="partition">Partition.</param>
    /// <param name="link">The reader.</param>
    /// <param name="epoch">Its epoch; null for none.</param>
    /// <returns>Why not, or null.</returns>
    public AmqpError? TryAdd(string group, int partition, HubLink link, long? epoch)
    {
        List<HubLink> driven = [];
        lock (_gate)
        {
            var key = (group.ToUpperInvariant(), partition);
            if (!_readers.TryGetValue(key, out var readers)) readers = [];
            if (readers.Exists(reader => reader.Epoch is { } present && (epoch is null || present > epoch)))
                return new AmqpError(AmqpCondition.Stolen, "a reader with a higher epoch reads this partition for this consumer group");
            if (epoch is null && readers.Count >= MostReaders)
                return new AmqpError(AmqpCondition.ResourceLimitExceeded, $"{MostReaders} readers read this partition for this consumer group already");
            if (epoch is not null)
            {
                driven.AddRange(readers.Select(static reader => reader.Link));
                readers.Clear();
            }

            readers.Add((link, epoch));
            _readers[key] = readers;
        }

        foreach (var reader in driven) reader.End(new AmqpError(AmqpCondition.Stolen, "a reader with a higher epoch has taken over"));
        return null;
    }

    /// <summary>A reader has gone.</summary>
    public void Remove(string group, int partition, HubLink link)
    {
        lock (_gate)
        {
            var key = (group.ToUpperInvariant(), partition);
            if (!_readers.TryGetValue(key, out var readers)) return;
            readers.RemoveAll(reader => reader.Link == link);
            if (readers.Count == 0) _readers.Remove(key);
        }
    }
}
