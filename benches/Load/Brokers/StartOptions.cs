namespace Fairlead.Load.Brokers;

// How a scenario wants its broker: what it keeps on disk, and where.
internal sealed record StartOptions(bool Durable, string Data);
