using Fairlead.Broker.Diagnostics;
using Fairlead.Features.Api;
using Fairlead.Features.Certificates;
using Fairlead.Features.EdgeConnectors;
using Fairlead.Features.IotHub.Amqp;
using Fairlead.Features.Lifecycle;
using Fairlead.Features.Registry;
using Fairlead.Features.Rules;
using Fairlead.Features.Shadows;
using Fairlead.Protocols.Mqtt;

namespace Fairlead.Features.Console.Live;

/// <summary>What the views read.</summary>
internal sealed record ViewSources(
    ThingAssociation Things, LifecycleFeature Lifecycle, RefusedLog Refused, IShadowReader Shadows, RulesFeature Rules, CertificateServices Certificates,
    EdgeFeature Edges, AmqpPages Amqp);

/// <summary>The documents of the live pages: made for each look, from memory alone.</summary>
internal sealed class HubViews(FeatureContext context, HubRecords records, ViewSources sources)
{
    private const int LargestPage = 500;
    private const int MostSubscriptions = 500;
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan HalfSecond = TimeSpan.FromMilliseconds(500);

    /// <summary>Finds a view and how often it looks.</summary>
    /// <exception cref="ApiException">404: there is no such view.</exception>
    public (TimeSpan Period, Func<byte[]> Look) Find(ApiRequest request)
    {
        switch (request.Label())
        {
            case "overview": return (Second, Overview);
            case "clients":
                var limit = (int)(request.QueryNumber("limit", 1, LargestPage) ?? 100);
                var prefix = request.Query("prefix") is { Length: > 0 } text ? text : null;
                var after = request.Query("after") is { Length: > 0 } last ? last : null;
                return (Second, () => Clients(prefix, after, limit));
            case "edges":
                var page = (int)(request.QueryNumber("limit", 1, LargestPage) ?? 100);
                var behind = request.Query("after");
                return (HalfSecond, () => ConsoleJson.Write(sources.Edges.Page(behind, page), EdgeJson.Default.EdgePageDocument));
            case "amqp":
                var (first, rows) = (request.QueryNumber("after", 0, long.MaxValue) ?? 0, AmqpPages.LimitOf(request));
                return (Second, () => ConsoleJson.Write(sources.Amqp.Connections(first, rows), AmqpPageJson.Default.AmqpConnectionPageDocument));
            case "amqp-links":
                var (number, ids, row) = (AmqpPages.NumberOf(request.Query("number") ?? ""), request.Query("prefix"), request.Query("after"));
                var shown = AmqpPages.LimitOf(request);
                return (Second, () => ConsoleJson.Write(sources.Amqp.Links(number, ids, row, shown), AmqpPageJson.Default.AmqpLinkPageDocument));
            case "client": return With("id", Client, Second);
            case "refused":
                var most = (int)(request.QueryNumber("limit", 1, LargestPage) ?? 100);
                return (HalfSecond, () => ConsoleJson.Write(Refused(most, null), ConsoleJson.Default.RefusedListDocument));
            case "shadow":
                var name = request.Query("name") is { Length: > 0 } given ? given : null;
                return With("thing", thing => Shadow(thing, name), HalfSecond);
            case "thing": return With("name", Thing, HalfSecond);
            case "rules": return (Second, Rules);
            case "rule": return With("name", sources.Rules.StatsOf, HalfSecond);
            case var other: throw ApiException.NotFound($"there is no view {other}");
        }

        (TimeSpan, Func<byte[]>) With(string parameter, Func<string, byte[]> look, TimeSpan period)
        {
            var value = request.Query(parameter) is { Length: > 0 } given ? given : throw ApiException.InvalidRequest($"{parameter} is missing");
            return (period, () => look(value));
        }
    }

    private static string VersionOf(ProtocolVersion version) => version switch
    {
        ProtocolVersion.V31 => "3.1",
        ProtocolVersion.V311 => "3.1.1",
        _ => "5",
    };

    private byte[] Overview()
    {
        var counters = context.Broker.Counters;
        long dropped = 0;
        foreach (var reason in Enum.GetValues<DropReason>()) dropped += counters.Dropped(reason);
        long received = 0;
        long sent = 0;
        foreach (var qos in Enum.GetValues<QualityOfService>())
        {
            received += counters.MessagesReceived(qos);
            sent += counters.MessagesSent(qos);
        }

        var failures = 0L;
        foreach (var state in sources.Rules.Engine.States) failures += state.Counters.ParseErrors + state.Counters.FunctionFailures + state.Actions.Sum(static action => action.Failed);
        return ConsoleJson.Write(
            new OverviewDocument(
                context.Now, counters.Connections, counters.Sessions, counters.Subscriptions, counters.Retained, counters.Queued, received, sent,
                counters.BytesReceived, counters.BytesSent, dropped, sources.Refused.InLastHour(), failures, sources.Certificates.CountEnding(days: 30),
                sources.Certificates.Count, records.Things.Count, sources.Rules.Engine.States.Count(), sources.Edges.Register.Up, sources.Edges.Register.Down),
            ConsoleJson.Default.OverviewDocument);
    }

    private byte[] Clients(string? prefix, string? after, int limit)
    {
        var found = context.Broker.ListConnections(limit, prefix, after, out var next);
        return ConsoleJson.Write(new ClientPageDocument([.. found.Select(Row)], next, context.Broker.Counters.Connections), ConsoleJson.Default.ClientPageDocument);
    }

    private ClientRowDocument Row(Broker.ConnectionInfo client)
    {
        var transport = context.Broker.TryGetState(client.ClientId, out var state) ? state.Transport : null;
        return new ClientRowDocument(
            client.ClientId, sources.Things.Find(transport?.CertificateId, client.ClientId, out _)?.Name, client.Principal, VersionOf(client.Version),
            client.Connected, client.Listener.Length > 0 ? client.Listener : null, transport?.TlsVersion, client.RemoteAddress,
            client.Since.ToUnixTimeMilliseconds(), client.KeepAlive, client.SessionExpiry, client.Subscriptions, client.Queued, client.Inflight,
            client.MessagesIn, client.MessagesOut, client.Dropped, transport?.CertificateId);
    }

    private byte[] Client(string clientId)
    {
        var row = context.Broker.TryGetClient(clientId, out var client) ? Row(client) : null;
        var filters = context.Broker.ListSubscriptions(clientId) ?? [];
        var events = sources.Lifecycle.EventsOf(clientId);
        return ConsoleJson.Write(
            new ClientDetailDocument(
                row,
                [.. filters.OrderBy(static filter => filter.Key, StringComparer.Ordinal).Take(MostSubscriptions)
                    .Select(static filter => new FilterDocument(filter.Key, (int)filter.Value))],
                [.. events.Reverse().Select(static one => new EventDocument(one.At, one.Event, one.Detail))],
                Refused(20, clientId).Refused),
            ConsoleJson.Default.ClientDetailDocument);
    }

    private RefusedListDocument Refused(int limit, string? clientId) => new(
        [.. sources.Refused.Last(limit, clientId).Select(one => new RefusedDocument(
            one.FirstAt, one.LastAt, one.Count, one.Refusal.Stage, one.Refusal.ClientId,
            one.Refusal.ClientId is { } client ? sources.Things.Find(one.Refusal.CertificateId, client, out _)?.Name : null,
            one.Refusal.Principal, one.Refusal.CertificateId, one.Refusal.Address, one.Refusal.Action, one.Refusal.Resource, one.Refusal.Reason))],
        sources.Refused.InLastHour());

    private byte[] Shadow(string thing, string? name)
    {
        using var document = sources.Shadows.Find(thing, name) is { } bytes ? System.Text.Json.JsonDocument.Parse(bytes) : null;
        var root = document?.RootElement;
        // The time of asking is not a change of the shadow.
        return ConsoleJson.Write(
            new ShadowViewDocument(
                thing, name, Member("state"), Member("metadata"), Member("version"), sources.Shadows.NamesOf(thing), records.Things.Find(thing) is not null),
            ConsoleJson.Default.ShadowViewDocument);

        System.Text.Json.JsonElement? Member(string member) => root is { } found && found.TryGetProperty(member, out var value) ? value : null;
    }

    private byte[] Thing(string name)
    {
        var clients = new List<ClientRowDocument>();
        // A device uses its thing's name, or that with a suffix; others are found by their certificate on the page of connections.
        foreach (var client in context.Broker.ListConnections(20, name, null, out _))
            if (client.Connected && Row(client) is var row && (row.ThingName == name || row.ClientId == name)) clients.Add(row);
        return ConsoleJson.Write(
            new ThingViewDocument(name, records.Things.Find(name) is not null, clients, sources.Shadows.Find(name, null) is not null, sources.Shadows.NamesOf(name)),
            ConsoleJson.Default.ThingViewDocument);
    }

    private byte[] Rules() => ConsoleJson.Write(
        new RuleListDocument([.. sources.Rules.All().Select(static rule => new RuleRowDocument(
            rule.Rule.Name, rule.Rule.Sql, !rule.Rule.IsDisabled, rule.State?.Counters.Matches ?? 0, rule.State?.Counters.Executions ?? 0,
            rule.State?.Actions.Sum(static action => action.Failed) ?? 0, rule.State?.Failures is [var last, ..] ? last.Message : null))]),
        ConsoleJson.Default.RuleListDocument);
}
