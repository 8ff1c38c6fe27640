using System.Text.RegularExpressions;
using Fairlead.Broker;
using Fairlead.Server.Configuration;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Server;

public sealed partial class ConfigurationTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Defaults_hold_when_nothing_is_given()
    {
        var configuration = Load();
        configuration.Options.Broker.ShouldBe(new BrokerOptions());
        configuration.Effective.ShouldAllBe(entry => entry.Origin == "default");
        configuration.Effective.Select(entry => entry.Setting.Key).ShouldBe(HubSettings.All.Select(setting => setting.Key));
    }

    [Fact]
    public void Later_layers_win_and_are_named()
    {
        _directory.Write("conf.d/10-a.json", """{ "Broker": { "ReceiveMaximum": 1, "MaximumInflight": 1, "TopicAliasMaximum": 1, "MaximumRetained": 1 } }""");
        var second = _directory.Write("conf.d/20-b.json", """{ "Broker": { "MaximumInflight": 2, "TopicAliasMaximum": 2, "MaximumRetained": 2 } }""");
        var configuration = Load(
            environment: new() { ["FAIRLEAD__Broker__TopicAliasMaximum"] = "3", ["FAIRLEAD__BROKER__MAXIMUMRETAINED"] = "3" },
            flags: [new("--set", "Broker:MaximumRetained", "4")]);

        var broker = configuration.Options.Broker;
        (broker.ReceiveMaximum, broker.MaximumInflight, broker.TopicAliasMaximum, broker.MaximumRetained).ShouldBe((1, 2, 3, 4));
        OriginOf(configuration, "Broker:MaximumInflight").ShouldBe(second);
        OriginOf(configuration, "Broker:TopicAliasMaximum").ShouldBe("FAIRLEAD__Broker__TopicAliasMaximum");
        OriginOf(configuration, "Broker:MaximumRetained").ShouldBe("--set");
    }

    [Fact]
    public void A_profile_gives_defaults_that_other_keys_override_wherever_they_stand()
    {
        var file = _directory.Write("a.json", """{ "Broker": { "MaximumTopicLevels": 9, "Profile": "aws" } }""");
        var broker = Load(files: [file]).Options.Broker;
        broker.Profile.ShouldBe(BrokerProfile.Aws);
        broker.MaximumTopicLevels.ShouldBe(9);
        broker.MaximumFiltersPerSubscribe.ShouldBe(8);
    }

    [Fact]
    public void A_list_replaces_the_list_below_it()
    {
        var file = _directory.Write("a.json", """{ "Listen": ["mqtt://127.0.0.1:1", "mqtt://127.0.0.1:2", "mqtt://127.0.0.1:3"], }""");
        Listeners(Load(files: [file])).ShouldBe(["mqtt://127.0.0.1:1", "mqtt://127.0.0.1:2", "mqtt://127.0.0.1:3"]);
        Listeners(Load(files: [file], environment: new() { ["FAIRLEAD__Listen"] = "mqtt://127.0.0.1:4 ws://127.0.0.1:5" }))
            .ShouldBe(["mqtt://127.0.0.1:4", "ws://127.0.0.1:5/mqtt"]);
        Listeners(Load(files: [file], environment: new() { ["FAIRLEAD__Listen__0"] = "mqtt://127.0.0.1:6" })).ShouldBe(["mqtt://127.0.0.1:6"]);
        Listeners(Load(files: [file], flags: [new("--listen", "Listen", "mqtt://127.0.0.1:7")])).ShouldBe(["mqtt://127.0.0.1:7"]);
    }

    [Fact]
    public void An_unknown_key_names_its_origin_and_the_nearest_known_one()
    {
        var file = _directory.Write("a.json", """{ "Brokr": { "MaximumPacketSize": 1 } }""");
        Problem(() => Load(files: [file])).ShouldBe($"unknown configuration key Brokr:MaximumPacketSize (from {file}); did you mean Broker:MaximumPacketSize?");
        Problem(() => Load(environment: new() { ["FAIRLEAD__Tls__Keyfile2"] = "x" })).ShouldContain("FAIRLEAD__Tls__Keyfile2); did you mean Tls:KeyFile?");
        Problem(() => Load(flags: [new("--set", "Zzzzzzzzzzzzzzzzzzzzzzzz", "1")])).ShouldContain("print-config");
    }

    [Theory]
    [InlineData("Broker:MaximumPacketSize", "12", "Broker:MaximumPacketSize = '12' (from --set) must be a number of bytes from 128 to 268435460 (K, M and G may follow)")]
    [InlineData("Broker:Profile", "azure", "Broker:Profile = 'azure' (from --set) must be standard or aws")]
    [InlineData("Auth:AllowAnonymous", "yes", "Auth:AllowAnonymous = 'yes' (from --set) must be true or false")]
    [InlineData("Broker:ConnectTimeout", "0", "must be a time of 1s to 5m")]
    [InlineData("Admin:Token", "short", "Admin:Token (secret) must be a text of at least 16 characters")]
    [InlineData("Tls:KeyFile", "k.pem", "Tls:CertificateFile and Tls:KeyFile belong together")]
    [InlineData("Otlp:Endpoint", "collector:4317", "must be an http or https address")]
    public void A_bad_value_says_what_is_allowed(string key, string value, string message) =>
        Problem(() => Load(flags: [new("--set", key, value)])).ShouldContain(message);

    [Theory]
    [InlineData("mqtt://127.0.0.1", "mqtt://127.0.0.1:1883")]
    [InlineData("MQTTS://[::1]:0", "mqtts://[::1]:0")]
    [InlineData("ws://*:80", "ws://*:80/mqtt")]
    [InlineData("wss://localhost:1/other", "wss://localhost:1/other")]
    [InlineData("tls://0.0.0.0:8443", "tls://0.0.0.0:8443")]
    [InlineData("amqp://127.0.0.1", "amqp://127.0.0.1:5672")]
    [InlineData("amqps://*", "amqps://*:5671")]
    [InlineData("http://127.0.0.1:8080/", "http://127.0.0.1:8080")]
    public void A_listener_is_read(string text, string expected)
    {
        ListenUrl.TryParse(text, out var url, out var problem).ShouldBeTrue(problem);
        url.ToString().ShouldBe(expected);
    }

    [Theory]
    [InlineData("")]
    [InlineData("127.0.0.1:1883")]
    [InlineData("coap://127.0.0.1:1")]
    [InlineData("0://127.0.0.1:1")]
    [InlineData("mqtt://127.0.0.1:65536")]
    [InlineData("mqtt://127.0.0.1:-1")]
    [InlineData("mqtt://127.0.0.1:x")]
    [InlineData("mqtt://example.com:1883")]
    [InlineData("mqtt://127.0.0.1:1883/path")]
    [InlineData("mqtt://:1883")]
    public void A_bad_listener_is_refused(string text)
    {
        ListenUrl.TryParse(text, out _, out var problem).ShouldBeFalse();
        problem.ShouldNotBeEmpty();
    }

    [Fact]
    public void A_secret_comes_from_a_file_and_is_not_shown()
    {
        var file = _directory.Write("token", "0123456789abcdef0123\n");
        var configuration = Load(environment: new() { ["FAIRLEAD__Admin__Token_FILE"] = file });
        configuration.Options.AdminToken.ShouldBe("0123456789abcdef0123");
        configuration.Effective.Single(entry => entry.Setting.Key == "Admin:Token").Values.ShouldBe(["********"]);
        Problem(() => Load(environment: new() { ["FAIRLEAD__Admin__Token_FILE"] = "/nonexistent" })).ShouldContain("'/nonexistent'");
        Problem(() => Load(environment: new() { ["FAIRLEAD__Data_FILE"] = file })).ShouldContain("unknown configuration key Data_FILE");
    }

    [Fact]
    public void A_damaged_file_is_named()
    {
        var file = _directory.Write("a.json", "{ \"Data\": ");
        Problem(() => Load(files: [file])).ShouldContain($"{file} is not a JSON object");
        Problem(() => Load(files: [_directory.Write("b.json", "[1]")])).ShouldContain("is not a JSON object");
        Problem(() => Load(files: ["/nonexistent.json"])).ShouldContain("/nonexistent.json");
    }

    [Fact]
    public void Development_lets_anonymous_clients_in_and_may_take_other_ports_unless_told_which()
    {
        var dev = HubConfiguration.Load(new ConfigurationInputs { DevMode = true, Directory = _directory.Path });
        dev.Options.Auth.AllowAnonymous.ShouldBeTrue();
        dev.Options.PortsArePreferences.ShouldBeTrue();
        dev.Options.Listen.Select(url => url.Kind).ShouldBe(Enum.GetValues<ListenerKind>(), ignoreOrder: true);
        HubConfiguration.Load(new ConfigurationInputs { DevMode = true, Directory = _directory.Path, Flags = [new("--listen", "Listen", "mqtt://127.0.0.1:1")] })
            .Options.PortsArePreferences.ShouldBeFalse();
    }

    [Fact]
    public void Every_value_is_read_back_as_it_is_written()
    {
        var options = new HubOptions();
        foreach (var setting in HubSettings.All) setting.Apply(options, setting.Read(options)).ShouldBeNull(setting.Key);
    }

    [Theory]
    [InlineData("10", 10_000)]
    [InlineData("250ms", 250)]
    [InlineData("5m", 300_000)]
    [InlineData("2h", 7_200_000)]
    [InlineData("1d", 86_400_000)]
    public void Times_take_units(string text, long milliseconds)
    {
        Quantity.TryParseTime(text, out var time).ShouldBeTrue();
        time.TotalMilliseconds.ShouldBe(milliseconds);
        Quantity.TryParseTime(Quantity.Format(time), out var again).ShouldBeTrue();
        again.ShouldBe(time);
    }

    [Theory]
    [InlineData("9223372036854775807G")]
    [InlineData("-1K")]
    [InlineData("K")]
    public void Sizes_that_cannot_be_are_refused(string text) => Quantity.TryParseSize(text, out _).ShouldBeFalse();

    [Fact]
    public void The_sample_file_is_current_and_changes_nothing_until_it_is_uncommented()
    {
        GeneratedFile.ShouldBeCurrent("deploy/fairlead.json", SampleFile.Write());
        var sample = SampleFile.Write();
        Load(files: [_directory.Write("sample.json", sample)]).Effective.ShouldAllBe(entry => entry.Origin == "default");

        var file = _directory.Write("uncommented.json", CommentedOption().Replace(sample, "$1\""));
        var effective = Load(files: [file]).Effective;
        effective.ShouldAllBe(entry => entry.Origin == file);
        foreach (var entry in effective.Where(entry => entry.Setting.Key != "Data")) entry.Values.ShouldBe(entry.Setting.Read(new HubOptions()), entry.Setting.Key);
    }

    [Fact]
    public void The_reference_page_is_current() => GeneratedFile.ShouldBeCurrent("docs/configuration.md", ConfigurationPage.Write());

    private static string[] Listeners(HubConfiguration configuration) => [.. configuration.Options.Listen.Select(url => url.ToString())];

    private static string OriginOf(HubConfiguration configuration, string key) =>
        configuration.Effective.Single(entry => entry.Setting.Key == key).Origin;

    private static string Problem(Action action) => Should.Throw<ConfigurationProblemException>(action).Message;

    private HubConfiguration Load(string[]? files = null, Dictionary<string, string>? environment = null, FlagValue[]? flags = null) =>
        HubConfiguration.Load(new ConfigurationInputs
        {
            Directory = Path.Combine(_directory.Path, "conf.d"),
            Files = files ?? [],
            Environment = environment ?? [],
            Flags = flags ?? [],
        });

    [GeneratedRegex("^(?<indent>\\s*)//\"", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex CommentedOption();
}
