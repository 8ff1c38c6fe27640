using Fairlead.Broker.Durability;
using Fairlead.Features;
using Fairlead.Features.Documents;
using Fairlead.Features.Logging;
using Fairlead.Features.Registry;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Logging;

public sealed class LoggingLevelsTests
{
    private readonly DocumentStore _documents;
    private readonly HubRecords _records;
    private readonly LoggingLevels _levels;

    public LoggingLevelsTests()
    {
        _documents = new DocumentStore(new MemoryStore(), TimeProvider.System);
        _records = new HubRecords(_documents);
        _levels = new LoggingLevels(_documents, _records);
    }

    [Fact]
    public void Messaging_88_resource_beats_event_beats_account()
    {
        Options(new LoggingOptions(EventLogLevel.Warn, false) { Events = new LoggingOptions(EventLogLevel.Warn, false).Events.Add("Connect", new EventLogging(EventLogLevel.Error, null)) });
        Target("CLIENT_ID", "c", EventLogLevel.Debug);

        _levels.LevelFor("Publish-In").ShouldBe(EventLogLevel.Warn);
        _levels.LevelFor("Connect", clientId: "other").ShouldBe(EventLogLevel.Error);
        _levels.LevelFor("Connect", clientId: "c").ShouldBe(EventLogLevel.Debug);
        // A level of a resource turns every event type on for it, the silent ones too.
        _levels.LevelFor("Ping", clientId: "c").ShouldBe(EventLogLevel.Debug);
    }

    [Fact]
    public void Messaging_88_disable_all_beats_everything()
    {
        Options(new LoggingOptions(EventLogLevel.Debug, true));
        Target("CLIENT_ID", "c", EventLogLevel.Debug);
        _levels.LevelFor("Connect", clientId: "c").ShouldBe(EventLogLevel.Disabled);
    }

    [Fact]
    public void Messaging_88_group_means_its_descendants_too_and_the_most_detailed_counts()
    {
        Options(new LoggingOptions(EventLogLevel.Error, false));
        lock (_documents.Gate)
        {
            _records.ThingGroups.Save("root", new ThingGroup("root", "1", 1, 0, null));
            _records.ThingGroups.Save("leaf", new ThingGroup("leaf", "2", 1, 0, "root"));
            _records.GroupMemberships.Save("leaf", "t", new GroupMembership(0));
        }

        Target("THING_GROUP", "root", EventLogLevel.Info);
        _levels.LevelFor("Connect", thingName: "t").ShouldBe(EventLogLevel.Info);
        _levels.LevelFor("Connect", thingName: "u").ShouldBe(EventLogLevel.Error);
        Target("SOURCE_IP", "10.0.0.1", EventLogLevel.Debug);
        Target("PRINCIPAL_ID", "p", EventLogLevel.Disabled);
        _levels.LevelFor("Connect", "t", "c", "10.0.0.1", "p").ShouldBe(EventLogLevel.Debug);
        _levels.LevelFor("Connect", null, "c", "10.0.0.2", "p").ShouldBe(EventLogLevel.Disabled);
    }

    [Fact]
    public void Messaging_88_ping_and_failed_authentication_are_silent_unless_asked_for()
    {
        _levels.LevelFor("Connect").ShouldBe(EventLogLevel.Error);
        _levels.LevelFor("Ping").ShouldBe(EventLogLevel.Disabled);
        Options(new LoggingOptions(EventLogLevel.Debug, false));
        _levels.LevelFor("Ping").ShouldBe(EventLogLevel.Disabled);
        Options(new LoggingOptions(EventLogLevel.Debug, false) { Events = new LoggingOptions(EventLogLevel.Warn, false).Events.Add("Ping", new EventLogging(EventLogLevel.Debug, null)) });
        _levels.LevelFor("Ping").ShouldBe(EventLogLevel.Debug);
    }

    private void Options(LoggingOptions options)
    {
        lock (_documents.Gate) _levels.Save(options);
    }

    private void Target(string type, string name, EventLogLevel level)
    {
        lock (_documents.Gate) _levels.Targets.Save(LoggingLevels.KeyOf(type, name), new LoggingTarget(type, name, level));
    }
}
