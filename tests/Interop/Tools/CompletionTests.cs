using Fairlead.Shared;

namespace Fairlead.Interop.Tools;

/// <summary>The completion script in a real bash: what the Tab key would offer.</summary>
public sealed class CompletionTests : IDisposable
{
    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("fairlead-completion-");

    public void Dispose() => _home.Delete(recursive: true);

    [Theory]
    [InlineData("fairlead sha", "shadow")]
    [InlineData("fairlead ", "thing,pub,sub,hub,demo,completion")]
    [InlineData("fairlead thing ", "create,ls,get,set,rm,kit,import")]
    [InlineData("fairlead iothub device cr", "create")]
    [InlineData("fairlead thing create lamp1 --o", "--out")]
    [InlineData("fairlead completion ", "bash,zsh,fish,pwsh")]
    public async Task Bash_completes(string line, string expected)
    {
        Requirements.NeedProgram("bash");
        // What bash does at the Tab key: the words so far, the number of the one at the cursor, the function, its answer.
        const string Script = """
            source <(fairlead completion bash)
            COMP_LINE=$1 COMP_POINT=${#1}
            read -r -a COMP_WORDS <<<"$1"
            [[ $1 == *' ' ]] && COMP_WORDS+=('')
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            complete -p fairlead >/dev/null || exit 9
            _fairlead
            printf '%s\n' "${COMPREPLY[@]}"
            """;
        string path = $"{Path.GetDirectoryName(ProgramPath.Find())}:{Environment.GetEnvironmentVariable("PATH")}";
        var cli = new Cli(_home.FullName, new Dictionary<string, string> { ["PATH"] = path });
        var outcome = await cli.RunProgramAsync("bash", null, "--norc", "-c", Script, "bash", line);
        outcome.ExitCode.ShouldBe(0, outcome.Errors);
        string[] offered = outcome.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        expected.Split(',').ShouldBeSubsetOf(offered, outcome.Output + outcome.Errors);
        string word = line[(line.LastIndexOf(' ') + 1)..];
        offered.ShouldAllBe(one => one.StartsWith(word, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("zsh", "#compdef fairlead")]
    [InlineData("fish", "complete -f -c fairlead")]
    [InlineData("pwsh", "Register-ArgumentCompleter -Native -CommandName fairlead")]
    public async Task Other_shells_get_their_script(string shell, string part)
    {
        var outcome = await HubProcess.RunAsync(["completion", shell]);
        outcome.ExitCode.ShouldBe(0, outcome.Errors);
        outcome.Output.ShouldContain(part);
        outcome.Output.ShouldContain("[suggest:");
    }
}
