using System.Text.Json;
using Fairlead.Interop.Drivers;
using Fairlead.Shared;

namespace Fairlead.Interop.Tools;

/// <summary>thing create, thing kit, thing rm: from nothing to a device that connects with the programs of others, unchanged.</summary>
public sealed class KitTests(CliHub hub) : IClassFixture<CliHub>
{
    private static readonly string[] Files =
    [
        "README.txt", "connect.json", "lamp1-policy.json", "lamp1.cert.pem", "lamp1.private.key", "lamp1.public.key", "mosquitto_pub", "mosquitto_sub", "root-CA.crt",
    ];

    [Fact]
    public async Task The_kit_has_the_files_that_its_readers_look_for_and_keeps_its_key()
    {
        var made = await hub.Cli.RunAsync("thing", "create", "lamp1", "--attr", "room=hall", "--out", "lamp1");
        made.ShouldBeDone();
        made.Output.ShouldBeEmpty();
        made.Errors.ShouldStartWith("created thing lamp1: certificate ");
        made.Errors.ShouldContain("try:  XDG_CONFIG_HOME=lamp1 mosquitto_sub -t 'lamp1/#' -v\n");
        Directory.GetFiles(hub.InHome("lamp1")).Select(Path.GetFileName).Order(StringComparer.Ordinal).ShouldBe(Files);
        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(hub.InHome("lamp1")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            File.GetUnixFileMode(hub.InHome("lamp1", "lamp1.private.key")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        (await hub.Cli.RunAsync("thing", "get", "lamp1")).Output.ShouldContain("attributes.room: hall\n");
        var again = await hub.Cli.RunAsync("thing", "create", "lamp1", "--out", "other");
        again.ExitCode.ShouldBe(1);
        again.Errors.ShouldContain("why: there is one of that name\n");
        Directory.Exists(hub.InHome("other")).ShouldBeFalse();
        var over = await hub.Cli.RunAsync("thing", "kit", "lamp1", "--out", "lamp1");
        over.ExitCode.ShouldBe(1);
        over.Errors.ShouldContain("lamp1.private.key exists\n");
    }

    [Theory]
    [InlineData("5")]
    [InlineData("mqttv311")]
    public async Task Mosquitto_connects_with_the_kit_as_its_configuration(string version)
    {
        Requirements.NeedMosquittoTools();
        string thing = $"lamp-mosquitto-{version}";
        await CreateAsync(thing);
        var kit = new Dictionary<string, string> { ["XDG_CONFIG_HOME"] = hub.InHome(thing) };
        using var sub = hub.Cli.Start("stdbuf", kit, "-oL", "mosquitto_sub", "-V", version, "-t", $"{thing}/#", "-v", "-C", "1", "-d");
        await LineAsync(sub, "Subscribed (");
        (await hub.Cli.RunProgramAsync("mosquitto_pub", kit, "-V", version, "-t", $"{thing}/temp", "-m", "21.5", "-q", "1")).ShouldBeDone();
        (await LineAsync(sub, $"{thing}/temp")).ShouldBe($"{thing}/temp 21.5");
        await EndAsync(sub);
    }

    [Fact]
    public async Task The_default_policy_lets_a_device_speak_for_itself_alone()
    {
        Requirements.NeedMosquittoTools();
        await CreateAsync("lamp-own");
        var own = await hub.Cli.RunAsync("pub", "--as", "lamp-own", "-t", "lamp-own/temp", "-m", "1", "-q", "1");
        own.ShouldBeDone();
        var other = await hub.Cli.RunAsync("pub", "--as", "lamp-own", "-t", "lamp-other/temp", "-m", "1", "-q", "1");
        other.ExitCode.ShouldBe(3, other.Errors);
        var shadow = await hub.Cli.RunAsync("pub", "--as", "lamp-own", "-t", "$aws/things/lamp-own/shadow/name/n/update", "-m", "{\"state\":{\"reported\":{\"a\":1}}}", "-q", "1");
        shadow.ShouldBeDone();
        (await hub.Cli.RunAsync("shadow", "get", "lamp-own", "reported.a", "--name", "n")).Output.ShouldBe("1\n");
        (await hub.Cli.RunAsync("pub", "--as", "lamp-own", "-i", "lamp-other", "-t", "lamp-own/temp", "-m", "1")).ExitCode.ShouldBe(3);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public async Task The_device_SDK_of_AWS_connects_with_the_kit(int version)
    {
        Requirements.Need(Foreign.AwsSdk);
        string thing = $"lamp-sdk-{version}";
        await CreateAsync(thing);
        string folder = hub.InHome(thing);
        var kit = new DeviceKit(Path.Combine(folder, $"{thing}.cert.pem"), Path.Combine(folder, $"{thing}.private.key"), Path.Combine(folder, "root-CA.crt"));
        await using var stage = new Stage(hub.Hub, kit);
        var client = await stage.ConnectAsync(new Peer(Foreign.AwsSdk, version, Route.Tls), new ConnectSettings { Builder = "mtls", ClientId = thing });
        (await client.SubscribeAsync($"{thing}/+", 1)).ShouldBe(1);
        await client.PublishAsync($"{thing}/a", "one", 1);
        (await client.NextAsync(1)).Select(delivery => delivery.Text).ShouldBe(["one"]);
        await client.DisconnectAsync();
    }

    [Fact]
    public async Task Create_waits_for_the_first_connection_even_for_a_short_one()
    {
        Requirements.NeedMosquittoTools();
        using var create = hub.Cli.Start(ProgramPath.Find(), null, "thing", "create", "lamp-wait", "--out", "lamp-wait", "--wait", "--timeout", "60");
        await LineAsync(create.StandardError, "XDG_CONFIG_HOME=lamp-wait mosquitto_pub");
        var kit = new Dictionary<string, string> { ["XDG_CONFIG_HOME"] = hub.InHome("lamp-wait") };
        // The event of a client that is gone again is what is waited for; publishing twice makes up for a watch that has just begun.
        using var deadline = new CancellationTokenSource(DriverProcess.Deadline);
        while (!create.HasExited && !deadline.IsCancellationRequested)
            (await hub.Cli.RunProgramAsync("mosquitto_pub", kit, "-t", "lamp-wait/temp", "-m", "21.5", "-q", "1")).ShouldBeDone();
        await create.WaitForExitAsync(deadline.Token);
        create.ExitCode.ShouldBe(0);
        (await create.StandardError.ReadToEndAsync(deadline.Token)).ShouldContain("connected in ");
    }

    [Fact]
    public async Task A_device_that_does_not_come_ends_the_wait_with_5()
    {
        var outcome = await hub.Cli.RunAsync("thing", "create", "lamp-late", "--out", "lamp-late", "--wait", "--timeout", "5");
        outcome.ExitCode.ShouldBe(5);
        outcome.Errors.ShouldContain("fairlead thing create: lamp-late did not connect\n  why: nothing came within 5 s\n");
        (await hub.Cli.RunAsync("thing", "get", "lamp-late")).ShouldBeDone();
    }

    [Fact]
    public async Task What_was_made_is_taken_back_when_a_later_step_fails()
    {
        var outcome = await hub.Cli.RunAsync("thing", "create", "lamp-undone", "--out", "lamp-undone", "--policy", "no-such-policy", "--json");
        outcome.ExitCode.ShouldBe(4);
        outcome.Errors.ShouldContain("\"code\":\"ResourceNotFoundException\"");
        (await hub.Cli.RunAsync("thing", "get", "lamp-undone")).ExitCode.ShouldBe(4);
        (await hub.Cli.RunAsync("cert", "ls", "--json")).Output.ShouldNotContain("lamp-undone");
    }

    [Fact]
    public async Task A_request_of_ones_own_keeps_the_key_where_it_is()
    {
        using var key = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        string csr = new System.Security.Cryptography.X509Certificates.CertificateRequest("CN=lamp-csr", key, System.Security.Cryptography.HashAlgorithmName.SHA256).CreateSigningRequestPem();
        var outcome = await hub.Cli.RunWithInputAsync(csr, "thing", "create", "lamp-csr", "--csr", "-");
        outcome.ShouldBeDone();
        outcome.Output.ShouldStartWith("-----BEGIN CERTIFICATE-----\n");
        var everything = await hub.Cli.RunAsync("thing", "create", "lamp-json", "--out", "-");
        everything.ShouldBeDone();
        var document = JsonDocument.Parse(everything.Output).RootElement;
        document.GetProperty("thing").GetString().ShouldBe("lamp-json");
        document.GetProperty("privateKey").GetString().ShouldStartWith("-----BEGIN PRIVATE KEY-----\n");
        document.GetProperty("rootCa").GetString().ShouldStartWith("-----BEGIN CERTIFICATE-----\n");
        document.GetProperty("policies")[0].GetString().ShouldBe("lamp-json-default");
    }

    [Fact]
    public async Task Rm_takes_with_it_what_serves_nothing_else()
    {
        await CreateAsync("lamp-rm");
        (await hub.Cli.RunAsync("thing", "rm", "lamp-rm")).ExitCode.ShouldBe(2);
        var removed = await hub.Cli.RunAsync("thing", "rm", "lamp-rm", "--yes");
        removed.ShouldBeDone();
        removed.Errors.ShouldContain(", and the policy lamp-rm-default\n");
        (await hub.Cli.RunAsync("thing", "get", "lamp-rm")).ExitCode.ShouldBe(4);
        (await hub.Cli.RunAsync("policy", "get", "lamp-rm-default")).ExitCode.ShouldBe(4);
        (await hub.Cli.RunAsync("cert", "get", hub.InHome("lamp-rm", "lamp-rm.cert.pem"))).ExitCode.ShouldBe(4);
    }

    [Fact]
    public async Task Things_are_listed_and_changed()
    {
        foreach (string name in new[] { "list-1", "list-2", "list-3" })
            (await hub.Cli.RunAsync("thing", "create", name, "--attr", $"n={name[^1]}", "--attr", "list=yes")).ShouldBeDone();
        (await hub.Cli.RunAsync("thing", "ls", "--attr", "list=yes")).Output.ShouldBe(
            "thingName\tthingTypeName\tattributes\tversion\nlist-1\t-\tlist=yes n=1\t1\nlist-2\t-\tlist=yes n=2\t1\nlist-3\t-\tlist=yes n=3\t1\n");
        (await hub.Cli.RunAsync("thing", "ls", "--prefix", "list-", "--limit", "2", "--json")).Output.Split('\n').Length.ShouldBe(3);
        (await hub.Cli.RunAsync("thing", "set", "list-1", "--attr", "n=9", "--rm-attr", "list", "--version", "1")).ShouldBeDone();
        (await hub.Cli.RunAsync("thing", "ls", "--attr", "n=9")).Output.ShouldContain("list-1\t-\tn=9\t2\n");
        var conflict = await hub.Cli.RunAsync("thing", "set", "list-1", "--attr", "n=8", "--version", "1");
        conflict.ExitCode.ShouldBe(1);
        conflict.Errors.ShouldContain("(VersionConflictException)");
    }

    private static async Task<string> LineAsync(System.Diagnostics.Process process, string part) => await LineAsync(process.StandardOutput, part);

    private static async Task<string> LineAsync(StreamReader lines, string part)
    {
        using var deadline = new CancellationTokenSource(DriverProcess.Deadline);
        var seen = new List<string>();
        while (await lines.ReadLineAsync(deadline.Token) is { } line)
        {
            if (line.TrimStart().StartsWith(part, StringComparison.Ordinal))
                return line;
            seen.Add(line);
        }

        throw new InvalidOperationException($"no line that begins with '{part}' but: {string.Join('\n', seen)}");
    }

    private static async Task EndAsync(System.Diagnostics.Process process)
    {
        using var deadline = new CancellationTokenSource(DriverProcess.Deadline);
        await process.WaitForExitAsync(deadline.Token);
        process.ExitCode.ShouldBe(0);
    }

    private async Task CreateAsync(string thing) => (await hub.Cli.RunAsync("thing", "create", thing, "--out", thing, "--no-wait")).ShouldBeDone();
}
