using System.Diagnostics;
using Fairlead.Interop.Drivers;
using Fairlead.Shared;

namespace Fairlead.Interop.Tools;

/// <summary>Runs programs as a person with an own home would: nothing of the machine's configuration gets in.</summary>
public sealed class Cli(string home, IReadOnlyDictionary<string, string> environment)
{
    /// <summary>The home, which is the working directory too.</summary>
    public string Home => home;

    /// <summary>Runs a verb of the built program.</summary>
    public Task<ToolOutcome> RunAsync(params string[] arguments) => RunAsync(ProgramPath.Find(), arguments, null, null);

    /// <summary>Runs a verb with text on standard input.</summary>
    public Task<ToolOutcome> RunWithInputAsync(string input, params string[] arguments) => RunAsync(ProgramPath.Find(), arguments, input, null);

    /// <summary>Runs a verb with further environment variables; an empty value takes one away.</summary>
    public Task<ToolOutcome> RunInAsync(IReadOnlyDictionary<string, string> further, params string[] arguments) => RunAsync(ProgramPath.Find(), arguments, null, further);

    /// <summary>Runs another program.</summary>
    public Task<ToolOutcome> RunProgramAsync(string program, IReadOnlyDictionary<string, string>? further, params string[] arguments) => RunAsync(program, arguments, null, further);

    /// <summary>Runs another program with text on standard input.</summary>
    public Task<ToolOutcome> RunProgramWithInputAsync(string program, string input, params string[] arguments) => RunAsync(program, arguments, input, null);

    /// <summary>Starts a program; the caller ends it.</summary>
    public Process Start(string program, IReadOnlyDictionary<string, string>? further, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = home,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string name in start.Environment.Keys.Where(static name => name.StartsWith("AWS_", StringComparison.Ordinal) || name.StartsWith("FAIRLEAD_", StringComparison.Ordinal)).ToArray())
            start.Environment.Remove(name);
        start.Environment["HOME"] = home;
        start.Environment.Remove("XDG_CONFIG_HOME");
        foreach (var (name, value) in environment.Concat(further ?? new Dictionary<string, string>()))
        {
            if (value.Length > 0)
                start.Environment[name] = value;
            else
                start.Environment.Remove(name);
        }

        return Process.Start(start)!;
    }

    private async Task<ToolOutcome> RunAsync(string program, string[] arguments, string? input, IReadOnlyDictionary<string, string>? further)
    {
        using var process = Start(program, further, arguments);
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(input ?? "");
        process.StandardInput.Close();
        using var deadline = new CancellationTokenSource(DriverProcess.Deadline);
        try
        {
            await process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException late)
        {
            process.Kill();
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} did not end\n{await errors}", late);
        }

        return new ToolOutcome(process.ExitCode, await output, await errors);
    }
}
