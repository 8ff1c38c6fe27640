namespace Fairlead.Load.Brokers;

// How a scenario wants its broker: what it keeps on disk, where, whether it also listens with TLS and asks for client certificates, whether it serves HTTP, and whether AMQP.
internal sealed record StartOptions(bool Durable, string Data, bool Secure = false, bool Http = false, bool Amqp = false);
