namespace Fairlead.Load.Brokers;

// How a scenario wants its broker: what it keeps on disk, where, and whether it also listens with TLS and asks for client certificates.
internal sealed record StartOptions(bool Durable, string Data, bool Secure = false);
