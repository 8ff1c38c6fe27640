namespace Fairlead.Load.Scenarios;

// How much a pipelined scenario keeps under way: enough for any broker to work in batches, not so much that one must drop.
// QoS 0: bytes of one publisher, and how many it writes at a time. QoS 1: unacknowledged publications of one publisher, and messages that
// one subscriber is still to get.
internal sealed record Window(int Bytes = 64 * 1024, int WriteBytes = 16 * 1024, int Unacknowledged = 20, int PerSubscriber = 100);
