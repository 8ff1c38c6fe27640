using Fairlead.Shared;

namespace Fairlead.Interop.Tools;

/// <summary>The completion scripts in real shells: what the Tab key would offer. PowerShell's is only looked at.</summary>
public sealed class CompletionTests : IDisposable
{
    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("fairlead-completion-");

    public void Dispose() => _home.Delete(recursive: true);

    public static TheoryData<string, string> Lines => new()
    {
        { "fairlead sha", "shadow" },
        { "fairlead ", "thing,pub,sub,hub,demo,completion,topic" },
        { "fairlead thing ", "create,ls,get,set,rm,kit,import" },
        { "fairlead edge ", "run,status,enroll,ls" },
        { "fairlead iothub device cr", "create" },
        { "fairlead thing create lamp1 --o", "--out" },
        { "fairlead completion ", "bash,zsh,fish,pwsh" },
    };

    [Theory]
    [MemberData(nameof(Lines))]
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
        Check(await Shell().RunProgramAsync("bash", null, "--norc", "-c", Script, "bash", line), line, expected);
    }

    [Theory]
    [MemberData(nameof(Lines))]
    public async Task Fish_completes(string line, string expected)
    {
        Requirements.NeedProgram("fish");
        const string Script = "fairlead completion fish | source; complete -C $argv[1]";
        Check(await Shell().RunProgramAsync("fish", null, "--no-config", "-c", Script, line), line, expected);
    }

    [Theory]
    [MemberData(nameof(Lines))]
    public Task Zsh_completes(string line, string expected) => ZshAsync("compinit -u -D; source <(fairlead completion zsh)", line, expected);

    [Theory]
    [InlineData("fairlead thing ", "create,ls,get,set,rm,kit,import")]
    public Task Zsh_completes_at_the_first_Tab_when_the_script_lies_in_a_folder_of_fpath(string line, string expected) =>
        ZshAsync("mkdir -p functions; fairlead completion zsh > functions/_fairlead; fpath=($PWD/functions $fpath); compinit -u -D", line, expected);

    private async Task ZshAsync(string load, string line, string expected)
    {
        Requirements.NeedProgram("zsh");
        // A shell at a terminal of its own, in which the line is typed and Tab is pressed. What is offered goes through compadd, which tells it here.
        const string Script = """
            zmodload zsh/zpty
            zpty shell zsh -f -i
            say() { zpty -w shell "$1" }
            say 'PROMPT=; unsetopt zle_bracketed_paste; autoload -Uz compinit'
            say "$2"
            say 'compadd() { builtin compadd -O offered "$@"; print -r -- "OFFER:${(j:,:)offered}:END"; builtin compadd "$@" }'
            say 'print -r -- "REA""DY"'
            zpty -r shell heard '*READY*'
            zpty -w -n shell "$1"$'\t'
            zpty -r shell heard '*OFFER:*:END*'
            heard=${heard##*OFFER:}
            print -rl -- ${(s:,:)${heard%%:END*}}
            zpty -d shell
            """;
        Check(await Shell().RunProgramAsync("zsh", null, "-f", "-c", Script, "zsh", line, load), line, expected);
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

    private static void Check(ToolOutcome outcome, string line, string expected)
    {
        outcome.ExitCode.ShouldBe(0, outcome.Errors);
        string[] offered = [.. outcome.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static one => one.Split('\t')[0])];
        expected.Split(',').ShouldBeSubsetOf(offered, outcome.Output + outcome.Errors);
        string word = line[(line.LastIndexOf(' ') + 1)..];
        offered.ShouldAllBe(one => one.StartsWith(word, StringComparison.Ordinal));
    }

    private Cli Shell() =>
        new(_home.FullName, new Dictionary<string, string> { ["PATH"] = $"{Path.GetDirectoryName(ProgramPath.Find())}:{Environment.GetEnvironmentVariable("PATH")}", ["TERM"] = "dumb" });
}
