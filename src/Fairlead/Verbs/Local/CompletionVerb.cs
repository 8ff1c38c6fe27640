using System.CommandLine;

namespace Fairlead.Verbs.Local;

/// <summary><c>fairlead completion bash|zsh|fish|pwsh</c>: a script that asks the program itself what can follow.</summary>
internal static class CompletionVerb
{
    private const string Bash = """
        # fairlead completion; load it with: source <(fairlead completion bash)
        _fairlead() {
            local IFS=$'\n'
            COMPREPLY=($(compgen -W "$(fairlead "[suggest:$COMP_POINT]" "$COMP_LINE" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
        }
        complete -o default -F _fairlead fairlead
        """;

    private const string Zsh = """
        #compdef fairlead
        # fairlead completion; load it with: source <(fairlead completion zsh)
        _fairlead() {
            local -a words_found
            words_found=("${(@f)$(fairlead "[suggest:$CURSOR]" "$BUFFER" 2>/dev/null)}")
            compadd -a words_found
        }
        # Loaded from a folder of fpath, the file is the function itself at its first call.
        if [[ ${funcstack[1]} == _fairlead ]]; then
            _fairlead "$@"
        else
            compdef _fairlead fairlead
        fi
        """;

    private const string Fish = """
        # fairlead completion; load it with: fairlead completion fish | source
        complete -f -c fairlead -a '(fairlead "[suggest:"(string length -- (commandline -cp))"]" (commandline -cp) 2>/dev/null)'
        """;

    private const string PowerShell = """
        # fairlead completion; load it with: fairlead completion pwsh | Out-String | Invoke-Expression
        Register-ArgumentCompleter -Native -CommandName fairlead -ScriptBlock {
            param($word, $ast, $position)
            fairlead "[suggest:$position]" "$ast" | ForEach-Object { [System.Management.Automation.CompletionResult]::new($_) }
        }
        """;

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var shell = new Argument<string>("shell") { Description = "bash, zsh, fish or pwsh." };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish", "pwsh");
        var command = new Command("completion", "Print a script that completes commands and flags in a shell.") { shell };
        HelpWithExamples.AddTo(
            command,
            """
            source <(fairlead completion bash)               # for this shell; into ~/.bashrc for all
            fairlead completion zsh > "${fpath[1]}/_fairlead"
            fairlead completion fish > ~/.config/fish/completions/fairlead.fish
            fairlead completion pwsh >> $PROFILE
            """,
            hasLetter: true);
        command.SetAction(result =>
        {
            Console.Out.WriteLine(result.GetValue(shell) switch
            {
                "bash" => Bash,
                "zsh" => Zsh,
                "fish" => Fish,
                _ => PowerShell,
            });
            return ExitCode.Done;
        });
        return command;
    }
}
