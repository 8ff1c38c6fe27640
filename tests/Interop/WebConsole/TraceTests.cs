namespace Fairlead.Interop.WebConsole;

/// <summary>A trace ends at its time, also when the hub was killed meanwhile.</summary>
public sealed class TraceTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Traces_go_on_after_a_crash_and_end_at_their_time()
    {
        await using var hub = await Browser.StartHubAsync();
        using var administrator = await Browser.LogInAsync(hub);
        foreach (string body in new[] { """{"clientId":"long","seconds":3600}""", """{"clientId":"short","seconds":1}""" })
        {
            using var answer = await administrator.PostAsync("/v1/console/traces", Browser.Json(body), TestContext.Current.CancellationToken);
            answer.IsSuccessStatusCode.ShouldBeTrue();
        }

        await hub.KillAsync();
        await hub.RestartAsync();
        using var again = await Browser.LogInAsync(hub);
        using var late = new CancellationTokenSource(Patience);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        string traces;
        string levels;
        do
        {
            await timer.WaitForNextTickAsync(late.Token);
            traces = await again.GetStringAsync("/v1/console/traces", TestContext.Current.CancellationToken);
            levels = await again.GetStringAsync("/v2LoggingLevel", TestContext.Current.CancellationToken);
        }
        while (traces.Contains("\"short\"", StringComparison.Ordinal) || levels.Contains("\"short\"", StringComparison.Ordinal));
        traces.ShouldContain("\"long\"");
        levels.ShouldContain("\"long\"");
        using var stopped = await again.DeleteAsync("/v1/console/traces/long", TestContext.Current.CancellationToken);
        stopped.IsSuccessStatusCode.ShouldBeTrue();
        (await again.GetStringAsync("/v2LoggingLevel", TestContext.Current.CancellationToken)).ShouldNotContain("\"long\"");
    }
}
