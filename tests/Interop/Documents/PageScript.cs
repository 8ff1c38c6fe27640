using System.Globalization;
using System.Text;

namespace Fairlead.Interop.Documents;

/// <summary>
/// Makes one script of a page: its commands in their order, in one shell as the reader would have it, second terminals beside it, and after each
/// block a look at what it printed.
/// </summary>
public static class PageScript
{
    // The machine of the page has no network but its own loopback device, so that each port of the page is free.
    private const string Head =
        """
        set -eE -o pipefail
        ends() {
            echo "FAILED at $at: $1"
            for log in "$logs"/*; do echo "--- $(basename "$log")"; tail -n 30 "$log"; done
            trap - ERR
            exit 1
        } >&3
        trap 'ends "exit code $?"' ERR
        patiently() {
            for _ in $(seq 300); do
                if (eval "$2") >/dev/null 2>&1; then return 0; fi
                if [ -n "$1" ] && ! kill -0 "$1" 2>/dev/null; then ends "the second terminal has ended"; fi
                sleep 0.1
            done
            ends "this never came true: $2"
        }
        lines=$(find /usr/libexec/coreutils /usr/lib -name libstdbuf.so 2>/dev/null | head -n 1)
        python3() { /usr/bin/python3 "$@"; }     # the one for which distributions install packages
        aws() { command aws ${AWS_ENDPOINT_URL:+--endpoint-url "$AWS_ENDPOINT_URL"} "$@"; }     # old ones do not read the variable
        with_hub() {
            fairlead dev --data ./hub >"$logs/hub" 2>&1 </dev/null &
            patiently $! 'fairlead check'
            eval "$(fairlead env)"
        }
        subscriptions() { curl -sf http://127.0.0.1:8080/metrics | awk '/^fairlead_mqtt_subscriptions /{print $2}'; }
        """;

    /// <summary>Makes it.</summary>
    /// <param name="page">The page.</param>
    /// <param name="folder">Where block files and outputs go.</param>
    public static string Write(DocumentPage page, string folder)
    {
        string logs = Path.Combine(folder, "logs");
        Directory.CreateDirectory(logs);
        var script = new StringBuilder("exec 3>&1\n").Append(Head).Append('\n').Append(CultureInfo.InvariantCulture, $"logs='{logs}'\n");
        List<string> later = [];
        foreach (var block in page.Blocks)
        {
            if (block.NotRun is not null) continue;
            string name = $"line-{block.Line}";
            script.Append(CultureInfo.InvariantCulture, $"at='{page.Path}:{block.Line}'\n");
            if (block.File is { } file) script.Append(CultureInfo.InvariantCulture, $"cp '{Save(folder, name, block.Text)}' '{file}'\n");
            if (!block.IsCommands) continue;
            if (block.NeedsHub) script.Append("with_hub\n");
            foreach (string command in block.First) script.Append(CultureInfo.InvariantCulture, $"{{ {command}; }} >'{logs}/{name}-first' 2>&1 </dev/null\n");
            string saved = Save(folder, name, block.Text);
            if (block.IsSecondTerminal) AppendSecondTerminal(script, block, saved, $"{logs}/{name}", later);
            else AppendBlock(script, block, saved, $"{logs}/{name}");
        }

        script.AppendJoin('\n', later).Append("\necho PAGE-DONE >&3\n");
        return script.ToString();
    }

    private static string Save(string folder, string name, string text)
    {
        string file = Path.Combine(folder, name);
        File.WriteAllText(file, text);
        return file;
    }

    private static void AppendBlock(StringBuilder script, PageBlock block, string saved, string log)
    {
        if (block.ExitCode == 0) script.Append(CultureInfo.InvariantCulture, $". '{saved}' >'{log}' 2>&1 </dev/null\n");
        else script.Append(CultureInfo.InvariantCulture, $"code=0; . '{saved}' >'{log}' 2>&1 </dev/null || code=$?; [ $code = {block.ExitCode} ] || ends \"exit code $code, not {block.ExitCode}\"\n");
        foreach (string text in block.Prints) script.Append(CultureInfo.InvariantCulture, $"grep -qF -- {Quote(text)} '{log}' || ends {Quote($"it does not print: {text}")}\n");
    }

    // Its own shell, with the variables and the directory of the page; what it prints may come until the page ends.
    private static void AppendSecondTerminal(StringBuilder script, PageBlock block, string saved, string log, List<string> later)
    {
        string ready = block.ReadyWhen ?? "[ \"$(subscriptions)\" -gt $before ]";
        if (block.ReadyWhen is null) script.Append("before=$(subscriptions)\n");
        script.Append(CultureInfo.InvariantCulture, $"(trap - ERR; set +eE; export LD_PRELOAD=$lines _STDBUF_O=L; . '{saved}') >'{log}' 2>&1 </dev/null &\n");
        script.Append(CultureInfo.InvariantCulture, $"patiently $! {Quote(ready)}\n");
        foreach (string text in block.Prints) later.Add($"at='line {block.Line}'; patiently '' {Quote($"grep -qF -- {Quote(text)} '{log}'")}");
    }

    private static string Quote(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
