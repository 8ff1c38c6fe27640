using System.CommandLine;
using Fairlead.Verbs.Messaging;

namespace Fairlead.Verbs.Load;

/// <summary>The flags that all benches share.</summary>
internal sealed class BenchFlags
{
    private readonly Option<long?> _count;
    private readonly Option<double?> _for = ForOption();
    private readonly Option<int> _clients = new("--clients") { Description = "Connections.", HelpName = "number", DefaultValueFactory = _ => 1 };
    private readonly ConnectFlags _connect = new(kitRole: null);
    private readonly TalkFlags _talk = new(30, "Longest wait for any one answer of the server");
    private readonly bool _withClients;

    public BenchFlags(string countMeans, bool withClients)
    {
        _count = CountOption(countMeans);
        _withClients = withClients;
    }

    /// <summary><c>--count</c>.</summary>
    public static Option<long?> CountOption(string means) => new("--count", "-C") { Description = means, HelpName = "number" };

    /// <summary><c>--for</c>.</summary>
    public static Option<double?> ForOption() => new("--for") { Description = "Stop after so many seconds.", HelpName = "seconds" };

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
        var limits = BenchLimits.Of(result.GetValue(_count), result.GetValue(_for), defaultCount);
        int clients = _withClients ? result.GetValue(_clients) : 1;
        if (clients is < 1 or > 60_000)
            throw VerbException.Usage("cannot measure", "--clients takes 1 to 60000", "Give such a number");
        var connect = _connect.Read(result, talk, terminal);
        return new BenchPlan(
            connect.Options with { Reconnect = null },
            connect.UrlTopic,
            limits,
            clients);
    }
}
