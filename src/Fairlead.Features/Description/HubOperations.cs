using Fairlead.Features.AccessKeys;
using Fairlead.Features.Console;
using Fairlead.Features.EdgeConnectors;
using Fairlead.Features.Endpoints;
using Fairlead.Features.Import;
using Fairlead.Features.IotHub.Amqp;
using Fairlead.Features.IotHub.Credentials;
using Fairlead.Features.Lifecycle;
using Fairlead.Features.Notifications;
using Fairlead.Features.Policies;
using Fairlead.Features.Refused;
using Fairlead.Features.Rules.Testing;
using Fairlead.Features.Tokens;
using P = Fairlead.Features.Description.ParameterDescription;

namespace Fairlead.Features.Description;

/// <summary>What the operations under <c>/v1</c> are for, take and answer. A test fails for one that is missing here, and for one that is gone.</summary>
internal static class HubOperations
{
    private const string Lines = "application/x-ndjson";
    private const string Events = "text/event-stream";
    private static readonly P After = new("after", "next of the page before.");
    private static readonly P[] Tokens = [P.Number("maxResults", "Most entries of the page; 50 when absent.", 1, 250), new("nextToken", "nextToken of the page before.")];

    /// <summary>All of them, group by group.</summary>
    public static IReadOnlyList<OperationDescription> All { get; } =
    [
        .. Of("Clients", Clients()), .. Of("Topics", Topics()), .. Of("Hub", Hub()), .. Of("Access keys", Keys()), .. Of("API tokens", ApiTokens()),
        .. Of("Edge connectors and AMQP connections", Connectors()), .. Of("Azure dialect", IotHub()), .. Of("For the console", ConsoleStreams()), .. Of("For the console", ConsoleCalls()),
    ];

    private static IEnumerable<OperationDescription> Of(string tag, OperationDescription[] operations) => operations.Select(operation => operation with { Tag = tag });

    private static OperationDescription[] Clients() =>
        [new("ListClientEvents", "its last connects, refusals and disconnects") { Answer = LifecycleJson.Default.ClientEventListDocument }];

    private static OperationDescription[] Topics() =>
    [
        new("ListPublishedTopics", "topics with counts, rates and last values, over a look of some seconds")
        {
            Parameters =
            [
                new("watch", "Goes on with the watch of an answer before; absent begins one, which ends 60 seconds after the last question."),
                new("filter", "Topic Filter, at the beginning of a watch; # when absent."),
                P.Number("for", "Seconds to look before the answer; 2 at the beginning of a watch, else 0. Rates are over the last look.", 0, 60),
                P.Choice("sort", "Order. All but topic show what was not silent.", "topic", "count", "rate", "bytes"),
                new("search", "Text that topics must hold."),
                P.Number("limit", "Most topics of the page; 100 when absent.", 1, 1_000),
                new("after", "next of the page before; sorted by topic alone."),
            ],
            Answer = ConsoleJson.Default.TopicListDocument,
            Failures = [404, 503],
        },
        new("EndTopicWatch", "ends a watch of topics"),
        new("ReadTopicMessages", "messages as they are published, what is retained first, as lines of JSON")
        {
            Parameters =
            [
                new("filter", "Topic Filter.") { IsNeeded = true },
                P.Switch("retained", "Whether what is retained comes first; true when absent."),
                P.Number("count", "Ends after so many messages.", 1, 1_000_000),
                P.Number("for", "Ends after so many seconds.", 1, 86_400),
            ],
            Answer = ConsoleJson.Default.MessageDocument,
            AnswerType = Lines,
            Failures = [503],
        },
    ];

    private static OperationDescription[] Hub() =>
    [
        new("GetHub", "version, region, account, listeners, authority") { Answer = HubSiteJson.Default.HubSiteDocument },
        new("ListOperations", "every operation that it serves") { Answer = OperationJson.Default.OperationListDocument },
        new("GetOpenApi", "this API as an OpenAPI document"),
        new("TailLog", "the structured log: client, topic, level, limit, follow=true")
        {
            Parameters =
            [
                new("client", "Only events of this Client Identifier."),
                new("topic", "Only events about topics that this filter matches."),
                P.Choice("level", "This and what is more severe.", "error", "warn", "info", "debug"),
                new("address", "Only events of this address."),
                P.Number("limit", "So many of the last lines first; 100 when absent.", 0, 10_000),
                P.Switch("follow", "Goes on with new lines as they are written."),
            ],
            AnswerType = Lines,
            Failures = [503],
        },
        new("ListOutbox", "mails of a hub without SMTP server") { Parameters = [P.Number("limit", "Most mails.", 1, 1_000)], Answer = OutboxJson.Default.OutboxDocument },
        new("GetOutboxMail", "one mail; last for the newest") { Parameters = [P.Switch("raw", "As message/rfc822, as it would have been sent.")], Answer = OutboxJson.Default.StoredMail },
        new("DownloadBackup", "everything that the hub keeps, as one archive; for administrators")
        {
            Parameters = [new("data", "Refuses when this is not the data directory of the hub.")],
            AnswerType = "application/gzip",
            Failures = [409],
        },
        new("ImportThings", "many things from lines of JSON") { Request = ImportJson.Default.ImportLine, RequestType = Lines, Answer = ImportJson.Default.ImportResult, AnswerType = Lines },
        new("Explain", "what decides about an action, statement by statement") { Request = AuthorizationJson.Default.ExplainInput, Answer = AuthorizationJson.Default.ExplainDocument, Failures = [404] },
        new("TestRule", "runs a statement on a message, without actions") { Request = RuleTestJson.Default.RuleTestDocument, Answer = RuleTestJson.Default.RuleTestAnswer, Failures = [404] },
        new("GetRuleStats", "counters and last failures") { Answer = RuleStatsJson.Default.RuleStatsDocument },
    ];

    private static OperationDescription[] Keys() =>
    [
        new("ListKeys", "keys, without secrets") { Parameters = Tokens, Answer = KeyJson.Default.KeyListDocument },
        new("CreateKey", "makes one, with a policy and a life") { Request = KeyJson.Default.NewKeyDocument, Answer = KeyJson.Default.KeyDocument, Failures = [409, 410] },
        new("GetKey", "one, with its secret") { Answer = KeyJson.Default.KeyDocument },
        new("UpdateKey", "enables, disables, describes") { Request = KeyJson.Default.KeyChangeDocument, Answer = KeyJson.Default.KeyDocument },
        new("DeleteKey", "deletes"),
    ];

    private static OperationDescription[] ApiTokens() =>
    [
        new("ListTokens", "tokens: name, role, end, who made it; never the token") { Parameters = Tokens, Answer = TokenJson.Default.TokenListDocument },
        new("CreateToken", "makes one; its answer alone holds it") { Request = TokenJson.Default.NewTokenDocument, Answer = TokenJson.Default.TokenDocument, Failures = [409, 410] },
        new("DeleteToken", "revokes it, at once"),
    ];

    private static OperationDescription[] Connectors() =>
    [
        new("ListEdges", "edge connectors that report, with their last report") { Parameters = [After, P.Number("limit", "Most of the page; 100 when absent.", 1, 500)], Answer = EdgeJson.Default.EdgePageDocument },
        new("ForgetEdge", "forgets one that is down"),
        new("ListAmqpConnections", "connections of gateways and SDKs")
        {
            Parameters = [P.Number("after", "next of the page before.", 0, long.MaxValue), P.Number("limit", "Most of the page; 100 when absent.", 1, 500)],
            Answer = AmqpPageJson.Default.AmqpConnectionPageDocument,
        },
        new("ListAmqpLinks", "links of one, by device: credit, unsettled, rejected")
        {
            Parameters = [new("prefix", "Only devices whose ids begin so."), After, P.Number("limit", "Most of the page; 100 when absent.", 1, 500)],
            Answer = AmqpPageJson.Default.AmqpLinkPageDocument,
        },
    ];

    private static OperationDescription[] IotHub() =>
    [
        new("ListIotHubPolicies", "policies") { Answer = PolicyKeysJson.Default.PolicyKeysListDocument },
        new("GetIotHubPolicy", "one, with keys") { Answer = PolicyKeysJson.Default.PolicyKeysDocument },
        new("RenewIotHubPolicy", "makes new keys")
        {
            Parameters = [P.Choice("key", "Which one.", "primary", "secondary", "both") with { IsNeeded = true }],
            Answer = PolicyKeysJson.Default.PolicyKeysDocument,
        },
        new("ExplainIotHubToken", "what a token allows") { Request = PolicyKeysJson.Default.TokenDocument, Answer = PolicyKeysJson.Default.ExplanationDocument },
    ];

    private static OperationDescription[] ConsoleStreams() =>
    [
        new("WatchView", "one page's live figures")
        {
            Parameters =
            [
                P.Number("limit", "Most rows.", 1, 500), new("after", "next of the page before."), new("prefix", "Only names that begin so."), new("id", "Client Identifier, for the view client."),
                new("thing", "Thing, for the view shadow."), new("name", "Shadow, thing or rule."), new("number", "AMQP connection, for the view amqp-links."),
            ],
            AnswerType = Events,
            Failures = [503],
        },
        new("WatchLog", "the log as it is written")
        {
            Parameters =
            [
                new("client", "Client Identifier."), new("topic", "Topic Filter."), P.Choice("level", "This and what is more severe.", "error", "warn", "info", "debug"), new("address", "Address."),
                P.Number("limit", "So many of the last lines first.", 0, 1_000),
            ],
            AnswerType = Events,
            Failures = [503],
        },
        new("WatchMessages", "messages of the test client")
        {
            Parameters =
            [
                new("filter", "Topic Filter, at most 20 of them.") { IsNeeded = true, Repeats = true }, new("fresh", "Filter of which retained messages are wanted.") { Repeats = true },
                new("as", "Thing whose policies decide."),
            ],
            AnswerType = Events,
            Failures = [404, 503],
        },
        new("WatchTopics", "the topic tree") { Parameters = [new("filter", "Topic Filter; # when absent.")], AnswerType = Events, Failures = [503] },
        new("ExportTopics", "its history") { Answer = ConsoleJson.Default.TopicMessageDocument, AnswerType = Lines },
    ];

    private static OperationDescription[] ConsoleCalls() =>
    [
        new("MakeConsoleLink", "a link that signs in once") { Request = ConsoleJson.Default.LinkInput, Answer = ConsoleJson.Default.LinkDocument, Failures = [503] },
        new("PublishMessage", "publishes, as somebody or as a thing") { Request = ConsoleJson.Default.PublishInput, Answer = ConsoleJson.Default.PublishedDocument, Failures = [404] },
        new("SetTopicView", "what of it is shown") { Request = ConsoleJson.Default.TopicViewInput },
        new("DeleteRetained", "deletes retained messages below a topic") { Request = ConsoleJson.Default.RetainedInput, Answer = ConsoleJson.Default.RetainedCountDocument },
        new("ListRuleFunctions", "functions of the rule language") { Answer = ConsoleJson.Default.FunctionListDocument },
        new("GetMetricHistory", "history of metrics") { Parameters = [P.Number("seconds", "Length of the window; 900 when absent.", 1, 86_400)], Answer = ConsoleJson.Default.MetricHistoryDocument, Failures = [503] },
        new("GetConsoleSettings", "listeners, certificates, users, configuration") { Answer = ConsoleJson.Default.ConsoleSettingsDocument, Failures = [503] },
        new("ListTraces", "traces") { Answer = ConsoleJson.Default.TraceListDocument },
        new("StartTrace", "begins one") { Request = ConsoleJson.Default.TraceInput, Answer = ConsoleJson.Default.TraceListDocument, Failures = [410] },
        new("StopTrace", "ends it") { Answer = ConsoleJson.Default.TraceListDocument },
        new("DisconnectClient", "closes a connection"),
        new("SetUser", "adds or changes a user") { Request = ConsoleJson.Default.UserInput, Failures = [503] },
        new("RemoveUser", "removes a user") { Failures = [503] },
    ];
}
