using System.Diagnostics;
using Fairlead.Interop.Drivers;
using Fairlead.Shared;

namespace Fairlead.Interop.WebConsole;

/// <summary>What the console says about the command line is true.</summary>
public sealed class CommandTests(Browser browser) : IClassFixture<Browser>
{
    private const int UsageError = 2;

    [Fact]
    public async Task Each_line_for_the_command_line_is_one_that_the_program_takes()
    {
        await browser.CreateThingAsync("lines1");
        await using var visitor = await browser.OpenAsync("/console/");
        var lines = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var page in new[]
                 {
                     "/console/", "/console/start", "/console/connections?prefix=lines", "/console/connections/refused", "/console/connections/client/lines1", "/console/things?q=lines", "/console/things/lines1",
                     "/console/things/lines1/shadow?name=config", "/console/topics?topic=lines1/temp", "/console/test?filter=lines1/%23", "/console/direct?client=lines1", "/console/rules", "/console/rules/+",
                     "/console/policies", "/console/policies/lines1-default", "/console/explain?thing=lines1&action=iot:Publish&resource=topic/a", "/console/logs?client=lines1", "/console/edges", "/console/gateway", "/console/metrics", "/console/settings",
                 })
        {
            await visitor.Page.GotoAsync(page);
            await visitor.At("cli").First.WaitForAsync(new Microsoft.Playwright.LocatorWaitForOptions { State = Microsoft.Playwright.WaitForSelectorState.Attached });
            lines.UnionWith(await visitor.At("cli").AllTextContentsAsync());
        }

        lines.Count.ShouldBeGreaterThan(20);
        var wrong = new List<string>();
        foreach (var line in lines.Where(static line => line.StartsWith("fairlead ", StringComparison.Ordinal)))
        {
            var (code, errors) = await TryAsync(line);
            // The kit of the example is made by the line above it.
            if (code == UsageError && !errors.Contains("there is no kit", StringComparison.Ordinal)) wrong.Add($"{line}: {errors}");
        }

        wrong.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_command_line_prints_a_link_that_signs_in()
    {
        using var home = new Scratch();
        var token = (await File.ReadAllTextAsync(Path.Combine(browser.Hub.DataDirectory, "admin.token"), TestContext.Current.CancellationToken)).Trim();
        var cli = new Tools.Cli(home.Path, new Dictionary<string, string> { ["FAIRLEAD_URL"] = browser.Address.ToString(), ["FAIRLEAD_TOKEN"] = token });
        var outcome = await cli.RunAsync("console", "--role", "viewer");
        outcome.ShouldBeDone();
        await using var visitor = await browser.VisitAsync();
        await visitor.Page.GotoAsync(outcome.Output.Trim());
        await visitor.ExpectContainsAsync("user", "viewer");
        (await cli.RunAsync("console", "--role", "king")).ExitCode.ShouldNotBe(0);
    }

    // Nobody listens where the commands turn to: only whether they are understood is asked here.
    private static async Task<(int Code, string Errors)> TryAsync(string line)
    {
        using var home = new Scratch();
        var start = new ProcessStartInfo("bash", ["-c", $"exec {ProgramPath.Find()}{line["fairlead".Length..]}"])
        {
            WorkingDirectory = home.Path,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["HOME"] = home.Path;
        start.Environment["FAIRLEAD_URL"] = "http://127.0.0.1:9";
        start.Environment["FAIRLEAD_SERVER"] = "mqtt://127.0.0.1:9";
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        using var deadline = new CancellationTokenSource(DriverProcess.Deadline);
        try
        {
            await process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            // It waits for a server: it has understood.
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
        }

        await output;
        return (process.ExitCode, await errors);
    }

    private sealed class Scratch : IDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fairlead-lines-");

        public string Path => _folder.FullName;

        public void Dispose() => _folder.Delete(recursive: true);
    }
}
