namespace Fairlead.Load.Brokers;

// How a scenario wants its broker: what it keeps on disk, where, whether it also listens with TLS and asks for client certificates, and whether it serves HTTP.
internal sealed record StartOptions(bool Durable, string Data, bool Secure = false, bool Http = false);
