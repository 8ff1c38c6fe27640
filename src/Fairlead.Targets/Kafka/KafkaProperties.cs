using System.Globalization;

namespace Fairlead.Targets.Kafka;

/// <summary>
/// The <c>clientProperties</c> of the kafka action (spec/aws-rules, section 7.2). They are named as for Java clients; here they become those of
/// librdkafka. What is not known is refused: some properties of the library name files and programs of this machine.
/// </summary>
internal static class KafkaProperties
{
    private static readonly Dictionary<string, string[]> Choices = new(StringComparer.Ordinal)
    {
        ["acks"] = ["0", "1", "-1", "all"],
        ["compression.type"] = ["none", "gzip", "snappy", "lz4", "zstd"],
        ["security.protocol"] = ["SSL", "SASL_SSL", "PLAINTEXT", "SASL_PLAINTEXT"],
        ["key.serializer"] = ["org.apache.kafka.common.serialization.StringSerializer"],
        ["value.serializer"] = ["org.apache.kafka.common.serialization.ByteBufferSerializer"],
        ["sasl.mechanism"] = ["PLAIN", "SCRAM-SHA-512", "SCRAM-SHA-256"],
        ["ssl.endpoint.identification.algorithm"] = ["https", "none"],
        ["enable.idempotence"] = ["true", "false"],
    };

    private static readonly Dictionary<string, (int Least, int Most)> Numbers = new(StringComparer.Ordinal)
    {
        ["linger.ms"] = (0, 5_000),
        ["batch.size"] = (1, 16 * 1024 * 1024),
        ["request.timeout.ms"] = (100, 60_000),
        ["message.max.bytes"] = (1_000, 64 * 1024 * 1024),
    };

    private static readonly string[] Texts =
    [
        "bootstrap.servers", "client.id", "ssl.truststore", "ssl.truststore.password", "ssl.keystore", "ssl.keystore.password", "ssl.key.password",
        "sasl.plain.username", "sasl.plain.password", "sasl.scram.username", "sasl.scram.password",
    ];

    /// <summary>What is wrong with a property; null when it can be used.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="value">Its value; null when a template decides it later.</param>
    public static string? Problem(string name, string? value)
    {
        if (name.StartsWith("sasl.kerberos.", StringComparison.Ordinal) || (name == "sasl.mechanism" && value == "GSSAPI"))
            return "GSSAPI is not supported: the client that comes with this hub is built without Kerberos";
        if (Choices.TryGetValue(name, out var values))
            return value is null || values.Contains(value) ? null : $"{name} must be one of {string.Join(", ", values)}, not '{value}'";
        if (Numbers.TryGetValue(name, out var range))
        {
            return value is null || (int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= range.Least && number <= range.Most)
                ? null
                : $"{name} must be a whole number from {range.Least} to {range.Most}";
        }

        if (!Texts.Contains(name)) return $"{name} is not known; there are {string.Join(", ", Choices.Keys.Concat(Numbers.Keys).Concat(Texts).Order(StringComparer.Ordinal))}";
        return name == "bootstrap.servers" && value is { Length: 0 } ? "bootstrap.servers is empty" : null;
    }

    /// <summary>The configuration of librdkafka.</summary>
    /// <param name="given">Properties, each of which has been found usable.</param>
    /// <param name="configuration">The result.</param>
    /// <returns>What is wrong; null when nothing is.</returns>
    public static string? Translate(IReadOnlyDictionary<string, string> given, Dictionary<string, string> configuration)
    {
        var protocol = given.GetValueOrDefault("security.protocol", "SSL");
        configuration["bootstrap.servers"] = given["bootstrap.servers"];
        configuration["security.protocol"] = protocol.ToLowerInvariant();
        configuration["acks"] = given.GetValueOrDefault("acks", "1");
        // As Java clients place keys, so that a topic fed from both sides keeps each key in one partition.
        configuration["partitioner"] = "murmur2_random";
        // Within the time that the engine gives a try.
        configuration["message.timeout.ms"] = "8000";
        configuration["socket.connection.setup.timeout.ms"] = "5000";
        configuration["reconnect.backoff.max.ms"] = "1000";
        configuration["queue.buffering.max.messages"] = "20000";
        configuration["queue.buffering.max.kbytes"] = "65536";
        configuration["linger.ms"] = "2";
        foreach (var name in (string[])["compression.type", "client.id", "ssl.endpoint.identification.algorithm", "enable.idempotence", "linger.ms", "batch.size", "request.timeout.ms", "message.max.bytes"])
        {
            if (given.TryGetValue(name, out var value)) configuration[name] = value;
        }

        return Login(given, protocol, configuration) ?? (protocol.EndsWith("SSL", StringComparison.Ordinal) ? Stores(given, configuration) : null);
    }

    private static string? Login(IReadOnlyDictionary<string, string> given, string protocol, Dictionary<string, string> configuration)
    {
        if (!protocol.StartsWith("SASL", StringComparison.Ordinal)) return null;
        if (!given.TryGetValue("sasl.mechanism", out var mechanism)) return $"sasl.mechanism is missing: {protocol} needs one";
        var kind = mechanism == "PLAIN" ? "sasl.plain" : "sasl.scram";
        if (!given.TryGetValue(kind + ".username", out var user) || !given.TryGetValue(kind + ".password", out var password))
            return $"{kind}.username and {kind}.password are missing: {mechanism} needs them";
        configuration["sasl.mechanisms"] = mechanism;
        configuration["sasl.username"] = user;
        configuration["sasl.password"] = password;
        return null;
    }

    private static string? Stores(IReadOnlyDictionary<string, string> given, Dictionary<string, string> configuration)
    {
        if (given.TryGetValue("ssl.truststore", out var trust))
        {
            configuration["ssl.ca.pem"] = KafkaStores.Authorities(trust, given.GetValueOrDefault("ssl.truststore.password"), out var problem);
            if (problem.Length > 0) return problem;
        }

        if (given.TryGetValue("ssl.keystore", out var keys))
        {
            var (certificates, key) = KafkaStores.Identity(keys, given.GetValueOrDefault("ssl.keystore.password"), out var problem);
            if (problem.Length > 0) return problem;
            configuration["ssl.certificate.pem"] = certificates;
            configuration["ssl.key.pem"] = key;
            if (given.TryGetValue("ssl.key.password", out var password)) configuration["ssl.key.password"] = password;
        }

        return null;
    }
}
