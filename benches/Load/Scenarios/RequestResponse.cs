using Fairlead.Load.Engine;
using Fairlead.Load.Measuring;
using Fairlead.Load.Wire;

namespace Fairlead.Load.Scenarios;

// The same confirmation without direct messages, as it is done with a bare broker: a request on a topic of the device, an answer on a topic of
// the one who asked, QoS 1 both ways. As many ask at once as call in the scenario 'direct', and of as many devices.
internal sealed class RequestResponse
{
    private const int Payload = 30;
    private readonly Session _session;
    private readonly LoadClient[] _asking;
    private long _answered;

    internal RequestResponse(Session session, int asking, int devices)
    {
        _session = session;
        _asking = [.. Enumerable.Range(0, asking).Select(static i => new LoadClient($"asking-{i:D2}"))];
        LoadClient[] answering = [.. Enumerable.Range(0, devices).Select(static i => new LoadClient($"answering-{i:D4}"))];
        session.Connect(_asking);
        session.Connect(answering);
        session.Subscribe([.. answering.Select(static (client, i) => (client, (IReadOnlyList<string>)[$"request/{i}"]))], qos: 1);
        session.Subscribe([.. _asking.Select((client, i) => (client, (IReadOnlyList<string>)[.. Of(i, devices).Select(static device => $"answer/{device}")]))], qos: 1);
        for (int i = 0; i < devices; i++)
        {
            byte[] answer = Packets.Publish($"answer/{i}", 1, Payload);
            answering[i].Received = client => client.Send(answer);
        }

        for (int i = 0; i < asking; i++)
        {
            byte[][] requests = [.. Of(i, devices).Select(static device => Packets.Publish($"request/{device}", 1, Payload))];
            int next = 0;
            _asking[i].Received = client =>
            {
                _answered++;
                client.Send(requests[next++ % requests.Length]);
            };
            _asking[i].Send(requests[next++]);
        }
    }

    internal Interval Run(RunSettings settings)
    {
        _session.For(settings.WarmUp, static () => long.MaxValue);
        Interval measured = _session.Measure(() => _answered, () => _session.For(settings.Measured, static () => long.MaxValue));
        foreach (LoadClient client in _asking)
            client.Received = null;
        return measured;
    }

    // Which devices one of them asks: all in turn, none asked by two.
    private IEnumerable<int> Of(int asking, int devices)
    {
        for (int device = asking; device < devices; device += _asking.Length)
            yield return device;
    }
}
