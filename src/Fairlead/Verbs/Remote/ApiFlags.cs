using System.CommandLine;
using Fairlead.Verbs.Contexts;

namespace Fairlead.Verbs.Remote;

/// <summary>
/// Where the hub's HTTP API is, what opens it, and whom to trust: flags, then the context that is named, then the environment, then the
/// context in use, then a hub on this machine. A token belongs to its address: with another address that of the context in use is not sent.
/// </summary>
internal sealed class ApiFlags
{
    private const string DefaultUrl = "http://127.0.0.1:8080";

    private readonly Option<string?> _url = new("--url") { Description = $"HTTP address of the hub (default: FAIRLEAD_URL, the context, {DefaultUrl}).", HelpName = "url" };
    private readonly Option<string?> _context = new("--context") { Description = "Context to use (default: FAIRLEAD_CONTEXT, else the one in use).", HelpName = "name" };
    private readonly Option<string?> _tokenFile = new("--token-file") { Description = "File with the administration token (default: FAIRLEAD_TOKEN, else that of the context).", HelpName = "file" };
    private readonly Option<string?> _data = new("--data") { Description = "Data directory of a hub on this machine; its admin.token and its authority are used.", HelpName = "directory" };
    private readonly Option<string?> _caFile = new("--cafile") { Description = "PEM file with the authorities to trust for https (default: FAIRLEAD_CAFILE).", HelpName = "file" };
    private readonly Option<bool> _curl = new("--curl") { Description = "Also print each request as a curl command on stderr." };

    public void AddTo(Command command, bool withToken)
    {
        command.Options.Add(_url);
        command.Options.Add(_context);
        if (withToken)
        {
            command.Options.Add(_tokenFile);
            command.Options.Add(_data);
        }

        command.Options.Add(_caFile);
        command.Options.Add(_curl);
    }

    public HubApi Open(ParseResult result, TalkFlags.Settings talk, Terminal terminal) =>
        new(Address(result, terminal), talk.Timeout, terminal, result.GetValue(_curl));

    /// <summary>The hub that the flags and the environment lead to.</summary>
    public HubAddress Address(ParseResult result, Terminal terminal)
    {
        string? flag = Given(result, _url);
        string? data = Given(result, _data);
        var (context, isNamed) = Context(result, flag, terminal);
        string text = flag ?? (isNamed ? context?.Url : null) ?? Variable(terminal, "FAIRLEAD_URL") ?? context?.Url ?? DefaultUrl;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
            throw VerbException.Usage("cannot reach the hub", $"{text} is not an http:// or https:// URL", "Give one with --url or in FAIRLEAD_URL");
        string? token = TokenOfFlags(result, data)
            ?? (isNamed ? TokenOf(context) : null) ?? Variable(terminal, "FAIRLEAD_TOKEN") ?? TokenOf(context);
        string? caFile = Given(result, _caFile) ?? AuthorityOf(data)
            ?? (isNamed ? AuthorityOf(context) : null) ?? Variable(terminal, "FAIRLEAD_CAFILE") ?? AuthorityOf(context);
        return new HubAddress(url, token, caFile);
    }

    private static string? Variable(Terminal terminal, string name) => terminal.Environment(name) is { Length: > 0 } value ? value : null;

    // An option that this command does not have is not given.
    private static string? Given(ParseResult result, Option<string?> option) => result.GetResult(option) is null ? null : result.GetValue(option);

    private static string? TokenOf(HubContext? context) => context switch
    {
        { Token: { } token } => token,
        { TokenFile: { } file } => ReadToken(file),
        { Data: { } data } => ReadToken(Path.Combine(data, "admin.token")),
        _ => null,
    };

    private static string? AuthorityOf(HubContext? context) => context?.CaFile ?? AuthorityOf(context?.Data);

    private static string? AuthorityOf(string? data) =>
        data is not null && Path.Combine(data, "pki", "ca.cert.pem") is var file && File.Exists(file) ? file : null;

    private static string ReadToken(string file)
    {
        try
        {
            return File.ReadAllText(file).Trim();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw VerbException.Usage($"cannot read the token in {file}", Files.Problem(file, exception), "Give the file that the hub made in its data directory at its first start");
        }
    }

    private (HubContext? Context, bool IsNamed) Context(ParseResult result, string? url, Terminal terminal)
    {
        var file = new ContextFile(terminal.Environment);
        if (Given(result, _context) is { } name)
            return (file.Find(name), true);
        if (url is not null || Variable(terminal, "FAIRLEAD_URL") is not null)
            return (null, false);
        if (Variable(terminal, "FAIRLEAD_CONTEXT") is { } variable)
            return (file.Find(variable), false);
        var document = file.Read();
        return (document.Current is { } current ? document.Contexts.GetValueOrDefault(current) : null, false);
    }

    private string? TokenOfFlags(ParseResult result, string? data)
    {
        string? file = Given(result, _tokenFile);
        if (file is not null && data is not null)
            throw VerbException.Usage("cannot choose a token", "--token-file and --data exclude each other", "Give one of them");
        if (file is null && data is null)
            return null;
        return ReadToken(file ?? Path.Combine(data!, "admin.token"));
    }
}
