using System.CommandLine;
using System.Text;
using Fairlead.Protocols.Mqtt;

namespace Fairlead.Verbs.Messaging;

/// <summary>What to subscribe to and what of it to show, with the letters of mosquitto_sub.</summary>
internal sealed class SubFlags
{
    private readonly Option<string[]> _topics = new("--topic", "-t") { Description = "Topic Filter; may be repeated.", HelpName = "filter" };
    private readonly Option<string[]> _filterOut = new("--filter-out", "-T") { Description = "Do not show topics that match this; may be repeated.", HelpName = "filter" };
    private readonly Option<string[]> _unsubscribe = new("--unsubscribe", "-U") { Description = "Topic Filter to unsubscribe from; may be repeated.", HelpName = "filter" };
    private readonly Option<int> _qos = QosFlag.Create("Maximum QoS of the subscriptions (default 0).");
    private readonly Option<int?> _count = new("--count", "-C") { Description = "Stop after so many messages.", HelpName = "number" };
    private readonly Option<double?> _wait = new("--wait", "-W") { Description = "Stop after so many seconds, with exit code 5 unless -C was reached.", HelpName = "seconds" };
    private readonly Option<bool> _exit = new("--exit-when-subscribed", "-E") { Description = "Stop as soon as the server has confirmed the subscriptions." };
    private readonly Option<bool> _noRetained = new("--no-retained", "-R") { Description = "Do not show retained messages." };
    private readonly Option<bool> _retainedOnly = new("--retained-only") { Description = "Show retained messages only; stop at the first other one." };
    private readonly Option<bool> _removeRetained = new("--remove-retained") { Description = "Remove the retained messages that come, except those of -T." };
    private readonly Option<bool> _retainAsPublished = new("--retain-as-published") { Description = "Keep the retain flag of the publisher (MQTT 5)." };
    private readonly Option<bool> _debug = new("--debug", "-d") { Description = "Tell about connection and subscriptions on stderr." };

    public void AddTo(Command command)
    {
        Option[] options =
        [
            _topics, _filterOut, _unsubscribe, _qos, _count, _wait, _exit, _noRetained, _retainedOnly, _removeRetained, _retainAsPublished, _debug,
        ];
        foreach (var option in options)
            command.Options.Add(option);
    }

    public Wishes Read(ParseResult result, ConnectFlags.Connect connect)
    {
        string[] topics = result.GetValue(_topics) ?? [];
        if (connect.UrlTopic is { } topic)
            topics = [topic, .. topics];
        string[] unsubscribe = result.GetValue(_unsubscribe) ?? [];
        if (topics.Length == 0 && unsubscribe.Length == 0)
            throw VerbException.Usage("cannot subscribe", "no Topic Filter is given", "Give at least one with -t, or in the URL of -L");
        string[] filterOut = result.GetValue(_filterOut) ?? [];
        foreach (string filter in topics.Concat(unsubscribe).Concat(filterOut))
        {
            if (!TopicFilter.IsValid(filter))
                throw VerbException.Usage($"cannot use the filter '{filter}'", "this is not a Topic Filter", "'+' stands for a whole level, '#' for the last ones");
        }

        if (result.GetValue(_count) is < 1)
            throw VerbException.Usage("cannot count to that", "-C takes 1 or more", "Give such a number");
        if (result.GetValue(_wait) is { } wait && wait is not (> 0 and <= 4_000_000))
            throw VerbException.Usage("cannot wait so long", "-W takes seconds, more than 0", "Give such a number");
        if (result.GetValue(_noRetained) && result.GetValue(_retainedOnly))
            throw VerbException.Usage("cannot choose the messages", "-R and --retained-only exclude each other", "Give one of them");
        return new Wishes
        {
            Topics = topics,
            FilterOut = [.. filterOut.Select(Encoding.UTF8.GetBytes)],
            Unsubscribe = unsubscribe,
            QoS = QosFlag.Check(result.GetValue(_qos)),
            Count = result.GetValue(_count),
            Wait = result.GetValue(_wait) is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            ExitWhenSubscribed = result.GetValue(_exit),
            NoRetained = result.GetValue(_noRetained),
            RetainedOnly = result.GetValue(_retainedOnly),
            RemoveRetained = result.GetValue(_removeRetained),
            RetainAsPublished = result.GetValue(_retainAsPublished),
            Debug = result.GetValue(_debug),
        };
    }

    /// <summary>What the flags say.</summary>
    internal sealed record Wishes
    {
        public required IReadOnlyList<string> Topics { get; init; }

        public required IReadOnlyList<byte[]> FilterOut { get; init; }

        public required IReadOnlyList<string> Unsubscribe { get; init; }

        public QualityOfService QoS { get; init; }

        public int? Count { get; init; }

        public TimeSpan? Wait { get; init; }

        public bool ExitWhenSubscribed { get; init; }

        public bool NoRetained { get; init; }

        public bool RetainedOnly { get; init; }

        public bool RemoveRetained { get; init; }

        public bool RetainAsPublished { get; init; }

        public bool Debug { get; init; }
    }
}
