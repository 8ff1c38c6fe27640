using System.Text.RegularExpressions;
using Fairlead.Interop.Tools;
using Fairlead.Shared;

namespace Fairlead.Interop.Documents;

/// <summary>
/// Every block of commands of README.md, the tutorial and the how-tos is run as it stands, page by page, on a machine of its own: a network namespace
/// in which every port is free, an empty home, and processes that end with the page. docs/README.md tells what the comments in the pages mean.
/// </summary>
public sealed class DocumentTests
{
    /// <summary>
    /// Blocks that are not run, in all pages together: each needs a reason, and a new one should be rare. A third of them is for systemd, container
    /// engines and clusters, which no machine of the tests has.
    /// </summary>
    private const int MostNotRun = 28;

    private static readonly string[] ProgramFolders = ["/usr/sbin", "/sbin", "/usr/bin", "/bin"];
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    public static TheoryData<string> Pages => [.. Paths().Where(static path => Commands(path).Length > 0)];

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Every_command_of_the_page_works(string path)
    {
        var page = DocumentPage.Read(ProgramPath.Root, path);
        Need(string.Concat(Commands(path).Select(static block => block.Text + string.Concat(block.First))));
        var folder = Directory.CreateTempSubdirectory("fairlead-page-");
        try
        {
            var outcome = await RunAsync(page, folder);
            outcome.Output.ShouldContain("PAGE-DONE", Case.Sensitive, $"{outcome.Output}\n{outcome.Errors}");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void What_is_not_run_is_little_and_says_why()
    {
        var notRun = Paths().SelectMany(static path => DocumentPage.Read(ProgramPath.Root, path).Blocks.Where(static block => block is { IsCommands: true, NotRun: not null })
            .Select(block => $"{path}:{block.Line}: {block.NotRun}")).ToArray();
        foreach (string line in notRun) TestContext.Current.TestOutputHelper?.WriteLine(line);
        notRun.ShouldAllBe(static line => line.Length > 20);
        notRun.Length.ShouldBeLessThanOrEqualTo(MostNotRun, string.Join('\n', notRun));
    }

    [Fact]
    public void Comments_before_a_block_belong_to_it_and_to_no_other()
    {
        string[] lines = ["text", "<!-- prints: a -->", "<!-- exit code: 4 -->", "```sh", "one", "```", "", "<!-- not run: because -->", "words", "```sh", "two", "```", "<!-- file: f.js -->", "```js", "three", "```"];
        var page = DocumentPage.Parse("p.md", lines);
        page.Blocks.Select(static block => (block.Line, block.Language, block.Text)).ShouldBe([(5, "sh", "one\n"), (11, "sh", "two\n"), (15, "js", "three\n")]);
        (page.Blocks[0].Prints[0], page.Blocks[0].ExitCode, page.Blocks[1].NotRun, page.Blocks[2].File).ShouldBe(("a", 4, null, "f.js"));
    }

    private static PageBlock[] Commands(string path) => [.. DocumentPage.Read(ProgramPath.Root, path).Blocks.Where(static block => block is { IsCommands: true, NotRun: null })];

    private static IEnumerable<string> Paths()
    {
        yield return "README.md";
        yield return "docs/tutorial.md";
        foreach (string file in Directory.EnumerateFiles(Path.Combine(ProgramPath.Root, "docs", "how-to"), "*.md").Order(StringComparer.Ordinal))
            yield return Path.GetRelativePath(ProgramPath.Root, file);
    }

    private static async Task<ToolOutcome> RunAsync(DocumentPage page, DirectoryInfo folder)
    {
        string home = Directory.CreateDirectory(Path.Combine(folder.FullName, "home")).FullName;
        string program = ProgramPath.Find();
        File.CreateSymbolicLink(Path.Combine(home, "fairlead"), program);
        string script = Path.Combine(folder.FullName, "page.sh");
        await File.WriteAllTextAsync(script, PageScript.Write(page, folder.FullName), TestContext.Current.CancellationToken);
        var variables = new Dictionary<string, string>
        {
            ["PATH"] = $"{Path.GetDirectoryName(program)}:{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin",
            ["NODE_PATH"] = Path.Combine(ProgramPath.Root, "tests", "Interop", "node", "node_modules"),
            ["TMPDIR"] = folder.FullName,
            ["USER"] = "reader",
        };
        var cli = new Cli(home, variables);
        // Root of a namespace makes the loopback device; the page itself is run by an ordinary user, as its reader is.
        const string Enter = "ip link set lo up && exec unshare --user --map-user=1000 --map-group=1000 bash --norc \"$1\"";
        using var process = cli.Start("unshare", null, "--map-root-user", "--net", "--pid", "--fork", "--kill-child", "sh", "-c", Enter, "sh", script);
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        process.StandardInput.Close();
        using var deadline = new CancellationTokenSource(Patience);
        try
        {
            await process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        return new ToolOutcome(process.ExitCode, await output, await errors);
    }

    private static void Need(string commands)
    {
        foreach (string program in new[] { "unshare", "curl", "bash", "awk" }) Requirements.NeedProgram(program);
        Requirements.NeedFile(Find("ip"), "iproute2");
        if (Words("nginx").IsMatch(commands)) Requirements.NeedFile(Find("nginx"), "nginx-light");
        if (Words("mosquitto_(pub|sub|rr)").IsMatch(commands)) Requirements.NeedMosquittoTools();
        if (Words("aws").IsMatch(commands)) Requirements.NeedAwsCommandLine();
        if (Words("python3").IsMatch(commands)) Requirements.Need(Aws.AwsTool.Boto3);
        if (Words("node").IsMatch(commands)) Requirements.NeedNodePackage("azure-iot-device");
        foreach (string program in new[] { "jq", "openssl", "xxd" })
        {
            if (Words(program).IsMatch(commands)) Requirements.NeedProgram(program);
        }
    }

    // Programs of administrators are not on everybody's path.
    private static string? Find(string program) => ProgramFolders.Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    private static Regex Words(string pattern) => new($@"(^|[\s;|(&]){pattern}\s", RegexOptions.CultureInvariant | RegexOptions.Multiline | RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));
}
