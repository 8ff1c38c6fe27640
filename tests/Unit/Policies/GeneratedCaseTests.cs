using System.Text.Json;
using Fairlead.Broker.Security;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;
using static Fairlead.Unit.Policies.PolicyFixture;

namespace Fairlead.Unit.Policies;

/// <summary>Ten thousand generated cases: the broker's authorizer against <see cref="PlainEvaluator"/>.</summary>
public sealed class GeneratedCaseTests
{
    private const ulong Seed = 20_261_121;
    private const int Cases = 10_000;

    private static readonly Gen<bool> Flag = Gen.Elements(false, true);

    private static readonly Gen<string> Name = Gen.Elements("T", "U", "a", "b", "*", "?", "+", "a/b", "😀", "$");

    private static readonly Gen<string> Path =
        Gen.Elements("a", "b", "T", "/", "+", "#", "*", "?", "$", "😀", "x.y", "my").NonEmptyListOf().Resize(6).Select(string.Concat);

    private static readonly Gen<string> Variable = Gen.Elements(
        "${iot:ClientId}", "${iot:Connection.Thing.ThingName}", "${iot:Connection.Thing.ThingTypeName}", "${iot:Connection.Thing.Attributes[room]}",
        "${iot:Connection.Thing.Attributes[none]}", "${iot:Thing.ThingName}", "${aws:SourceIp}", "${iot:CertificateId}", "${iot:Nothing}", "${*}", "${?}", "${$}");

    private static readonly Gen<string> Pattern = Gen.Frequency(
        (1, Gen.Constant("*")),
        (6, Gen.Frequency((5, Path), (2, Variable), (2, Gen.Constant("*"))).NonEmptyListOf().Resize(3).Select(string.Concat)));

    private static readonly Gen<string> Resource =
        from type in Gen.Elements("topic/", "topicfilter/", "client/", "topic", "*", "to*/")
        from pattern in Pattern
        from prefix in Gen.Elements(Scope, Scope, Scope, "arn:aws:iot:*:*:", "arn:aws:iot:eu-west-1:123456789012:", "*:")
        from whole in Gen.Frequency((1, Gen.Constant("*")), (6, Gen.Constant(prefix + type + pattern)))
        select whole;

    private static readonly Gen<string[]> Actions = Gen.Elements("iot:Publish", "iot:Subscribe", "iot:Receive", "iot:Connect", "iot:*", "IOT:pub*", "iot:?ubscribe", "*", "s3:Get")
        .NonEmptyListOf().Resize(2).Select(static list => list.ToArray());

    private static readonly Gen<(string Operator, string Key, string[] Values)> Condition = Gen.OneOf(
        Texts(["StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "StringLike", "StringNotLike"],
            ["iot:ClientId", "iot:Connection.Thing.ThingName", "iot:Connection.Thing.Attributes[room]", "iot:Nothing", "iot:Connection.Thing.IsAttached"],
            Gen.Frequency((3, Name), (1, Variable), (1, Gen.Elements("t", "*", "?", "true")))),
        Texts(["StringEquals", "StringNotEquals", "StringLike"], ["iot:ConnectAttributes"], Gen.Elements("PersistentConnect", "LastWill", "*", "other")),
        Texts(["Bool"], ["iot:Connection.Thing.IsAttached", "aws:SecureTransport", "iot:Nothing"], Gen.Elements("true", "false")),
        Texts(["IpAddress", "NotIpAddress"], ["aws:SourceIp", "iot:Nothing"], Gen.Elements("10.0.0.0/8", "192.0.2.1", "192.0.2.0/24", "0.0.0.0/0", "192.0.2.128/25")),
        Texts(["NumericLessThan", "NumericEquals", "NumericNotEquals", "NumericGreaterThanEquals"], ["aws:EpochTime", "iot:Nothing"], Gen.Elements("1893456000", "1893456001", "12")),
        Texts(["DateLessThan", "DateEquals", "DateNotEquals", "DateGreaterThan", "DateLessThanEquals"], ["aws:CurrentTime"], Gen.Elements("2030-01-01T00:00:00Z", "2029-06-01", "1893456001")),
        Texts(["ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"], ["iot:LastWillTopic"], Pattern.Select(static pattern => Scope + "topic/" + pattern)),
        from key in Gen.Elements("iot:ClientId", "iot:Connection.Thing.ThingName", "iot:LastWillTopic", "iot:ConnectAttributes", "iot:Nothing")
        from value in Gen.Elements("true", "false")
        select ("Null", key, new[] { value }));

    private static readonly Gen<Dictionary<string, object>> Statement =
        from deny in Gen.Frequency((3, Gen.Constant(false)), (1, Gen.Constant(true)))
        from notAction in Gen.Frequency((9, Gen.Constant(false)), (1, Gen.Constant(true)))
        from notResource in Gen.Frequency((9, Gen.Constant(false)), (1, Gen.Constant(true)))
        from actions in Actions
        from resources in Resource.NonEmptyListOf().Resize(3)
        from conditions in Gen.Frequency((2, Gen.Constant(new List<(string, string, string[])>())), (3, Condition.ListOf().Resize(2).Select(static list => list.ToList())))
        select new Dictionary<string, object>
        {
            ["Effect"] = deny ? "Deny" : "Allow",
            [notAction ? "NotAction" : "Action"] = actions.Length == 1 ? actions[0] : actions,
            [notResource ? "NotResource" : "Resource"] = resources.ToArray(),
            ["Condition"] = conditions.GroupBy(static one => one.Item1).ToDictionary(
                static same => same.Key, static same => same.DistinctBy(static one => one.Item2).ToDictionary(static one => one.Item2, static one => one.Item3)),
        };

    private static readonly Gen<Case> AnyCase =
        from documents in Statement.NonEmptyListOf().Resize(3)
            .Select(static statements => JsonSerializer.Serialize(new { Version = "2012-10-17", Statement = statements })).NonEmptyListOf().Resize(2)
        from client in Name
        from thing in Gen.Elements(null, "T", "U")
        from exclusive in Flag
        from type in Gen.Elements(null, "lamp", "a")
        from room in Gen.Elements(null, "b", "*")
        from persistent in Flag
        from will in Gen.OneOf(Gen.Constant<string?>(null), Path.Select(static path => (string?)path))
        from address in Gen.Elements("10.1.2.3", "192.0.2.1", "192.0.2.200")
        from action in Gen.Elements(AccessAction.Publish, AccessAction.Subscribe, AccessAction.Receive, AccessAction.Connect, AccessAction.RetainPublish)
        from share in Gen.Frequency((3, Gen.Constant("")), (1, Gen.Constant("$share/g/")))
        from path in Path
        select new Case(documents.ToArray(), client, thing, exclusive, type, room, persistent, will, address, action,
            action == AccessAction.Connect ? client : action == AccessAction.Subscribe ? share + path : path);

    [Fact]
    public void Registry_30_both_evaluators_agree_on_ten_thousand_cases()
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {Seed}, {Cases} cases");
        var verdicts = new Dictionary<string, int>(StringComparer.Ordinal);
        var config = Config.QuickThrowOnFailure.WithMaxTest(Cases).WithReplay(Seed, 1).WithStartSize(10).WithEndSize(30).WithQuietOnSuccess(true);
        Check.One(config, Prop.ForAll(AnyCase.ToArbitrary(), Compare));
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join(", ", verdicts.Select(static pair => $"{pair.Key} {pair.Value}")));
        // Cases that all come out the same would show nothing.
        foreach (var verdict in new[] { "ALLOWED", "EXPLICIT_DENY", "IMPLICIT_DENY" }) verdicts[verdict].ShouldBeGreaterThan(Cases / 20);

        bool Compare(Case given)
        {
            var expected = new PlainEvaluator(given.Facts()).Judge(given.Documents, $"iot:{given.Action}", given.Arn);
            verdicts[expected] = verdicts.GetValueOrDefault(expected) + 1;
            return given.JudgeByBroker() == expected;
        }
    }

    private static Gen<(string Operator, string Key, string[] Values)> Texts(string[] operators, string[] keys, Gen<string> value) =>
        from set in Gen.Frequency((6, Gen.Constant("")), (1, Gen.Constant("ForAllValues:")), (1, Gen.Constant("ForAnyValue:")))
        from name in Gen.Elements(operators)
        from suffix in Gen.Frequency((6, Gen.Constant("")), (1, Gen.Constant("IfExists")))
        from key in Gen.Elements(keys)
        from values in value.NonEmptyListOf().Resize(3)
        select (set + name + suffix, key, values.ToArray());

    private sealed record Case(
        string[] Documents, string Client, string? Thing, bool Exclusive, string? Type, string? Room, bool Persistent, string? Will, string Address,
        AccessAction Action, string Resource)
    {
        public string Arn => Scope + Action switch
        {
            AccessAction.Connect => "client/",
            AccessAction.Subscribe => "topicfilter/",
            _ => "topic/",
        } + Resource;

        private bool IsAssociated => Thing is not null && (Exclusive || Thing == Client);

        /// <summary>What a policy may ask, by section 16 and 17.</summary>
        public Dictionary<string, string[]> Facts()
        {
            var facts = new Dictionary<string, string[]>(StringComparer.Ordinal)
            {
                ["iot:ClientId"] = [Client],
                ["iot:CertificateId"] = [PolicyFixture.CertificateId],
                ["aws:SourceIp"] = [Address],
                ["aws:SecureTransport"] = ["true"],
                ["aws:CurrentTime"] = ["2030-01-01T00:00:00Z"],
                ["aws:EpochTime"] = ["1893456000"],
                ["iot:Connection.Thing.IsAttached"] = [IsAssociated ? "true" : "false"],
            };
            if (IsAssociated)
            {
                facts["iot:Connection.Thing.ThingName"] = facts["iot:Thing.ThingName"] = [Thing!];
                if (Type is not null) facts["iot:Connection.Thing.ThingTypeName"] = [Type];
                if (Room is not null) facts["iot:Connection.Thing.Attributes[room]"] = [Room];
            }

            if (Action != AccessAction.Connect) return facts;
            facts["iot:ConnectAttributes"] = [.. Persistent ? ["PersistentConnect"] : Array.Empty<string>(), .. Will is null ? Array.Empty<string>() : ["LastWill"]];
            if (Will is not null) facts["iot:LastWillTopic"] = [Scope + "topic/" + Will];
            return facts;
        }

        public string JudgeByBroker()
        {
            var hub = new PolicyFixture();
            hub.AddCertificate();
            if (Thing is not null) hub.AddThing(Thing, Exclusive, Type, Room is null ? [] : [("room", Room)]);
            for (var i = 0; i < Documents.Length; i++) hub.AddPolicy($"p{i}", Documents[i]);
            var subject = Connect(Client, Persistent, Will, Address);
            var first = hub.Judge(subject, Action, Resource);
            // Once more, from what is remembered.
            return hub.Judge(subject, Action, Resource) == first ? first : "forgotten";
        }
    }
}
