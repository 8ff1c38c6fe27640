using System.Globalization;
using System.Net.Http.Json;
using Fairlead.Shared;

namespace Fairlead.Chaos.Records;

/// <summary>
/// Several administrators change things, groups, certificates, policies and attachments at once; every round kills the hub right after
/// one of them got its 200. After the restart exactly what was acknowledged is there, and of a change that was under way all or nothing.
/// </summary>
public sealed class RecordsTests
{
    private const int SigKill = 9;
    private const int Writers = 6;

    [Theory]
    [InlineData("commit", 2)]
    [InlineData("os", 10)]
    public async Task Acknowledged_records_survive_kill_9_and_none_is_torn(string durability, int divisor)
    {
        var random = Seed.For($"{nameof(Acknowledged_records_survive_kill_9_and_none_is_torn)}-{durability}");
        await using var hub = await HubProcess.StartAsync(new HubSettings { Listen = ["mqtt://127.0.0.1:0", "http://127.0.0.1:0"], Arguments = ["--durability", durability] });
        var writers = Enumerable.Range(0, Writers).Select(number => new RecordWriter(number, new Random(random.Next()))).ToList();
        using (var http = await RecordReader.ClientAsync(hub))
        {
            foreach (var writer in writers)
            {
                foreach (var group in new[] { "a", "b" })
                    (await http.PostAsJsonAsync($"/thing-groups/{writer.Prefix}{group}", new { }, TestContext.Current.CancellationToken)).EnsureSuccessStatusCode();
            }
        }

        for (var round = 0; round < Math.Max(1, Seed.Rounds / divisor); round++)
        {
            await RunAsync(hub, writers, endAfter: random.Next(1, 300));
            await hub.RestartAsync();
            await CheckAsync(hub, writers, string.Create(CultureInfo.InvariantCulture, $"CHAOS_SEED={Seed.Value}, {durability}, round {round}"));
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{writers.Sum(static writer => writer.Acknowledged)} changes acknowledged, {writers.Sum(static writer => writer.Facts.Count)} facts kept");
    }

    private static async Task RunAsync(HubProcess hub, List<RecordWriter> writers, int endAfter)
    {
        using var http = await RecordReader.ClientAsync(hub);
        await Task.WhenAll(writers.Select(writer => Task.Run(() => writer.WriteUntilLostAsync(http, OnAcknowledged))));
        await hub.KillAsync();

        void OnAcknowledged()
        {
            // Exactly one caller sees 0.
            if (Interlocked.Decrement(ref endAfter) == 0) hub.Signal(SigKill);
        }
    }

    private static async Task CheckAsync(HubProcess hub, List<RecordWriter> writers, string because)
    {
        using var http = await RecordReader.ClientAsync(hub);
        var facts = await RecordReader.FactsAsync(http);
        foreach (var writer in writers)
        {
            var own = facts.Where(fact => IsOf(writer, fact.Split(' '))).ToList();
            writer.Check(own, because);
        }

        facts.Where(fact => !writers.Exists(writer => IsOf(writer, fact.Split(' ')))).ShouldBeEmpty(because);
    }

    private static bool IsOf(RecordWriter writer, string[] fact) =>
        fact[0] == "cert" ? writer.Certificates.Contains(fact[1]) : fact[1].StartsWith(writer.Prefix, StringComparison.Ordinal);
}
