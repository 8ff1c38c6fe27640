using System.Text;
using Fairlead.Broker.Extensions;
using Fairlead.Broker.Routing;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Broker;

public sealed class TopicTreeTests
{
    private static readonly string[] Levels = ["a", "b", "c", "", "$x", "sensor-0000000001", "sensor-0000000002"];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Matches_as_a_plain_comparison_of_every_filter_would(bool hashMatchesParent)
    {
        const int seed = 20261120;
        var random = new Random(seed);
        var tree = new TopicTree(hashMatchesParent);
        var live = new List<Subscription>();
        var matches = new MatchList();
        for (int round = 0; round < 20_000; round++)
        {
            if (live.Count == 0 || random.Next(3) > 0)
            {
                var subscription = new Subscription((in Publication _) => { }, RandomFilter(random));
                tree.Add(subscription, null);
                live.Add(subscription);
            }
            else
            {
                int victim = random.Next(live.Count);
                tree.Remove(live[victim]);
                live.RemoveAt(victim);
            }

            if (live.Count > 60)
            {
                tree.Remove(live[0]);
                live.RemoveAt(0);
            }

            string topic = string.Join('/', Enumerable.Range(0, random.Next(1, 5)).Select(_ => Levels[random.Next(Levels.Length)]));
            if (topic.Length == 0) continue;
            byte[] name = Encoding.UTF8.GetBytes(topic);
            matches.Clear();
            tree.Match(name, matches);
            var expected = live.Where(s => Expected(s.Record.Filter, topic, hashMatchesParent)).ToHashSet();
            matches.Subscriptions.ToArray().ToHashSet().SetEquals(expected).ShouldBeTrue($"seed {seed}, round {round}, topic {topic}");
            matches.Subscriptions.Length.ShouldBe(expected.Count, $"seed {seed}, round {round}, topic {topic}: something matched twice");
        }
    }

    [Fact]
    public void A_filter_that_goes_takes_its_branch_along()
    {
        var tree = new TopicTree(true);
        var matches = new MatchList();
        var subscriptions = Enumerable.Range(0, 1000).Select(i => new Subscription((in Publication _) => { }, $"x/{i}/+/#")).ToList();
        foreach (var s in subscriptions) tree.Add(s, null);
        foreach (var s in subscriptions) tree.Remove(s);
        tree.Match("x/1/2/3"u8, matches);
        matches.Subscriptions.Length.ShouldBe(0);
        tree.FindGroup("$share/g/x/1").ShouldBeNull();
    }

    [Fact]
    public async Task Readers_see_every_subscription_that_stays_while_others_come_and_go()
    {
        var tree = new TopicTree(true);
        var stays = new Subscription((in Publication _) => { }, "a/b");
        tree.Add(stays, null);
        using var stop = new CancellationTokenSource();
        var churn = Task.Run(() =>
        {
            var random = new Random(1);
            var others = new List<Subscription>();
            while (!stop.IsCancellationRequested)
            {
                if (others.Count < 50 && random.Next(2) == 0)
                {
                    var s = new Subscription((in Publication _) => { }, random.Next(2) == 0 ? "a/b" : $"a/{random.Next(100)}");
                    tree.Add(s, null);
                    others.Add(s);
                }
                else if (others.Count > 0)
                {
                    int i = random.Next(others.Count);
                    tree.Remove(others[i]);
                    others.RemoveAt(i);
                }
            }
        }, TestContext.Current.CancellationToken);
        var matches = new MatchList();
        for (int i = 0; i < 200_000; i++)
        {
            matches.Clear();
            tree.Match("a/b"u8, matches);
            matches.Subscriptions.Contains(stays).ShouldBeTrue();
        }

        await stop.CancelAsync();
        await churn;
    }

    private static string RandomFilter(Random random)
    {
        var levels = Enumerable.Range(0, random.Next(1, 5))
            .Select(_ => random.Next(4) == 0 ? "+" : Levels[random.Next(Levels.Length)]).ToList();
        if (random.Next(4) == 0) levels.Add("#");
        string filter = string.Join('/', levels);
        return filter.Length == 0 ? "+" : filter;
    }

    private static bool Expected(string filter, string topic, bool hashMatchesParent)
    {
        string[] f = filter.Split('/');
        string[] t = topic.Split('/');
        bool startsWild = f[0] is "+" or "#";
        return (!startsWild || !topic.StartsWith('$')) && MatchesLevels(f, t, hashMatchesParent);
    }

    private static bool MatchesLevels(string[] f, string[] t, bool hashMatchesParent)
    {
        for (int i = 0; i < f.Length; i++)
        {
            if (f[i] == "#") return hashMatchesParent || t.Length > i;
            if (i >= t.Length || (f[i] != "+" && f[i] != t[i])) return false;
        }

        return f.Length == t.Length;
    }
}
