using Fairlead.Targets;
using Fairlead.Targets.Signing;
using Fairlead.Targets.Sqs;
using Fairlead.Targets.Streams;
using Npgsql;
using static Fairlead.Server.Configuration.SettingFactory;

namespace Fairlead.Server.Configuration;

/// <summary>Settings of what rule actions talk to.</summary>
internal static class RuleTargetSettings
{
    private static readonly string[] SignedServices = ["s3", "dynamodb", "sqs", "*"];

    /// <summary>All of them.</summary>
    public static IEnumerable<Setting> All() => [.. Stores(), .. Queues(), .. Limits()];

    private static IEnumerable<Setting> Stores() =>
    [
        Address(
            "Rules:S3", "Where the s3 action writes: a folder, or a server with the API of S3. Empty: rules with that action are refused.",
            "a folder such as file:///srv/objects, an http or https URL, or empty", static text => IsFolder(text) || IsServer(text),
            static o => o.Targets.S3, static (o, v) => o.Targets.S3 = v),
        Address(
            "Rules:Tables",
            "PostgreSQL database whose tables dynamoDB and dynamoDBv2 write to: members with a column go there, the rest into the jsonb column doc. Goes before Rules:DynamoDb.",
            "a connection string such as Host=db;Username=hub;Password=...;Database=fleet, or empty", IsConnectionString,
            static o => o.Targets.Tables, static (o, v) => o.Targets.Tables = v, secret: true),
        Address(
            "Rules:DynamoDb", "Server with the API of DynamoDB that dynamoDB and dynamoDBv2 write to.", "an http or https URL, or empty", IsServer,
            static o => o.Targets.DynamoDb, static (o, v) => o.Targets.DynamoDb = v),
    ];

    private static IEnumerable<Setting> Queues() =>
    [
        Entries(
            "Rules:Queues", "Queues of RabbitMQ for the sqs action, by the name that ends the queueUrl of a rule. Options: queue (its name there), declare=true (make it, durable).",
            "a list of NAME=amqp://USER:PASSWORD@HOST/VHOST?queue=Q, or with amqps",
            static text => TargetAddress.TryParse(text, RuleTargets.QueueSchemes, out _, out var problem) ? null : problem,
            static o => o.Targets.Queues, static (o, v) => o.Targets.Queues = v),
        Address(
            "Rules:Sqs", "Server with the API of SQS for queues that Rules:Queues does not name. ?protocol=query for servers that know the older protocol alone.",
            "an http or https URL, or empty", SqsServer.IsEndpoint, static o => o.Targets.Sqs, static (o, v) => o.Targets.Sqs = v),
        Entries(
            "Rules:Streams",
            "Streams of the kinesis and firehose actions: an exchange of RabbitMQ (options exchange, routingKey), files with one JSON a line (maxBytes, files, sync), or a topic of Kafka (options as clientProperties of the kafka action).",
            "a list of NAME=amqp://HOST/VHOST?exchange=X, NAME=file:///FOLDER?maxBytes=N&files=N or NAME=kafka://HOST:9092/TOPIC", StreamProblem,
            static o => o.Targets.Streams, static (o, v) => o.Targets.Streams = v),
        Entries(
            "Rules:Keys",
            "Access keys that requests to the servers above are signed with, and those of http actions with auth sigv4. The service is s3, dynamodb, sqs or the serviceName of the rule; * is for all others.",
            "a list of SERVICE=ID:SECRET", KeyProblem, static o => o.Targets.Keys, static (o, v) => o.Targets.Keys = v),
    ];

    private static IEnumerable<Setting> Limits() =>
    [
        new ListSetting<string>(
            "Rules:PlainHosts", "Hosts besides this machine that rules may call over plain http.", "a list of host names or addresses, each with or without a port",
            static text => IsHost(text) ? (text, "") : (null, "must be a host name or address, with or without a port"),
            static o => o.Rules.PlainHosts, static (o, v) => o.Rules.PlainHosts = o.Targets.PlainHosts = v),
        Number(
            "Rules:TargetConnections", "Connections that rule actions open to one server.", "connections", 1, 1000,
            static o => o.Targets.Connections, static (o, v) => o.Targets.Connections = (int)v),
        Time(
            "Rules:HttpTimeout", "Longest that the tries of one http action take together, waiting between them not counted. AWS: 3 s.",
            TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1), static o => o.Targets.HttpTimeout, static (o, v) => o.Targets.HttpTimeout = v),
        Time(
            "Rules:TargetPatience",
            "How long an action is tried again while its target cannot be reached or says that it cannot serve now, so that a restart there loses nothing; 0 for three tries within seconds.",
            TimeSpan.Zero, TimeSpan.FromHours(1), static o => o.Targets.Patience, static (o, v) => o.Targets.Patience = v),
    ];

    private static ScalarSetting<string> Address(
        string key, string description, string allowed, Func<string, bool> isValid, Func<HubOptions, string> get, Action<HubOptions, string> set, bool secret = false) =>
        new(key, description, allowed, text => (text.Length == 0 || isValid(text), text), static value => value, get, set, literal: false)
        {
            IsSecret = secret,
            DefaultText = "none",
        };

    // Entries carry passwords.
    private static ListSetting<string> Entries(
        string key, string description, string allowed, Func<string, string?> problem, Func<HubOptions, IReadOnlyList<string>> get,
        Action<HubOptions, IReadOnlyList<string>> set) =>
        new(key, description, allowed, text => problem(text) is { } found ? (null, found) : (text, ""), get, set) { IsSecret = true };

    private static bool IsFolder(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && text.StartsWith("file://", StringComparison.Ordinal) && url.Host.Length == 0 && url.LocalPath.Length > 1;

    private static bool IsServer(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.UserInfo.Length == 0 && url.Query.Length == 0;

    private static bool IsHost(string text) =>
        Uri.TryCreate("http://" + text, UriKind.Absolute, out var url) && url.PathAndQuery == "/" && url.UserInfo.Length == 0 && !text.Contains('/', StringComparison.Ordinal);

    private static bool IsConnectionString(string text)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(text).Host is { Length: > 0 };
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException)
        {
            return false;
        }
    }

    private static string? StreamProblem(string text)
    {
        if (!TargetAddress.TryParse(text, RuleTargets.StreamSchemes, out var address, out var problem)) return problem;
        return address.Scheme == "kafka" ? KafkaStream.Read(address, out _, out _) : null;
    }

    private static string? KeyProblem(string text)
    {
        if (!SigningKey.TryParse(text, out var key)) return "must be SERVICE=ID:SECRET";
        // A service that nobody asks for is most likely one of these, misspelt in its case.
        var meant = Array.Find(SignedServices, service => service != key.Service && string.Equals(service, key.Service, StringComparison.OrdinalIgnoreCase));
        return meant is null ? null : $"names the service {key.Service}; did you mean {meant}?";
    }
}
