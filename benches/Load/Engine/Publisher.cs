using Fairlead.Load.Wire;

namespace Fairlead.Load.Engine;

// A client together with what it publishes.
internal sealed class Publisher(LoadClient client, PublishTrain train, Flow flow)
{
    internal LoadClient Client { get; } = client;

    internal PublishTrain Train { get; } = train;

    internal Flow Flow { get; } = flow;

    // The last write has left the process: more would only pile up here.
    internal bool IsReady => !Client.IsWriting && Client.IsOpen;

    internal void Publish(int count, long time = 0)
    {
        while (count > 0)
        {
            ReadOnlySpan<byte> bytes = Train.Take(count, time);
            int taken = bytes.Length / Train.PacketLength;
            Flow.Published += taken;
            Client.Sent += taken;
            count -= taken;
            Client.Send(bytes);
        }
    }
}
