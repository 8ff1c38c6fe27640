using System.Text.Json;
using System.Text.RegularExpressions;
using Fairlead.Shared;

namespace Fairlead.Interop.Deployment;

/// <summary>The container file and what stands around it: what can be said about them without an engine that builds them.</summary>
public sealed partial class ContainerTests
{
    private static readonly string Folder = Path.Combine(ProgramPath.Root, "deploy", "container");

    [Fact]
    public void What_the_container_file_copies_is_there_and_let_through()
    {
        var let = File.ReadAllLines(Path.Combine(Folder, "Dockerfile.dockerignore"));
        foreach (Match copy in Copies().Matches(Text()))
        {
            string[] words = copy.Groups["words"].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Any(static word => word.StartsWith("--from", StringComparison.Ordinal))) continue;
            foreach (string source in words[..^1])
            {
                (File.Exists(Path.Combine(ProgramPath.Root, source)) || Directory.Exists(Path.Combine(ProgramPath.Root, source))).ShouldBeTrue(source);
                let.ShouldContain($"!{source}");
            }
        }

        foreach (string line in let.Where(static line => line.StartsWith('!')))
            (File.Exists(Path.Combine(ProgramPath.Root, line[1..])) || Directory.Exists(Path.Combine(ProgramPath.Root, line[1..]))).ShouldBeTrue(line);
    }

    [Fact]
    public void Stages_are_named_before_they_are_used_and_the_last_is_chiseled_and_not_root()
    {
        string[] lines = File.ReadAllLines(Path.Combine(Folder, "Dockerfile"));
        var stages = new List<string>();
        foreach (string line in lines)
        {
            if (From().Match(line) is { Success: true } stage) stages.Add(stage.Groups["name"].Value);
            foreach (Match from in FromStage().Matches(line)) stages[..^1].ShouldContain(from.Groups["name"].Value);
        }

        stages.Count.ShouldBe(3);
        lines.Last(static line => line.StartsWith("FROM", StringComparison.Ordinal)).ShouldContain("chiseled");
        int last = Array.FindLastIndex(lines, static line => line.StartsWith("FROM", StringComparison.Ordinal));
        // There is no shell: nothing runs while the last stage is made, and what starts is given as a list.
        lines[last..].ShouldNotContain(static line => line.StartsWith("RUN", StringComparison.Ordinal));
        lines[last..].ShouldContain("USER 1654:1654");
        foreach (string instruction in (string[])["ENTRYPOINT", "CMD"]) lines[last..].Single(line => line.StartsWith(instruction, StringComparison.Ordinal)).ShouldMatch("^[A-Z]+ \\[\".*\"\\]$");
    }

    [Fact]
    public async Task The_program_takes_its_settings_and_listens_on_the_ports_that_are_exposed()
    {
        var outcome = await HubProcess.RunAsync(["hub", "print-config", "--json", "--config", Path.Combine(Folder, "hub.json")]);
        outcome.ExitCode.ShouldBe(0, outcome.Errors);
        using var settings = JsonDocument.Parse(outcome.Output);
        string Value(string key) => settings.RootElement.EnumerateArray().Single(one => one.GetProperty("key").GetString() == key).GetProperty("value").ToString();
        var ports = JsonSerializer.Deserialize<string[]>(Value("Listen"))!.Select(static url => new Uri(url)).Where(static url => url.Host == "0.0.0.0").Select(static url => url.Port).ToArray();
        Line("EXPOSE").Split(' ')[1..].Select(int.Parse).ShouldBe(ports, ignoreOrder: true);
        Line("VOLUME").ShouldBe($"VOLUME {Value("Data")}");
        // In the clear other machines reach health and metrics alone.
        JsonSerializer.Deserialize<string[]>(Value("Listen"))!.Where(static url => url.StartsWith("mqtt:", StringComparison.Ordinal) || url.StartsWith("ws:", StringComparison.Ordinal))
            .ShouldAllBe(static url => url.Contains("127.0.0.1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_health_check_is_a_command_that_says_whether_a_hub_is_ready()
    {
        string[] command = JsonSerializer.Deserialize<string[]>(HealthCheck().Match(Text()).Groups["command"].Value)!;
        await using var hub = await HubProcess.StartAsync(new HubSettings { Listen = ["http://127.0.0.1:0"] });
        string[] arguments = [.. command[1..^1], hub.Http.ToString()];
        (await HubProcess.RunAsync(arguments)).ExitCode.ShouldBe(0);
        await hub.StopAsync();
        (await HubProcess.RunAsync(arguments)).ExitCode.ShouldNotBe(0);
    }

    [Fact]
    public async Task The_compose_file_mounts_what_is_there()
    {
        var file = (await Yaml.ReadAsync(await File.ReadAllTextAsync(Path.Combine(Folder, "compose.yaml"), TestContext.Current.CancellationToken))).ShouldHaveSingleItem();
        var volumes = file.GetProperty("volumes").EnumerateObject().Select(static one => one.Name).ToArray();
        foreach (var service in file.GetProperty("services").EnumerateObject())
        {
            foreach (string mount in service.Value.GetProperty("volumes").EnumerateArray().Select(static one => one.GetString()!.Split(':')[0]))
            {
                if (mount.StartsWith('.')) File.Exists(Path.Combine(Folder, mount)).ShouldBeTrue(mount);
                else volumes.ShouldContain(mount);
            }
        }

        var hub = file.GetProperty("services").GetProperty("hub");
        File.Exists(Path.Combine(Folder, hub.GetProperty("build").GetProperty("context").GetString()!, hub.GetProperty("build").GetProperty("dockerfile").GetString()!)).ShouldBeTrue();
        hub.GetProperty("read_only").GetBoolean().ShouldBeTrue();
        // What shows things without a password is for this machine alone.
        foreach (string name in (string[])["prometheus", "grafana"])
            file.GetProperty("services").GetProperty(name).GetProperty("ports").EnumerateArray().ShouldAllBe(static port => port.GetString()!.StartsWith("127.0.0.1:"));
    }

    private static string Text() => File.ReadAllText(Path.Combine(Folder, "Dockerfile"));

    private static string Line(string instruction) => File.ReadLines(Path.Combine(Folder, "Dockerfile")).Single(line => line.StartsWith(instruction + " ", StringComparison.Ordinal));

    [GeneratedRegex("^COPY (?<words>.+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Copies();

    [GeneratedRegex("^FROM (--platform=\\S+ )?\\S+( AS (?<name>\\w+))?$", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex From();

    [GeneratedRegex("--from=(?<name>\\w+)", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex FromStage();

    [GeneratedRegex("^HEALTHCHECK .*CMD (?<command>\\[.+\\])$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex HealthCheck();
}
