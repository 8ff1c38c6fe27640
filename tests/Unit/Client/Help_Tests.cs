using System.CommandLine;
using System.Text;
using Fairlead.Edge.Hosting;
using Fairlead.Verbs;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Client;

/// <summary>The help of every command there is, found by walking the tree: a new one without its file fails, and says how to write it.</summary>
public sealed class Help_Tests
{
    private static readonly string Folder = Path.Combine(Architecture.SourceTree.Root, "tests", "Unit", "Client", "Golden", "help");

    public static TheoryData<string> Paths => [.. Walk(Root(), "")];

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Help_is_as_it_was(string path)
    {
        string help = path == "edge" ? EdgeText() : await HelpAsync(path);
        string file = Path.Combine(Folder, $"{(path.Length == 0 ? "fairlead" : path.Replace(' ', '-'))}.txt");
        if (Environment.GetEnvironmentVariable("FAIRLEAD_UPDATE_GOLDEN") == "1")
        {
            Directory.CreateDirectory(Folder);
            await File.WriteAllTextAsync(file, help, TestContext.Current.CancellationToken);
        }

        File.Exists(file).ShouldBeTrue($"fairlead {path} has no golden help: run FAIRLEAD_UPDATE_GOLDEN=1 ./test Unit Help_Tests and look at the new file");
        (await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)).ShouldBe(help, $"see {file}; FAIRLEAD_UPDATE_GOLDEN=1 ./test Unit Help_Tests writes it anew");
    }

    [Fact]
    public void No_golden_help_is_of_a_command_that_is_gone()
    {
        var known = Walk(Root(), "").Select(static path => path.Length == 0 ? "fairlead" : path.Replace(' ', '-'));
        Directory.EnumerateFiles(Folder).Select(Path.GetFileNameWithoutExtension).Except(known).ShouldBeEmpty("delete these files");
    }

    [Fact]
    public async Task Every_command_that_does_something_shows_examples()
    {
        List<string> without = [];
        foreach (string path in Walk(Root(), ""))
        {
            if (path.Length == 0 || Find(path).Action is null) continue;
            string help = path == "edge" ? EdgeText() : await HelpAsync(path);
            if (!help.Contains("Examples:\n  fairlead ", StringComparison.Ordinal) && !help.Contains("Examples:\n  printf ", StringComparison.Ordinal)
                && !help.Contains("Examples:\n  eval ", StringComparison.Ordinal) && !help.Contains("Examples:\n  source ", StringComparison.Ordinal)) without.Add(path);
        }

        without.ShouldBeEmpty();
    }

    private static RootCommand Root() =>
        Program.CreateRoot(new Terminal { Output = Stream.Null, Error = TextWriter.Null, Input = Stream.Null, Environment = static _ => null });

    private static IEnumerable<string> Walk(Command command, string path)
    {
        yield return path;
        // The verbs of the connector have one help, in the syntax of Kanto's.
        foreach (var child in command.Subcommands.Where(child => path != "edge" || child.Name is "enroll" or "ls"))
        {
            foreach (string below in Walk(child, $"{path} {child.Name}".TrimStart())) yield return below;
        }
    }

    private static Command Find(string path) =>
        path.Split(' ').Aggregate((Command)Root(), static (command, name) => command.Subcommands.Single(child => child.Name == name));

    private static async Task<string> HelpAsync(string path)
    {
        await using var output = new StringWriter { NewLine = "\n" };
        string[] words = path.Length == 0 ? [] : path.Split(' ');
        int exitCode = await Root().Parse([.. words, "--help"]).InvokeAsync(
            new InvocationConfiguration { EnableDefaultExceptionHandler = false, Output = output, Error = output, ProcessTerminationTimeout = null }, TestContext.Current.CancellationToken);
        exitCode.ShouldBe(0, path);
        var text = new StringBuilder().Append("$ fairlead ").Append(path).Append(path.Length > 0 ? " " : "").Append("--help\n");

        // The name of the program is that of the test here.
        foreach (string line in output.ToString().ReplaceLineEndings("\n").Split('\n')) text.Append(line.Replace("Fairlead.Unit", "fairlead", StringComparison.Ordinal).TrimEnd()).Append('\n');
        return text.ToString().TrimEnd('\n') + "\n";
    }

    // The connector's own help: its flags have the syntax of Kanto's.
    private static string EdgeText()
    {
        using var output = new StringWriter { NewLine = "\n" };
        EdgeHelp.Write(output);
        return string.Join('\n', output.ToString().ReplaceLineEndings("\n").Split('\n').Select(static line => line.TrimEnd())).TrimEnd('\n') + "\n";
    }
}
