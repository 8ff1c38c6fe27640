using System.Diagnostics;
using System.Globalization;
using Fairlead.Shared;
using Microsoft.Playwright;

namespace Fairlead.Interop.WebConsole;

/// <summary>Pages while far more happens than they can show: they answer, stay bounded, and say what they left out. Times are told, not judged.</summary>
public sealed class PressureTests(Browser browser) : IClassFixture<Browser>
{
    private const int Sessions = 10_000;
    private const int Topics = 100_000;
    private const int LogLines = 50_000;
    private const int Batch = 500;
    private const int MostRows = 500;

    [Fact]
    public async Task Ten_thousand_connections_are_filtered_on_the_hub_and_come_in_pages()
    {
        await using var hub = await Browser.StartHubAsync("--durability", "memory");
        // Sessions that stay: the list has those that are away too.
        await Parallel.ForAsync(0, Sessions, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = TestContext.Current.CancellationToken }, async (i, _) =>
        {
            await using var client = await RawMqttClient.OpenAsync(hub.Mqtt);
            await client.SendAsync(RawPackets.Connect(4, $"fleet-{i:00000}", clean: false));
            await client.ReadAsync();
        });

        await using var visitor = await browser.OpenAsync("/console/connections", hub: hub);
        await Visitor.ExpectCountAsync(visitor.At("client-row"), 100);
        await visitor.At("next").ClickAsync();
        await visitor.Row("client-row", "client", "fleet-00150").WaitForAsync();
        await Visitor.ExpectCountAsync(visitor.At("client-row"), 100);
        long asked = Stopwatch.GetTimestamp();
        await visitor.At("filter").FillAsync("fleet-0990");
        await Visitor.ExpectCountAsync(visitor.At("client-row"), 10);
        Tell($"10 of {Sessions} by their prefix after {Stopwatch.GetElapsedTime(asked).TotalMilliseconds:0} ms, the wait of the field for more keys included");
        // Bounded work, whatever the page asks for: one page of the answer, found from its first row on.
        using var administrator = await Browser.LogInAsync(hub);
        asked = Stopwatch.GetTimestamp();
        string page = await administrator.GetStringAsync("/v1/clients?prefix=fleet-0&limit=100&after=fleet-05000", TestContext.Current.CancellationToken);
        Tell($"one page of the API in {Stopwatch.GetElapsedTime(asked).TotalMilliseconds:0} ms, {page.Length} bytes");
        page.Split("\"clientId\"").Length.ShouldBe(101);
        page.ShouldContain("\"fleet-05001\"");
        page.ShouldNotContain("\"fleet-05000\"");
    }

    [Fact]
    public async Task Thousands_of_log_lines_a_second_do_not_freeze_the_page()
    {
        await using var hub = await Browser.StartHubAsync("--durability", "memory");
        await using var visitor = await browser.OpenAsync("/console/logs?client=loud", hub: hub);
        await visitor.At("trace").ClickAsync();
        await visitor.At("trace-chip").WaitForAsync();
        await using var client = await RawMqttClient.OpenAsync(hub.Mqtt);
        await client.SendAsync(RawPackets.Connect(4, "loud"));
        await client.ReadAsync();
        // Each QoS 1 publication is a line: 10,000 a second, twice what the page has to bear.
        long began = Stopwatch.GetTimestamp();
        var talking = TalkAsync(client, LogLines, static i => $"loud/{i % 10}", TimeSpan.FromMilliseconds(50));
        var waits = new List<double>();
        while (!talking.IsCompleted)
        {
            long clicked = Stopwatch.GetTimestamp();
            await visitor.At("log-pause").ClickAsync();
            await Assertions.Expect(visitor.At("log-pause")).ToHaveAttributeAsync("aria-pressed", "true");
            await visitor.At("log-pause").ClickAsync();
            await Assertions.Expect(visitor.At("log-pause")).ToHaveAttributeAsync("aria-pressed", "false");
            waits.Add(Stopwatch.GetElapsedTime(clicked).TotalMilliseconds / 2);
            (await visitor.At("log-line").CountAsync()).ShouldBeLessThanOrEqualTo(MostRows);
        }

        await talking;
        waits.ShouldNotBeEmpty();
        waits.Sort();
        Tell($"{LogLines / Stopwatch.GetElapsedTime(began).TotalSeconds:0} lines/s, {waits.Count} pairs of clicks, a click answered after {waits[waits.Count / 2]:0} ms (median), {waits[^1]:0} ms (longest)");
        await Assertions.Expect(visitor.At("log-skipped")).ToContainTextAsync("skipped");
        visitor.Faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_hundred_thousand_topics_are_counted_cut_short_paused_and_exported_as_counted()
    {
        await using var hub = await Browser.StartHubAsync("--durability", "memory");
        await using var visitor = await browser.OpenAsync("/console/topics?filter=mass/%23", hub: hub);
        await visitor.ExpectTextAsync("link-state", "live");
        await using var client = await RawMqttClient.OpenAsync(hub.Mqtt);
        await client.SendAsync(RawPackets.Connect(4, "mass"));
        await client.ReadAsync();
        await TalkAsync(client, 1, static _ => "mass/0/0");
        var group = visitor.Row("topic-row", "topic", "mass");
        await group.WaitForAsync();
        // 2,000 a second, as a plant would: one batch every 250 ms.
        var talking = TalkAsync(client, Topics, static i => $"mass/{i / 1000}/{i % 1000}", TimeSpan.FromMilliseconds(250));
        var waits = new List<double>();
        while (!talking.IsCompleted)
        {
            long clicked = Stopwatch.GetTimestamp();
            await group.ClickAsync();
            await visitor.At("topic-facts").WaitForAsync();
            waits.Add(Stopwatch.GetElapsedTime(clicked).TotalMilliseconds);
            if (waits.Count == 1) await visitor.At("tree").Locator(".twist").First.ClickAsync();
            (await visitor.At("topic-row").CountAsync()).ShouldBeLessThanOrEqualTo(MostRows);
        }

        await talking;
        await visitor.ExpectTextAsync("topics-topics", Topics.ToString("N0", CultureInfo.InvariantCulture));
        waits.Sort();
        double heap = await visitor.Page.EvaluateAsync<double>("performance.memory.usedJSHeapSize");
        Tell($"{waits.Count} clicks, answered after {waits[waits.Count / 2]:0} ms (median), {waits[^1]:0} ms (longest); heap of the page {heap / 1048576:0} MiB");
        (await visitor.At("topics-skipped").InnerTextAsync()).ShouldNotBe("0");
        await visitor.Page.RunAndWaitForResponseAsync(
            () => visitor.At("pause").ClickAsync(), static answer => answer.Request.Method == "POST" && answer.Url.Contains("/v1/console/topics/", StringComparison.Ordinal));
        string recorded = await visitor.At("topics-recorded").InnerTextAsync();
        string messages = await visitor.At("topics-messages").InnerTextAsync();
        string skipped = await visitor.At("topics-skipped").InnerTextAsync();
        await TalkAsync(client, Batch, static i => $"mass/late/{i}");
        await Assertions.Expect(visitor.At("topics-skipped")).Not.ToHaveTextAsync(skipped);
        (await visitor.At("topics-recorded").InnerTextAsync()).ShouldBe(recorded);
        (await visitor.At("topics-messages").InnerTextAsync()).ShouldBe(messages);
        var download = await visitor.Page.RunAndWaitForDownloadAsync(() => visitor.At("export").ClickAsync());
        int lines = (await File.ReadAllLinesAsync(await download.PathAsync(), TestContext.Current.CancellationToken)).Length;
        lines.ShouldBe(int.Parse(recorded, NumberStyles.AllowThousands, CultureInfo.InvariantCulture));
        visitor.Faults.ShouldBeEmpty();
    }

    /// <summary>Publishes at QoS 1 in batches; the next batch goes when the acknowledgments of the one before are there, and not before its time.</summary>
    private static async Task TalkAsync(RawMqttClient client, int count, Func<int, string> topicOf, TimeSpan? period = null)
    {
        using var timer = new PeriodicTimer(period ?? TimeSpan.FromMilliseconds(1));
        for (int i = 0; i < count; i += Batch)
        {
            int size = Math.Min(Batch, count - i);
            await client.SendAsync([.. Enumerable.Range(i, size).SelectMany(n => RawPackets.Publish(4, topicOf(n), $$"""{"n":{{n}}}""", qos: 1, id: (n % Batch) + 1))]);
            for (int acknowledged = 0; acknowledged < size; acknowledged++) await client.ReadAsync();
            if (period is not null) await timer.WaitForNextTickAsync();
        }
    }

    private static void Tell(string line) => TestContext.Current.TestOutputHelper?.WriteLine(line);
}
