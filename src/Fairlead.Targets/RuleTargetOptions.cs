namespace Fairlead.Targets;

/// <summary>Where rule actions find what they talk to. Empty settings have no target: actions that need one are refused when a rule is made.</summary>
public sealed class RuleTargetOptions
{
    /// <summary>Where the s3 action writes: a folder (<c>file:///srv/objects</c>) or a compatible server (<c>https://host:9000</c>).</summary>
    public string S3 { get; set; } = "";

    /// <summary>Server with the API of DynamoDB that dynamoDB and dynamoDBv2 write to.</summary>
    public string DynamoDb { get; set; } = "";

    /// <summary>Connection string of the PostgreSQL database whose tables dynamoDB and dynamoDBv2 write to. Goes before <see cref="DynamoDb"/>. Secret.</summary>
    public string Tables { get; set; } = "";

    /// <summary>Server with the API of SQS for queues that <see cref="Queues"/> does not name.</summary>
    public string Sqs { get; set; } = "";

    /// <summary>Queues of RabbitMQ: <c>NAME=amqp://user:password@host/vhost?queue=q</c>. Secret.</summary>
    public IReadOnlyList<string> Queues { get; set; } = [];

    /// <summary>Streams of kinesis and firehose: <c>NAME=URL</c> with the scheme amqp, amqps, file or kafka. Secret.</summary>
    public IReadOnlyList<string> Streams { get; set; } = [];

    /// <summary>Access keys that requests are signed with: <c>SERVICE=ID:SECRET</c>, the service as in the signature, or <c>*</c>. Secret.</summary>
    public IReadOnlyList<string> Keys { get; set; } = [];

    /// <summary>Hosts besides this machine that the http action may call over plain http: <c>host</c> or <c>host:port</c>.</summary>
    public IReadOnlyList<string> PlainHosts { get; set; } = [];

    /// <summary>Most connections to one server.</summary>
    public int Connections { get; set; } = 16;

    /// <summary>Longest that the tries of one http action may take together; AWS: 3 s.</summary>
    public TimeSpan HttpTimeout { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>How long a call is tried again while its target cannot be reached or cannot serve.</summary>
    public TimeSpan Patience { get; set; } = TimeSpan.FromMinutes(2);
}
