using System.CommandLine;
using System.Globalization;

namespace Fairlead.Verbs;

/// <summary>The flags that every client verb has: <c>--json --quiet --timeout</c>.</summary>
internal sealed class TalkFlags
{
    private readonly Option<bool> _json = new("--json") { Description = "Results as JSON, one object a line; errors too, on stderr." };
    private readonly Option<bool> _quiet = new("--quiet") { Description = "No talk on stderr, only the exit code." };
    private readonly Option<double> _timeout;

    public TalkFlags(double defaultTimeout, string timeoutMeans)
    {
        string text = defaultTimeout.ToString(CultureInfo.InvariantCulture);
        _timeout = new Option<double>("--timeout") { Description = $"{timeoutMeans}.", HelpName = "seconds", DefaultValueFactory = _ => defaultTimeout };
        _timeout.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && result.GetValueOrDefault<double>() is not (> 0 and <= 4_000_000))
                result.AddError("--timeout takes seconds, more than 0");
        });
    }

    public void AddTo(Command command)
    {
        command.Options.Add(_json);
        command.Options.Add(_quiet);
        command.Options.Add(_timeout);
    }

    public Settings Read(ParseResult result) =>
        new(result.GetValue(_json), result.GetValue(_quiet), TimeSpan.FromSeconds(result.GetValue(_timeout)));

    /// <param name="Json">Machine-readable output.</param>
    /// <param name="Quiet">No talk.</param>
    /// <param name="Timeout">Longest wait.</param>
    internal readonly record struct Settings(bool Json, bool Quiet, TimeSpan Timeout);
}
