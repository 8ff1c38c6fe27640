using System.Net;
using Fairlead.Broker.Durability;
using Fairlead.Broker.Extensions;
using Fairlead.Features.Rules.Sql;
using Fairlead.Protocols.Mqtt;

namespace Fairlead.Features.Rules.Engine;

/// <summary>
/// One publication that rules have matched, until each of them has ended with it. Where it was promised to its publisher it lies in the
/// store until then.
/// </summary>
internal sealed class RuleJob
{
    /// <summary>Prefix of basic ingest.</summary>
    public const string BasicPrefix = "$aws/rules/";

    private readonly RuleEngine _engine;
    private readonly JobNote _note;
    private KeptPublication? _kept;
    private RuleMessage? _message;
    private int _open;

    private RuleJob(RuleEngine engine, JobNote note, int rules)
    {
        _engine = engine;
        _note = note;
        _open = rules;
    }

    /// <summary>Trace id, for the log.</summary>
    public string TraceId => _note.Trace;

    /// <summary>Client Identifier of the publisher; null for none.</summary>
    public string? ClientId => _note.Client;

    /// <summary>Identity of the publisher; null for none.</summary>
    public string? PrincipalId => _note.Principal;

    /// <summary>Bytes that it holds.</summary>
    public int Size => _kept!.Message.Size;

    /// <summary>The message as rules see it.</summary>
    public RuleMessage Message => _message ??= ToMessage();

    /// <summary>Takes the publication at hand. Within a tap or a topic owner.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="publication">The publication.</param>
    /// <param name="rules">Rules that it goes to.</param>
    /// <param name="isBasic">Whether it came by basic ingest.</param>
    public static RuleJob Take(RuleEngine engine, in Publication publication, IReadOnlyList<RuleRunner> rules, bool isBasic)
    {
        var cause = publication.Cause as RuleCause;
        var kept = engine.Broker.Kept;
        // What nobody was promised lives in memory. What this process publishes (shadows, events, rules) follows from something promised.
        bool isKept = kept.IsDurable && (publication.QoS > QualityOfService.AtMostOnce || publication.Origin == PublishOrigin.Process);
        var note = new JobNote(isKept ? [.. rules.Select(static rule => rule.Name)] : [], cause?.TraceId ?? Guid.NewGuid().ToString())
        {
            Client = publication.ClientId,
            Principal = publication.Principal is { Kind: not "anonymous" } principal ? principal.Id : null,
            Ip = AddressOf(publication.RemoteEndPoint),
            Hops = cause?.Hops ?? 0,
            IsTraced = cause is null ? publication.ClientId is not null : cause.TraceId is not null,
            IsBasic = isBasic,
        };
        var job = new RuleJob(engine, note, rules.Count);
        job._kept = kept.Keep(publication, isKept ? note.Write() : null);
        return job;
    }

    /// <summary>Takes up a publication that lay in the store.</summary>
    public static RuleJob Restore(RuleEngine engine, KeptPublication kept, JobNote note, int rules) => new(engine, note, rules) { _kept = kept };

    /// <summary>A rule has ended with it. Each of its rules calls this once.</summary>
    public void Ended()
    {
        if (Interlocked.Decrement(ref _open) > 0) return;
        _engine.Broker.Kept.Done(_kept!);
        _engine.Broker.FlushPublished();
    }

    private static string? AddressOf(EndPoint? endPoint)
    {
        if (endPoint is not IPEndPoint { Address: var address }) return null;
        return (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();
    }

    private RuleMessage ToMessage()
    {
        var message = _kept!.Message;
        var properties = message.Properties.IsEmpty ? null : PublishPropertiesReader.Read(message.Properties);
        return new RuleMessage
        {
            Topic = TopicOf(message),
            Payload = message.PayloadMemory,
            ClientId = _note.Client ?? RuleMessage.NoClient,
            PrincipalId = _note.Principal,
            SourceIp = _note.Ip,
            TraceId = _note.IsTraced ? _note.Trace : null,
            ContentType = properties?.ContentType,
            FormatIndicator = properties?.PayloadIsUtf8 is { } isUtf8 ? (byte)(isUtf8 ? 1 : 0) : null,
            ResponseTopic = properties?.ResponseTopic,
            CorrelationData = properties?.CorrelationData,
            UserProperties = properties is { UserProperties.Count: > 0 } ? [.. properties.UserProperties.Select(static p => KeyValuePair.Create(p.Name, p.Value))] : [],
            Hops = _note.Hops,
        };
    }

    private string TopicOf(Message message)
    {
        var topic = message.TopicString;
        if (!_note.IsBasic) return topic;
        int slash = topic.IndexOf('/', BasicPrefix.Length);
        return slash < 0 ? "" : topic[(slash + 1)..];
    }
}
