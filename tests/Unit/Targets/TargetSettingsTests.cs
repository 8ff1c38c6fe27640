using Fairlead.Server.Configuration;
using Fairlead.Unit.Server;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Targets;

/// <summary>Settings of targets: checked at the start, secrets shown nowhere.</summary>
public sealed class TargetSettingsTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("Rules:S3", "ftp://x", "Rules:S3 = 'ftp://x' (from --set) must be a folder such as file:///srv/objects, an http or https URL, or empty")]
    [InlineData("Rules:Tables", "Hosst=db;Password=hidden", "Rules:Tables = (secret) (from --set) must be a connection string")]
    [InlineData("Rules:Tables", "Username=u", "Rules:Tables = (secret) (from --set) must be a connection string")]
    [InlineData("Rules:Queues", "q=http://u:hidden@h/v", "Rules:Queues = (secret) (from --set) must be NAME=URL with a URL of the scheme amqp, amqps")]
    [InlineData("Rules:Queues", "q=amqp://u:hidden@h/v?quueue=x", "Rules:Queues = (secret) (from --set) has the option quueue; there are queue, exchange, routingKey, declare")]
    [InlineData("Rules:Streams", "s=file:///x?maxBytes=1", "has the option maxBytes, which must be a number of at least 4096")]
    [InlineData("Rules:Streams", "s=kafka://h:1/t?plugin.library.paths=x", "has the option plugin.library.paths, which is not known or has a value that cannot be used")]
    [InlineData("Rules:Keys", "S3=id:hidden", "names the service S3; did you mean s3?")]
    [InlineData("Rules:Keys", "s3=id", "must be SERVICE=ID:SECRET")]
    [InlineData("Rules:Sqs", "http://h?protocol=soap", "Rules:Sqs = 'http://h?protocol=soap' (from --set) must be an http or https URL")]
    [InlineData("Rules:PlainHosts", "http://x", "must be a host name or address")]
    [InlineData("Rules:Queuess", "x", "did you mean Rules:Queues?")]
    public void A_value_that_cannot_be_used_stops_the_start(string key, string value, string message)
    {
        var problem = Should.Throw<ConfigurationProblemException>(() => Load(new FlagValue("--set", key, value))).Message;
        problem.ShouldContain(message);
        problem.ShouldNotContain("hidden");
    }

    [Fact]
    public void The_element_at_fault_is_named_without_its_secret()
    {
        var problem = Should.Throw<ConfigurationProblemException>(
            () => Load(new FlagValue("--set", "Rules:Queues", "a=amqp://h"), new FlagValue("--set", "Rules:Queues", "b=http://u:hidden@h"))).Message;
        problem.ShouldContain("has the element 'b=...' that must be NAME=URL");
        problem.ShouldNotContain("hidden");
    }

    [Fact]
    public void Secrets_come_from_files_a_line_an_element_and_are_not_shown()
    {
        var file = _directory.Write("queues", "a=amqp://u:hidden@h/v\nb=amqps://u:hidden@h/v?queue=q\n");
        var configuration = Load(new FlagValue("--set", "Rules:Queues_FILE", file), new FlagValue("--set", "Rules:Tables", "Host=h;Password=hidden"));
        configuration.Options.Targets.Queues.ShouldBe(["a=amqp://u:hidden@h/v", "b=amqps://u:hidden@h/v?queue=q"]);
        Effective(configuration, "Rules:Queues").ShouldBe(["********", "********"]);
        Effective(configuration, "Rules:Tables").ShouldBe(["********"]);
        Effective(configuration, "Rules:Keys").ShouldBeEmpty();
    }

    private static IReadOnlyList<string> Effective(HubConfiguration configuration, string key) => configuration.Effective.Single(entry => entry.Setting.Key == key).Values;

    private HubConfiguration Load(params FlagValue[] flags) => HubConfiguration.Load(new ConfigurationInputs { Directory = _directory.Path, Flags = flags });
}
