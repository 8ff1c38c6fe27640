using Fairlead.Broker.Connections;
using Fairlead.Broker.Durability;
using Fairlead.Broker.Extensions;
using Fairlead.Broker.Security;
using Fairlead.Features;
using Fairlead.Features.Connections;
using Fairlead.Features.Documents;
using Fairlead.Shared;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.DataPlane;

public sealed class PresenceTests
{
    private readonly ManualClock _clock = new();
    private readonly PresenceTable _table;

    public PresenceTests()
    {
        var context = new FeatureContext(new HubScope(), new DocumentStore(new MemoryStore(), _clock), _clock, NullLoggerFactory.Instance);
        _table = new PresenceTable(context, static presence => presence.ClientId == "thing");
    }

    [Fact]
    public void Messaging_46_numbers_rise_with_each_connection_and_begin_anew_after_an_hour_away()
    {
        for (var number = 0; number < 3; number++)
        {
            var connected = Connect("c");
            connected.Version.ShouldBe(number);
            var left = Leave("c");
            (left.Version, left.SessionIdentifier).ShouldBe((connected.Version, connected.SessionIdentifier));
            _clock.Advance(TimeSpan.FromMinutes(59));
        }

        _clock.Advance(TimeSpan.FromMinutes(2));
        Connect("c").Version.ShouldBe(0);
    }

    [Fact]
    public void Messaging_46_the_number_of_a_stored_session_lasts_as_long_as_the_session_and_so_does_its_identifier()
    {
        var first = Connect("c", expiry: 7200);
        Leave("c", expiry: 7200);
        _clock.Advance(TimeSpan.FromMinutes(110));
        var resumed = Connect("c", expiry: 7200, present: true);
        (resumed.Version, resumed.SessionIdentifier).ShouldBe((1, first.SessionIdentifier));
        Leave("c", expiry: 7200);
        _clock.Advance(TimeSpan.FromMinutes(121));
        Connect("c", expiry: 7200).Version.ShouldBe(0);
    }

    [Fact]
    public void Messaging_58_who_is_away_for_long_is_forgotten_unless_it_is_a_thing()
    {
        foreach (var clientId in new[] { "c", "thing", "stays" }) Connect(clientId);
        Leave("c");
        Leave("thing");
        _clock.Advance(TimeSpan.FromHours(2));
        _table.Prune();
        _table.Find("c").ShouldBeNull();
        _table.Find("thing").ShouldNotBeNull();
        _table.Find("stays")!.IsConnected.ShouldBeTrue();
    }

    [Fact]
    public void Messaging_58_no_more_clients_are_remembered_than_there_is_room_for()
    {
        for (var i = 0; i < PresenceTable.MostAbsent + 10; i++)
        {
            Connect($"c{i}");
            Leave($"c{i}");
        }

        _table.Find("c0").ShouldBeNull();
        _table.Find("c9").ShouldBeNull();
        _table.Find("c10").ShouldNotBeNull();
    }

    private static ConnectionEvent Event(string clientId, uint expiry, bool present, long at) =>
        new(clientId, Principal.Anonymous, new TransportInfo { Listener = "", Protocol = "mqtt", Abort = static _ => { } }, 1, 1)
        {
            SessionExpiry = expiry,
            SessionPresent = present,
            ConnectedAt = at,
        };

    private ClientPresence Connect(string clientId, uint expiry = 0, bool present = false) =>
        _table.OnConnected(Event(clientId, expiry, present, _clock.GetUtcNow().ToUnixTimeMilliseconds()));

    private ClientPresence Leave(string clientId, uint expiry = 0) => _table.OnDisconnected(Event(clientId, expiry, false, 0), "CONNECTION_LOST");
}
