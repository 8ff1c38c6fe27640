using System.Diagnostics;
using System.Globalization;
using Fairlead.Shared;

namespace Fairlead.Interop.Edge;

/// <summary>What the connector puts on the wire of its remote link, and whom it refuses there.</summary>
public sealed class RemoteLinkTests
{
    private const string Device = "test:device";

    [Fact]
    public async Task Edge_5_A_key_file_beyond_use_leaves_no_idle_process_and_is_taken_once_it_is_mended()
    {
        await using var local = await LocalBroker.Create().StartAsync();
        await using var cloud = await LocalBroker.Create(tls: true).StartAsync();
        string key = Path.Combine(Path.GetDirectoryName(cloud.CaFile)!, "bad.key");
        await File.WriteAllTextAsync(key, "-----BEGIN PRIVATE KEY-----\nno key\n-----END PRIVATE KEY-----\n", TestContext.Current.CancellationToken);
        await using var edge = Tls(local, cloud.Port, cloud);
        edge.Settings["key"] = key;
        edge.Write();
        edge.Start();
        await edge.LogLineAsync("bad.key");
        await UntilAttemptAsync(edge, 3); // it goes on trying, and says so
        File.Copy(cloud.Key("device"), key, overwrite: true);
        await edge.LogLineAsync("session new link=hub");
        (await edge.StopAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Edge_5_A_bad_address_in_the_file_ends_the_process()
    {
        await using var local = LocalBroker.Create();
        await using var edge = new EdgeRun(new() { ["address"] = "gopher://localhost:1", ["localAddress"] = local.Url.OriginalString, ["deviceId"] = Device }).Start();
        (await edge.EndAsync()).ShouldBe(1);
        await edge.LogLineAsync("address: ");
    }

    [Theory]
    [InlineData("-tls1_1", false)]
    [InlineData("-tls1_2", true)]
    [InlineData("-tls1_3", true)]
    public async Task Edge_7_TLS_1_2_and_1_3_are_taken_and_1_1_is_refused(string version, bool taken)
    {
        await using var local = await LocalBroker.Create().StartAsync();
        await using var files = LocalBroker.Create(tls: true);
        await using var server = await TlsServer.StartAsync(files, version);
        await using var edge = Tls(local, server.Port, files);
        edge.Settings["connectTimeout"] = 2;
        edge.Write();
        edge.Start();
        await edge.LogLineAsync(taken ? "accepted the connection but did not answer CONNECT" : "the TLS handshake");
        if (!taken) edge.Log.ShouldNotContain("did not answer CONNECT");
    }

    [Fact]
    public async Task Edge_7_A_foreign_authority_and_a_foreign_name_are_refused()
    {
        await using var local = await LocalBroker.Create().StartAsync();
        await using var cloud = await LocalBroker.Create(tls: true).StartAsync();
        await using var other = LocalBroker.Create(tls: true, "Another CA");
        await using (var edge = Tls(local, cloud.Port, cloud))
        {
            edge.Settings["caCert"] = other.CaFile;
            edge.Write();
            edge.Start();
            await edge.LogLineAsync("its certificate is signed by \"CN=Edge test CA\", which is not in");
        }

        await using (var edge = Tls(local, cloud.Port, cloud))
        {
            edge.Settings["address"] = $"mqtts://127.0.0.1:{cloud.Port}";
            edge.Write();
            edge.Start();
            await edge.LogLineAsync("its certificate is not for 127.0.0.1 but for localhost");
            await edge.StopAsync();
            edge.Log.ShouldNotContain("session new link=hub");
        }
    }

    [Fact]
    public async Task Edge_7_The_name_of_the_server_and_the_ALPN_names_are_sent_as_configured()
    {
        await using var local = await LocalBroker.Create().StartAsync();
        await using var files = LocalBroker.Create(tls: true);
        (string[] Options, string Said)[] looks =
        [
            (["-servername", "localhost", "-cert2", files.Certificate("server"), "-key2", files.Key("server")], "Hostname in TLS extension: \"localhost\""),
            (["-alpn", "x-amzn-mqtt-ca"], "ALPN protocols advertised by the client: x-amzn-mqtt-ca, mqtt"),
        ];
        foreach (var (options, said) in looks)
        {
            await using var server = await TlsServer.StartAsync(files, "-tls1_2", options);
            await using var edge = Tls(local, server.Port, files);
            edge.Settings["alpn"] = new[] { "x-amzn-mqtt-ca", "mqtt" };
            edge.Write();
            edge.Start();
            await server.UntilAsync(said);
        }
    }

    [Fact]
    public async Task Edge_8_9_CONNECT_keeps_the_Session_and_SUBSCRIBE_comes_each_time_with_at_most_eight_filters()
    {
        await using var local = await LocalBroker.Create().StartAsync();
        await using var hub = new WireHub();
        await using var edge = Plain(local, hub.Port, ("clientId", "gateway-7"), ("keepAlive", 77), ("commandForms", "all"), ("stallTimeout", 600)).Start();
        foreach (bool present in new[] { false, true })
        {
            int before = hub.Subscribes.Sum(static filters => filters.Length);
            await hub.UntilAsync(() => hub.Subscribes.Sum(static filters => filters.Length) - before >= 16, () => $"all filters should come\n{edge.Log}");
            hub.Subscribes.ShouldAllBe(static filters => filters.Length <= 8);
            var filters = hub.Subscribes.SelectMany(static one => one).Skip(before).ToList();
            filters.ShouldContain("command/+/+/req/#");
            filters.Count(static filter => filter.StartsWith("$aws/things/test:device/shadow/", StringComparison.Ordinal)).ShouldBe(14);
            hub.SessionPresent = true;
            if (!present) hub.Break();
        }

        hub.Connects.Count.ShouldBe(2);
        hub.Connects.ShouldAllBe(static connect => connect == new RawConnect("MQTT", 4, 0, 77, "gateway-7", 0));
    }

    [Fact]
    public async Task Edge_10_29_At_most_a_hundred_are_unacknowledged_and_no_second_has_more_than_its_share()
    {
        const int Messages = 400;
        await using var local = await LocalBroker.Create().StartAsync();
        await using var hub = new WireHub();
        await using var edge = Plain(local, hub.Port, ("rate.profile", "aws"), ("twin.enabled", false), ("stallTimeout", 600)).Start();
        await edge.LogLineAsync("session new link=hub");
        await edge.LogLineAsync("takes messages");
        await using var app = await Listener.ConnectAsync(local.Url);
        for (int n = 0; n < Messages; n++) await app.PublishAsync("t", $"{n}");
        await hub.UntilAsync(() => hub.Publishes.Count == 100, () => $"{hub.Publishes.Count} came\n{edge.Log}");
        string held = string.Create(CultureInfo.InvariantCulture, $"edge_spool_messages{{class=\"telemetry\"}} {Messages}");
        await Until(async () => (await edge.GetAsync("/metrics")).Contains(held, StringComparison.Ordinal), "everything should lie in the spool");
        hub.Publishes.Count.ShouldBe(100, "the window is full");
        for (int acknowledged = 0; acknowledged < Messages; acknowledged += 10)
        {
            await hub.AcknowledgeAsync(10);
            int expected = Math.Min(Messages, 100 + acknowledged + 10);
            await hub.UntilAsync(() => hub.Publishes.Count == expected, () => $"{hub.Publishes.Count} instead of {expected} came\n{edge.Log}");
        }

        // From the moment at which the connection came: a burst of a second's worth, and a hundred each second. (A machine that is busy lets
        // several seconds' worth arrive at once; it cannot let them arrive early.)
        var publishes = hub.Publishes;
        for (int i = 0; i < publishes.Count; i++) (i + 1).ShouldBeLessThanOrEqualTo(101 + (int)(100 * publishes[i].At), $"message {i}");
        publishes.ShouldAllBe(static publish => (publish.First & 7) == 2, "QoS 1, not retained");
    }

    [Fact]
    public async Task Edge_37_A_shutdown_during_a_long_wait_does_not_wait()
    {
        await using var local = await LocalBroker.Create().StartAsync();
        await using var edge = Plain(local, FreePort.Take(), ("reconnectInit", 3_000), ("reconnectMax", 3_000), ("shutdownTimeout", 5)).Start();
        await edge.LogLineAsync("attempt 1, next in ");
        var watch = Stopwatch.StartNew();
        (await edge.StopAsync()).ShouldBe(0);
        TestContext.Current.TestOutputHelper?.WriteLine(FormattableString.Invariant($"ended after {watch.Elapsed.TotalMilliseconds:0} ms"));
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(5.1));
    }

    [Fact]
    public async Task Edge_36_A_network_that_comes_back_ends_the_wait()
    {
        if (!Environment.IsPrivilegedProcess) Assert.Skip("an address cannot be given to this machine: it takes root");
        await using var local = await LocalBroker.Create().StartAsync();
        await using var cloud = LocalBroker.Create();
        await using var edge = Plain(local, cloud.Port, ("reconnectInit", 3_000), ("reconnectMax", 3_000)).Start();
        await edge.LogLineAsync("attempt 1, next in ");
        await cloud.StartAsync();
        string address = string.Create(CultureInfo.InvariantCulture, $"127.{Random.Shared.Next(100, 250)}.{Random.Shared.Next(1, 250)}.1/32");
        if (await RunIpAsync("add", address) != 0) Assert.Skip("an address cannot be given to this machine: apt-get install iproute2, and the right to do so");
        try
        {
            await edge.LogLineAsync("an address of this machine has changed");
            await edge.LogLineAsync("session new link=hub");
        }
        finally
        {
            await RunIpAsync("del", address);
        }
    }

    private static async Task<int> RunIpAsync(string verb, string address)
    {
        try
        {
            using var ip = Process.Start(new ProcessStartInfo("ip", ["address", verb, address, "dev", "lo"]) { UseShellExecute = false })!;
            await ip.WaitForExitAsync(TestContext.Current.CancellationToken);
            return ip.ExitCode;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return -1;
        }
    }

    private static async Task UntilAttemptAsync(EdgeRun edge, int attempt) => await Until(
        async () =>
        {
            string status = await edge.GetAsync("/status");
            int at = status.IndexOf("\"attempt\":", StringComparison.Ordinal);
            return at >= 0 && int.Parse(new string([.. status.Skip(at + 10).TakeWhile(char.IsAsciiDigit)]), CultureInfo.InvariantCulture) >= attempt;
        },
        "it should try again");

    private static async Task Until(Func<Task<bool>> condition, string otherwise)
    {
        using var deadline = new CancellationTokenSource(EdgeRun.Patience);
        while (!await condition())
        {
            if (deadline.IsCancellationRequested) Assert.Fail(otherwise);
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    private static EdgeRun Tls(LocalBroker local, int port, LocalBroker files) => new(new()
    {
        ["address"] = $"mqtts://localhost:{port}",
        ["localAddress"] = local.Url.OriginalString,
        ["caCert"] = files.CaFile,
        ["cert"] = files.Certificate("device"),
        ["key"] = files.Key("device"),
        ["reconnectInit"] = 0.1,
        ["reconnectMax"] = 0.5,
    });

    private static EdgeRun Plain(LocalBroker local, int port, params (string Key, object Value)[] more)
    {
        var settings = new Dictionary<string, object>
        {
            ["address"] = $"tcp://127.0.0.1:{port}",
            ["localAddress"] = local.Url.OriginalString,
            ["deviceId"] = Device,
            ["reconnectMax"] = 1,
        };
        foreach (var (key, value) in more) settings[key] = value;
        return new EdgeRun(settings);
    }
}
