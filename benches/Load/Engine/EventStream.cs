namespace Fairlead.Load.Engine;

// A device's open stream of server-sent events on a connection of its own.
internal sealed class EventStream(DeviceEvents events) : Link
{
    internal bool WasCut { get; private set; }

    protected override int OnData(ReadOnlySpan<byte> data) => events.Read(data);

    protected override void OnClosed(int error) => WasCut = true;
}
