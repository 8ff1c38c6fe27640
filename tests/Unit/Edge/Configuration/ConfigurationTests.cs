using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Fairlead.Edge.Configuration;
using Fairlead.Unit.Server;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Edge.Configuration;

/// <summary>The configuration of the edge connector: layers, Kanto's syntax, faults by their key.</summary>
public sealed class ConfigurationTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Edge_1_every_key_works_from_file_and_from_flag_and_the_flag_wins()
    {
        foreach (var setting in EdgeValues.Settings.Where(static setting => !setting.FlagOnly && setting.Kind != SettingKind.Json))
        {
            var (first, second) = Samples(setting);
            string json = setting.Kind switch
            {
                SettingKind.Number or SettingKind.Fraction or SettingKind.Flag => first,
                SettingKind.List => $"[{JsonSerializer.Serialize(first)}]",
                _ => JsonSerializer.Serialize(first),
            };
            string file = _folder.Write("edge.json", $$"""{"{{setting.Key.ToUpperInvariant()}}":{{json}}}""");
            Load("-configFile", file).Values.Text(setting.Key).ShouldBe(first, setting.Key);
            Load("-configFile", file).Values[setting.Key].Origin.ShouldBe("file");
            var both = Load($"--{setting.Key}={second}", "-configFile", file);
            both.Values.Text(setting.Key).ShouldBe(second, setting.Key);
            both.Values[setting.Key].Origin.ShouldBe("flag");
        }
    }

    [Fact]
    public void Edge_1_an_explicitly_empty_flag_beats_the_file()
    {
        string file = _folder.Write("edge.json", """{"logFile":"a.log","payloadFilters":["x"],"alpn":["mqtt"]}""");
        var loaded = Load("-configFile", file, "-logFile", "", "-payloadFilters=", "-alpn", "");
        loaded.Values.TextOrNull("logFile").ShouldBeNull();
        loaded.Values.List("payloadFilters").ShouldBeEmpty();
        loaded.Values.List("alpn").ShouldBeEmpty();
    }

    [Fact]
    public void Edge_1_lists_repeat_as_flags_and_alpn_is_split_at_blanks()
    {
        var loaded = Load("-payloadFilters", "a", "-payloadFilters", "b c", "-alpn", "mqtt x-amzn-mqtt-ca");
        loaded.Values.List("payloadFilters").ShouldBe(["a", "b c"]);
        loaded.Values.List("alpn").ShouldBe(["mqtt", "x-amzn-mqtt-ca"]);
    }

    [Fact]
    public void Edge_1_keys_with_dots_may_be_objects()
    {
        string file = _folder.Write("edge.json", """{"spool":{"maxBytes":"1M","ttl":{"event":7}},"rate":{"Profile":"AWS"}}""");
        var loaded = Load("-configFile", file);
        loaded.Values.Number("spool.maxBytes").ShouldBe(1024 * 1024);
        loaded.Values.Number("spool.ttl.event").ShouldBe(7);
        loaded.Values.Text("rate.profile").ShouldBe("aws");
    }

    [Fact]
    public void Edge_2_a_missing_file_is_a_remark_and_bad_JSON_a_fault()
    {
        var missing = Load("-configFile", Path.Combine(_folder.Path, "none.json"), "-address", "tcp://h:1", "-deviceId", "a:b");
        missing.Fault.ShouldBeNull();
        missing.Problems.ShouldContain(static problem => problem.Key == "configFile" && problem.ExitCode == 0);
        Load("-configFile", _folder.Write("bad.json", "{\"a\":")).Fault!.ExitCode.ShouldBe(1);
        Load("-configFile", _folder.Write("empty.json", "  "), "-address", "tcp://h:1", "-deviceId", "a:b").Fault.ShouldBeNull();
    }

    [Theory]
    [InlineData("-nonsense", "x")]
    [InlineData("-address", "no url")]
    [InlineData("-localAddress", "ftp://h:1")]
    [InlineData("-keepAlive", "soon")]
    [InlineData("-logLevel", "LOUD")]
    [InlineData("-tenantId")]
    [InlineData("stray")]
    public void Edge_2_a_fault_of_the_command_line_is_exit_code_2(params string[] arguments)
    {
        var loaded = Load(["-address", "tcp://h:1", "-deviceId", "a:b", .. arguments]);
        loaded.Fault.ShouldNotBeNull().ExitCode.ShouldBe(2);
    }

    [Fact]
    public void Edge_2_help_and_version_are_seen()
    {
        foreach (string flag in new[] { "-h", "--help", "-help" }) GoFlags.Parse([flag]).WantsHelp.ShouldBeTrue();
        GoFlags.Parse(["-version"]).WantsVersion.ShouldBeTrue();
        GoFlags.Parse(["-version=false"]).WantsVersion.ShouldBeFalse();
    }

    [Theory]
    [InlineData("cert")]
    [InlineData("cert", "-cert", "/none.pem")]
    [InlineData("deviceId", "-deviceId", "sensor1")]
    [InlineData("address", "-deviceId", "a:b", "-address", "")]
    [InlineData("caCert", "-deviceId", "a:b", "-address", "mqtts://h:1", "-caCert", "/none.pem")]
    [InlineData("topicFilter", "-deviceId", "a:b", "-topicFilter", "(")]
    [InlineData("payloadFilters", "-deviceId", "a:b", "-payloadFilters", "(?=x)")]
    [InlineData("logFileSize", "-deviceId", "a:b", "-logFileSize", "0")]
    [InlineData("tenantId", "-deviceId", "a:b", "-tenantId", "")]
    [InlineData("tpmDevice", "-deviceId", "a:b", "-tpmDevice", "/dev/tpm0")]
    [InlineData("localCACert", "-deviceId", "a:b", "-localAddress", "mqtts://h:1")]
    [InlineData("reconnectMax", "-deviceId", "a:b", "-reconnectInit", "9", "-reconnectMax", "8")]
    public void Edge_3_a_fault_names_its_key(string key, params string[] arguments)
    {
        var fault = Load(["-address", "tcp://h:1", .. arguments]).Fault.ShouldNotBeNull();
        fault.ExitCode.ShouldBe(1);
        fault.Key.ShouldBe(key);
    }

    [Fact]
    public void Edge_3_a_common_name_without_colon_needs_a_device_id()
    {
        string certificate = Certificate("sensor1");
        Load("-address", "tcp://h:1", "-cert", certificate).Fault!.Key.ShouldBe("cert");
        Load("-address", "tcp://h:1", "-cert", certificate, "-deviceIdPattern", "ns:{{subject-cn}}").Options!.Links[0].DeviceId.ShouldBe("ns:sensor1");
        Load("-address", "tcp://h:1", "-cert", certificate, "-deviceId", "x:y").Options!.Links[0].DeviceId.ShouldBe("x:y");
        Load("-address", "tcp://h:1", "-cert", _folder.Write("no.pem", "nothing")).Fault!.Key.ShouldBe("cert");
    }

    [Fact]
    public void Edge_4_the_device_is_named_by_its_certificate_and_the_client_by_the_device()
    {
        var options = Load("-address", "tcp://h:1", "-cert", Certificate("test:device:gw")).Options.ShouldNotBeNull();
        options.Links[0].DeviceId.ShouldBe("test:device:gw");
        options.Links[0].ClientId.ShouldBe("test:device:gw");
        options.Local.StatusClientId.ShouldBe("connector");
        options.Local.IntakeClientId.ShouldBe("cloud");
    }

    [Fact]
    public void Edge_4_the_old_environment_names_work_below_the_file()
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["LOCAL_CLIENTID"] = "l",
            ["CLOUD_CLIENTID"] = "c",
            ["HUB_CONNECT_INIT"] = "3",
            ["HUB_CONNECT_MAX"] = "9",
            ["HUB_CONNECT_MUL"] = "4",
        };
        string file = _folder.Write("edge.json", """{"address":"tcp://h:1","deviceId":"a:b","cloudClientId":"f"}""");
        var options = EdgeConfiguration.Load(GoFlags.Parse(["-configFile", file]), variables.GetValueOrDefault).Options.ShouldNotBeNull();
        options.Local.StatusClientId.ShouldBe("l");
        options.Local.IntakeClientId.ShouldBe("f");
        options.Links[0].Backoff.ShouldBe(new BackoffOptions(TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(9), 4, 0.25, 1));
    }

    [Fact]
    public void Links_take_from_outside_what_they_do_not_set()
    {
        string file = _folder.Write("edge.json", """
            {"deviceId":"a:b","tenantId":"t","links":[
              {"name":"one","address":"tcp://h:1"},
              {"type":"azure","address":"tcp://h:2","clientId":"dev","tenantId":"u","spool.sync":"never"}]}
            """);
        var loaded = Load("-configFile", file);
        var options = loaded.Options.ShouldNotBeNull();
        options.Links.Select(static link => link.Name).ShouldBe(["one", "hub2"]);
        options.Links.Select(static link => link.TenantId).ShouldBe(["t", "u"]);
        options.Links[1].Kind.ShouldBe(LinkKind.Azure);
        options.Links[1].UserName.ShouldBe("h/dev/?api-version=2021-04-12");
        loaded.Problems.ShouldContain(static problem => problem.Key == "links[1].spool.sync" && problem.ExitCode == 0);
    }

    [Fact]
    public void Pace_is_that_of_AWS_for_its_endpoints_alone()
    {
        LinkOptions Of(params string[] arguments) => Load(["-deviceId", "a:b", .. arguments]).Options!.Links[0];
        Of("-address", "tcp://x-ats.iot.eu-central-1.amazonaws.com:1").MessageRate.ShouldBe(100);
        Of("-address", "tcp://127.0.0.1:1").MessageRate.ShouldBe(0);
        Of("-address", "tcp://127.0.0.1:1", "-rate.profile", "aws").ByteRate.ShouldBe(512 * 1024);
        Of("-address", "tcp://127.0.0.1:1", "-rate.profile", "custom", "-rate.messages", "7").MessageRate.ShouldBe(7);
    }

    [Fact]
    public void The_provisioning_file_fills_what_nobody_set()
    {
        string file = _folder.Write("provisioning.json", """
            {"hub":{"credentials":{"tenantId":"pt","deviceId":"p:d","authId":"a","secrets":[{"passwordBase64":"c2VjcmV0"}],
             "adapters":[{"type":"amqp","uri":"x"},{"type":"mqtt","uri":"tcp://h","port":1}]}},"things":{"thing":{"policyId":"p:1"}}}
            """);
        var link = Load("-provisioningFile", file, "-tenantId", "mine", "-type", "hono").Options.ShouldNotBeNull().Links[0];
        (link.DeviceId, link.TenantId, link.PolicyId, link.Password).ShouldBe(("p:d", "mine", "p:1", "secret"));
        link.UserName.ShouldBe("a@mine");
        link.Server.ShouldBe(new Uri("mqtt://h:1"));
    }

    [Fact]
    public void Sample_and_reference_are_current()
    {
        GeneratedFile.ShouldBeCurrent("deploy/edge.json", EdgeReference.Sample());
        GeneratedFile.ShouldBeCurrent("docs/edge-configuration.md", EdgeReference.Page());
        Load("-configFile", _folder.Write("sample.json", EdgeReference.Sample()), "-address", "tcp://h:1", "-deviceId", "a:b").Fault.ShouldBeNull();
    }

    private static EdgeConfiguration Load(params string[] arguments) => EdgeConfiguration.Load(GoFlags.Parse(arguments), static _ => null);

    private static (string First, string Second) Samples(EdgeSetting setting)
    {
        if (setting.Choices.Count > 1) return (setting.Choices[^1], setting.Choices[0]);
        return setting.Kind switch
        {
            SettingKind.Flag => ("true", "false"),
            SettingKind.Number => setting.Most <= 1 ? ("0", "1") : ("3", "2"),
            SettingKind.Fraction => setting.Most <= 1 ? ("0.5", "0.25") : ("3.5", "2.5"),
            _ when setting.Key is "address" or "localAddress" => ("tcp://a:1", "tcp://b:2"),
            _ => ("first", "second"),
        };
    }

    private string Certificate(string commonName)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var from = new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
        using var certificate = new CertificateRequest($"CN={commonName}", key, HashAlgorithmName.SHA256).CreateSelfSigned(from, from.AddYears(50));
        return _folder.Write("cert.pem", certificate.ExportCertificatePem());
    }
}
