using System.Text.Json;
using Fairlead.Interop.Mosquitto;

namespace Fairlead.Interop.Tools;

/// <summary>env: the AWS command line and SDKs talk to the hub with what it prints or writes, and nothing else.</summary>
public sealed class EnvTests(CliHub hub) : IClassFixture<CliHub>
{
    [Fact]
    public async Task The_AWS_command_line_works_with_the_written_profile()
    {
        Requirements.NeedAwsCommandLine();
        Requirements.NeedMosquittoTools();
        var person = new Cli(Directory.CreateDirectory(hub.InHome("profile")).FullName, new Dictionary<string, string> { ["FAIRLEAD_URL"] = hub.Hub.Http.ToString() });
        string token = Path.Combine(hub.Hub.DataDirectory, "admin.token");
        Directory.CreateDirectory(Path.Combine(person.Home, ".aws"));
        await File.WriteAllTextAsync(Path.Combine(person.Home, ".aws", "config"), "# mine\n[default]\nregion = eu-west-1\n\n[profile other]\nregion = x\n", TestContext.Current.CancellationToken);
        var written = await person.RunAsync("env", "--aws-profile", "fairlead", "--token-file", token);
        written.ShouldBeDone();
        (await person.RunAsync("env", "--aws-profile", "fairlead", "--token-file", token)).ShouldBeDone();
        string configuration = await File.ReadAllTextAsync(Path.Combine(person.Home, ".aws", "config"), TestContext.Current.CancellationToken);
        configuration.ShouldBe(
            $"""
            # mine
            [default]
            region = eu-west-1

            [profile other]
            region = x

            [profile fairlead]
            region = us-east-1
            endpoint_url = {hub.Https}
            ca_bundle = {Path.Combine(person.Home, ".config", "fairlead", $"ca-127.0.0.1_{hub.Hub.Http.Port}.pem")}
            cli_binary_format = raw-in-base64-out

            """);

        (await person.RunProgramAsync("aws", null, "--profile", "fairlead", "iot", "create-thing", "--thing-name", "by-aws")).ShouldBeDone();
        var things = await person.RunProgramAsync("aws", null, "--profile", "fairlead", "iot", "list-things");
        things.ShouldBeDone();
        JsonDocument.Parse(things.Output).RootElement.GetProperty("things")[0].GetProperty("thingName").GetString().ShouldBe("by-aws");
        await using var sub = await MosquittoTool.SubscribeAsync(["-h", "127.0.0.1", "-p", $"{hub.Hub.Mqtt.Port}"], "-t", "lamp1/temp");
        (await person.RunProgramAsync("aws", null, "--profile", "fairlead", "iot-data", "publish", "--topic", "lamp1/temp", "--payload", "21.5")).ShouldBeDone();
        (await sub.MessageAsync()).GetProperty("payload").GetString().ShouldBe("21.5");
    }

    [Fact]
    public async Task A_shell_that_evaluates_it_talks_to_the_hub()
    {
        Requirements.NeedAwsCommandLine();
        var output = await hub.Cli.RunAsync("env");
        output.ShouldBeDone();
        output.Output.Split('\n').Where(static line => line.Length > 0).ShouldAllBe(static line => line.StartsWith("export ", StringComparison.Ordinal));
        var seen = await hub.Cli.RunProgramAsync("bash", null, "-c", $"{output.Output}\naws iot describe-endpoint");
        seen.ShouldBeDone();
        JsonDocument.Parse(seen.Output).RootElement.GetProperty("endpointAddress").GetString().ShouldBe("localhost");
        (await hub.Cli.RunAsync("env", "--shell", "fish")).Output.ShouldStartWith("set -gx AWS_ENDPOINT_URL https://localhost:");
        (await hub.Cli.RunAsync("env", "--shell", "pwsh")).Output.ShouldStartWith("$env:AWS_ENDPOINT_URL = 'https://localhost:");
        JsonDocument.Parse((await hub.Cli.RunAsync("env", "--json")).Output).RootElement.GetProperty("AWS_REGION").GetString().ShouldBe("us-east-1");
    }

    [Fact]
    public async Task Keys_are_made_imported_switched_off_and_deleted()
    {
        var made = await hub.Cli.RunAsync("key", "create", "--description", "night shift", "--json");
        made.ShouldBeDone();
        string id = JsonDocument.Parse(made.Output).RootElement.GetProperty("id").GetString()!;
        (await hub.Cli.RunWithInputAsync("the+secret/of=AWS\n", "key", "import", "AKIAIMPORTED", "--description", "from elsewhere")).ShouldBeDone();
        (await hub.Cli.RunAsync("key", "get", "AKIAIMPORTED")).Output.ShouldContain("the+secret/of=AWS\n");
        (await hub.Cli.RunAsync("key", "disable", id)).ShouldBeDone();
        (await hub.Cli.RunAsync("key", "ls")).Output.ShouldContain($"{id}\tno\t");
        (await hub.Cli.RunAsync("key", "enable", id)).ShouldBeDone();
        (await hub.Cli.RunAsync("key", "rm", id, "--yes")).ShouldBeDone();
        (await hub.Cli.RunAsync("key", "get", id)).ExitCode.ShouldBe(4);
        (await hub.Cli.RunAsync("env", "--key", "AKIAIMPORTED")).Output.ShouldContain("export AWS_SECRET_ACCESS_KEY=the+secret/of=AWS\n");
    }

    [Fact]
    public async Task A_context_keeps_address_token_and_authority()
    {
        var person = hub.Newcomer();
        var kept = await person.RunAsync("context", "add", "plant", "--url", hub.Https, "--data", hub.Hub.DataDirectory);
        kept.ShouldBe(new ToolOutcome(0, "", "kept the context plant and use it\n"));
        (await person.RunAsync("key", "ls", "--quiet")).ShouldBeDone();
        string token = (await File.ReadAllTextAsync(Path.Combine(hub.Hub.DataDirectory, "admin.token"), TestContext.Current.CancellationToken)).Trim();
        (await person.RunWithInputAsync(token, "context", "add", "http", "--url", hub.Hub.Http.ToString(), "--token-stdin", "--no-use")).ShouldBeDone();
        (await person.RunAsync("context", "ls")).Output.ShouldBe($"  http   {hub.Hub.Http}\n* plant  {hub.Https}\n");
        (await person.RunAsync("key", "ls", "--context", "http")).ShouldBeDone();
        (await person.RunInAsync(new Dictionary<string, string> { ["FAIRLEAD_CONTEXT"] = "http" }, "key", "ls")).ShouldBeDone();
        if (!OperatingSystem.IsWindows())
            File.GetUnixFileMode(Path.Combine(person.Home, ".config", "fairlead", "contexts.json")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        (await person.RunAsync("context", "get", "http")).Output.ShouldNotContain(token);

        // A token belongs to its address: with another address that of the context in use does not travel.
        (await person.RunAsync("key", "ls", "--url", hub.Hub.Http.ToString())).ExitCode.ShouldBe(3);
        (await person.RunAsync("context", "use", "http")).ShouldBeDone();
        (await person.RunAsync("context", "rm", "http")).ShouldBeDone();
        (await person.RunAsync("context", "get")).ExitCode.ShouldBe(4);
    }
}
