using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using Fairlead.Interop.Drivers;
using Fairlead.Shared;

namespace Fairlead.Interop.Tools;

/// <summary>The tour of <c>fairlead demo</c>, as anybody would take it: each step is real, and at the end nothing of it is left.</summary>
public sealed class DemoTests : IDisposable
{
    private static readonly string[] Steps = ["thing", "shadow", "direct-message", "last-will", "edge", "gateway", "dialects"];
    private readonly DirectoryInfo _temporary = Directory.CreateTempSubdirectory("fairlead-demo-test-");

    private Dictionary<string, string> Variables => new() { ["TMPDIR"] = _temporary.FullName, ["FAIRLEAD_URL"] = "http://127.0.0.1:1" };

    public void Dispose() => _temporary.Delete(recursive: true);

    [Fact]
    public async Task Every_step_of_the_tour_does_what_it_says()
    {
        var outcome = await HubProcess.RunAsync(["demo", "--yes", "--exit", "--json"], Variables);
        var lines = outcome.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => JsonDocument.Parse(line).RootElement).ToArray();
        var steps = lines.Where(static line => line.GetProperty("event").GetString() == "step").ToArray();
        steps.ShouldAllBe(static step => step.GetProperty("ok").GetBoolean(), outcome.Output + outcome.Errors);
        steps.Select(static step => step.GetProperty("step").GetString()).ShouldBe(Steps, outcome.Output + outcome.Errors);
        steps.ShouldAllBe(static step => step.GetProperty("commands").GetArrayLength() > 0 && step.GetProperty("checks").GetArrayLength() > 0);
        outcome.ExitCode.ShouldBe(0, outcome.Errors);
        lines[0].GetProperty("event").GetString().ShouldBe("ready");
        lines[^1].GetProperty("console").GetString().ShouldNotBeNull().ShouldContain("/start?t=");
        _temporary.EnumerateFileSystemInfos().ShouldBeEmpty("the data of the tour goes with it");
    }

    [Fact]
    public async Task For_people_it_shows_commands_what_was_measured_and_where_to_look()
    {
        var outcome = await HubProcess.RunAsync(["demo"], Variables);
        outcome.ExitCode.ShouldBe(0, outcome.Output + outcome.Errors);
        outcome.Output.ShouldContain("$ fairlead shadow set lamp1 desired.on=true");
        outcome.Output.ShouldContain("404: ");
        outcome.Output.ShouldContain("403: ");
        outcome.Output.ShouldContain("504: ");
        outcome.Output.ShouldContain("| Subject: ", Case.Insensitive);
        outcome.Output.ShouldContain("look at  http://127.0.0.1:");
        outcome.Output.ShouldContain($"{Steps.Length} of {Steps.Length} steps did what they should.");
    }

    [Fact]
    public async Task Told_to_stop_it_takes_its_data_with_it()
    {
        using var tour = new Process
        {
            StartInfo = new ProcessStartInfo(ProgramPath.Find(), ["demo", "--yes", "--json"]) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true },
        };
        foreach (var (name, value) in Variables) tour.StartInfo.Environment[name] = value;
        tour.Start();
        try
        {
            (await tour.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken)).ShouldNotBeNull().ShouldContain("\"ready\"");
            _temporary.EnumerateDirectories().Count().ShouldBe(1);
            _ = SendSignal(tour.Id, 2);
            var rest = tour.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            using var deadline = new CancellationTokenSource(DriverProcess.Deadline);
            await tour.WaitForExitAsync(deadline.Token);
            tour.ExitCode.ShouldBe(1, await rest);
            _temporary.EnumerateFileSystemInfos().ShouldBeEmpty();
        }
        finally
        {
            if (!tour.HasExited) tour.Kill();
        }
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendSignal(int processId, int signal);
}
