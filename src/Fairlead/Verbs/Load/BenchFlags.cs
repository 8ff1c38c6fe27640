using System.CommandLine;
using Fairlead.Verbs.Messaging;

namespace Fairlead.Verbs.Load;

/// <summary>The flags that all benches share.</summary>
internal sealed class BenchFlags
{
    private readonly Option<long?> _count;
    private readonly Option<double?> _for = new("--for") { Description = "Stop after so many seconds.", HelpName = "seconds" };
    private readonly Option<int> _clients = new("--clients") { Description = "Connections.", HelpName = "number", DefaultValueFactory = _ => 1 };
    private readonly ConnectFlags _connect = new(kitRole: null);
    private readonly TalkFlags _talk = new(30, "Longest wait for any one answer of the server");
    private readonly bool _withClients;

    public BenchFlags(string countMeans, bool withClients)
    {
        _count = new Option<long?>("--count", "-C") { Description = countMeans, HelpName = "number" };
        _withClients = withClients;
    }

    public void AddTo(Command command)
    {
        command.Options.Add(_count);
        command.Options.Add(_for);
        if (_withClients)
            command.Options.Add(_clients);
        _connect.AddTo(command);
        _talk.AddTo(command);
    }

    public TalkFlags.Settings Talk(ParseResult result) => _talk.Read(result);

    public BenchPlan Read(ParseResult result, TalkFlags.Settings talk, Terminal terminal, long? defaultCount)
    {
        long? count = result.GetValue(_count);
        double? seconds = result.GetValue(_for);
        if (count is < 1 || seconds is <= 0 or > 4_000_000)
            throw VerbException.Usage("cannot measure", "--count and --for take more than 0", "Give such a number");
        int clients = _withClients ? result.GetValue(_clients) : 1;
        if (clients is < 1 or > 60_000)
            throw VerbException.Usage("cannot measure", "--clients takes 1 to 60000", "Give such a number");
        var connect = _connect.Read(result, talk, terminal);
        return new BenchPlan(
            connect.Options with { Reconnect = null },
            connect.UrlTopic,
            count ?? (seconds is null ? defaultCount : null),
            seconds is { } s ? TimeSpan.FromSeconds(s) : null,
            clients);
    }
}
