using System.Net;

namespace Fairlead.Interop.Gateway;

/// <summary>Connections that are cut, hubs that go and come back (spec section 9.4 items 4 and 9, checklist 77, 79, 80).</summary>
public sealed class OutageTests
{
    private const int Devices = 900;

    [Fact]
    public async Task Azure_77_After_a_cut_nine_hundred_devices_come_back_and_nothing_acknowledged_is_lost()
    {
        await using var hub = await RheaHub.StartAsync();
        await using var gateway = await GatewayRun.StartAsync(hub.Address, [.. GatewayRun.Policy, ("AuthorisationRate", "300")]);
        await PostAllAsync(gateway, "0");
        Assert.Equal(Devices, hub.Events("attach").Length);
        // The spare connection was made when the first was nearly full; both are cut.
        int opened = hub.Events("open").Length;
        hub.Tell(new { op = "cut" });
        await hub.WaitAsync("disconnected", times: opened);
        var acknowledged = new List<string>();
        for (int i = 0; acknowledged.Count < 50; i++)
        {
            using var answer = await gateway.PostAsync($"/api/d{i % Devices}", $"\"after-{i}\"");
            Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.ServiceUnavailable, $"status {answer.StatusCode}");
            if (answer.StatusCode == HttpStatusCode.OK) acknowledged.Add($"\"after-{i}\"");
            else Assert.NotNull(answer.Headers.RetryAfter);
        }

        await hub.WaitAsync("attach", times: 2 * Devices);
        var arrived = hub.Events("d2c").Select(told => (string?)told["text"]).ToHashSet();
        Assert.All(acknowledged, text => Assert.Contains(text, arrived));
        // Nobody is attached twice on one connection.
        Assert.Equal(2 * Devices, hub.Events("attach").Length);
    }

    /// <summary>Each device costs the hub one token and one link after a cut, and no more: counted, not timed.</summary>
    [Fact]
    public async Task Azure_77_After_a_cut_devices_with_tokens_put_each_once_and_attach_once()
    {
        const int Few = 300;
        await using var hub = await RheaHub.StartAsync();
        await using var gateway = await GatewayRun.StartAsync(hub.Address);
        await Parallel.ForEachAsync(Enumerable.Range(0, Few), new ParallelOptions { MaxDegreeOfParallelism = 50 }, async (n, _) =>
        {
            using var answer = await gateway.PostAsync($"/api/d{n}", "0", RheaHub.Token($"d{n}"));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        });
        Assert.Equal((Few, Few), (hub.Events("token").Length, hub.Events("attach").Length));
        hub.Tell(new { op = "cut" });
        await hub.WaitAsync("disconnected");
        await hub.WaitAsync("attach", times: 2 * Few);
        for (int n = 0; n < Few; n++)
        {
            using var answer = await gateway.PostAsync($"/api/d{n}", "1", RheaHub.Token($"d{n}"));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        Assert.Equal((2 * Few, 2 * Few, 2 * Few), (hub.Events("token").Length, hub.Events("attach").Length, hub.Events("d2c").Length));
    }

    [Fact]
    public async Task Azure_82_Scraping_again_and_again_blocks_no_sends_and_counts_each()
    {
        const int Some = 50, Each = 20;
        await using var hub = await RheaHub.StartAsync();
        await using var gateway = await GatewayRun.StartAsync(hub.Address, GatewayRun.Policy);
        var posting = Parallel.ForEachAsync(Enumerable.Range(0, Some * Each), new ParallelOptions { MaxDegreeOfParallelism = Some }, async (n, _) =>
        {
            using var answer = await gateway.PostAsync($"/api/d{n % Some}", $"{n}");
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        });
        long last = 0;
        do
        {
            long accepted = await AcceptedAsync();
            Assert.True(accepted >= last, $"{accepted} after {last}");
            last = accepted;
        }
        while (!posting.IsCompleted);
        await posting;
        Assert.Equal(Some * Each, await AcceptedAsync());
        Assert.Equal(Some * Each, hub.Events("d2c").Length);

        async Task<long> AcceptedAsync()
        {
            const string Series = "gateway_sends_total{outcome=\"accepted\"} ";
            string page = await gateway.Http.GetStringAsync("/metrics", TestContext.Current.CancellationToken);
            return long.Parse(page.Split('\n').Single(static line => line.StartsWith(Series, StringComparison.Ordinal))[Series.Length..], System.Globalization.CultureInfo.InvariantCulture);
        }
    }

    [Fact]
    public async Task Azure_77_While_the_hub_is_away_requests_are_answered_at_once_and_it_is_not_ready()
    {
        var hub = await RheaHub.StartAsync();
        int port = hub.Port;
        await using var gateway = await GatewayRun.StartAsync(hub.Address, GatewayRun.Policy);
        using var before = await gateway.PostAsync("/api/dev1", "1");
        Assert.Equal(HttpStatusCode.OK, before.StatusCode);
        await hub.DisposeAsync();
        await UntilAsync(gateway, HttpStatusCode.ServiceUnavailable);
        using var during = await gateway.PostAsync("/api/dev1", "2");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, during.StatusCode);
        Assert.NotNull(during.Headers.RetryAfter);
        await using var back = await RheaHub.StartAsync(port);
        await UntilAsync(gateway, HttpStatusCode.OK);
        using var after = await gateway.PostAsync("/api/dev1", "3");
        Assert.Equal(HttpStatusCode.OK, after.StatusCode);
        Assert.Equal("3", (string?)(await back.WaitAsync("d2c"))["text"]);
    }

    [Fact]
    public async Task Azure_79_An_idempotency_key_makes_a_repetition_harmless()
    {
        await using var hub = await RheaHub.StartAsync();
        await using var gateway = await GatewayRun.StartAsync(hub.Address, [.. GatewayRun.Policy, ("DeviceOperationTimeout", "1000")]);
        for (int i = 0; i < 3; i++)
        {
            using var answer = await gateway.PostAsync("/api/dev1", "1", null, ("Idempotency-Key", "k1"));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        Assert.Equal("k1", (string?)Assert.Single(hub.Events("d2c"))["id"]);
        hub.Tell(new { op = "silence", count = 1 });
        using var unknown = await gateway.PostAsync("/api/dev1", "2", null, ("Idempotency-Key", "k2"));
        Assert.Equal(HttpStatusCode.GatewayTimeout, unknown.StatusCode);
        using var again = await gateway.PostAsync("/api/dev1", "2", null, ("Idempotency-Key", "k2"));
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        Assert.Equal("k2", (string?)hub.Events("d2c")[1]["id"]);
    }

    [Fact]
    public async Task Azure_80_A_token_that_was_refused_three_times_does_not_reach_the_hub()
    {
        await using var hub = await RheaHub.StartAsync();
        await using var gateway = await GatewayRun.StartAsync(hub.Address);
        string forged = RheaHub.Token("dev1", Convert.ToBase64String(new byte[32]));
        for (int i = 0; i < 8; i++)
        {
            using var answer = await gateway.PostAsync("/api/dev1", "1", forged);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        }

        using var other = await gateway.PostAsync("/api/dev2", "1", RheaHub.Token("dev2"));
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        Assert.Equal(3, hub.Events("token").Count(told => (int)told["status"]! == 401));
    }

    [Fact]
    public async Task Azure_12_The_log_at_its_fullest_has_no_payload_key_or_signature()
    {
        await using var hub = await RheaHub.StartAsync();
        await using var gateway = await GatewayRun.StartAsync(hub.Address, GatewayRun.Policy);
        string token = RheaHub.Token("dev1");
        using var one = await gateway.PostAsync("/api/dev1", "\"very-secret\"", token);
        using var two = await gateway.PostAsync("/api/dev1", "\"very-secret\"", RheaHub.Token("dev1", Convert.ToBase64String(new byte[32])));
        using var three = await gateway.PostAsync("/api/dev3", "\"very-secret\"");
        gateway.Signal(15);
        await gateway.EndAsync();
        Assert.Contains("dev1", gateway.Log, StringComparison.Ordinal);
        foreach (string secret in (string[])["very-secret", "sig=", RheaHub.Key, Uri.EscapeDataString(RheaHub.Key)]) Assert.DoesNotContain(secret, gateway.Log, StringComparison.Ordinal);
    }

    private static async Task PostAllAsync(GatewayRun gateway, string body) =>
        await Parallel.ForEachAsync(Enumerable.Range(0, Devices), new ParallelOptions { MaxDegreeOfParallelism = 50 }, async (n, _) =>
        {
            using var answer = await gateway.PostAsync($"/api/d{n}", body);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        });

    private static async Task UntilAsync(GatewayRun gateway, HttpStatusCode status)
    {
        using var deadline = new CancellationTokenSource(RheaHub.Patience);
        while (true)
        {
            using var ready = await gateway.Http.GetAsync("/health/ready", deadline.Token);
            if (ready.StatusCode == status) return;
        }
    }
}
