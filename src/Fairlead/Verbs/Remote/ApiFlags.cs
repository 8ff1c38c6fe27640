using System.CommandLine;

namespace Fairlead.Verbs.Remote;

/// <summary>Where the hub's HTTP API is and what opens it.</summary>
internal sealed class ApiFlags
{
    private readonly Option<string?> _url = new("--url") { Description = "HTTP address of the hub (default: the variable FAIRLEAD_URL, else http://127.0.0.1:8080).", HelpName = "url" };
    private readonly Option<string?> _tokenFile = new("--token-file") { Description = "File with the administration token (default: the variable FAIRLEAD_TOKEN).", HelpName = "file" };
    private readonly Option<string?> _data = new("--data") { Description = "Data directory of a hub on this machine; its admin.token is used.", HelpName = "directory" };

    public void AddTo(Command command, bool withToken)
    {
        command.Options.Add(_url);
        if (!withToken)
            return;
        command.Options.Add(_tokenFile);
        command.Options.Add(_data);
    }

    public HubApi Open(ParseResult result, TalkFlags.Settings talk, Terminal terminal)
    {
        string text = result.GetValue(_url) ?? Variable("FAIRLEAD_URL") ?? "http://127.0.0.1:8080";
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
            throw VerbException.Usage("cannot reach the hub", $"{text} is not an http:// or https:// URL", "Give one with --url or in FAIRLEAD_URL");
        return new HubApi(url, Token(result, Variable), talk.Timeout, terminal.Time);

        string? Variable(string name) => terminal.Environment(name) is { Length: > 0 } value ? value : null;
    }

    private string? Token(ParseResult result, Func<string, string?> variable)
    {
        if (result.GetResult(_data) is null && result.GetResult(_tokenFile) is null)
            return variable("FAIRLEAD_TOKEN");
        string? file = result.GetValue(_tokenFile);
        string? data = result.GetValue(_data);
        if (file is not null && data is not null)
            throw VerbException.Usage("cannot choose a token", "--token-file and --data exclude each other", "Give one of them");
        if (file is null && data is null)
            return variable("FAIRLEAD_TOKEN");
        file ??= Path.Combine(data!, "admin.token");
        try
        {
            return File.ReadAllText(file).Trim();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            string why = File.Exists(file) ? exception.Message.TrimEnd('.') : "the file does not exist";
            throw VerbException.Usage($"cannot read the token in {file}", why, "Give the file that the hub made in its data directory at its first start");
        }
    }
}
