using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using Fairlead.Shared;

namespace Fairlead.Chaos;

/// <summary>Cloud-to-device messages while the hub is killed: what was accepted is received, what was completed never comes again.</summary>
public sealed class CloudToDeviceCrashTests
{
    private const int Devices = 4;
    private readonly ConcurrentDictionary<string, byte> _accepted = new();
    private readonly ConcurrentDictionary<string, byte> _received = new();
    private readonly ConcurrentDictionary<string, byte> _completed = new();
    private int _untilEnd;
    private long _lastMessage;

    [Fact]
    public async Task Azure_50_What_was_accepted_for_a_device_survives_kill_9_and_what_was_completed_stays_gone()
    {
        var random = Seed.For(nameof(Azure_50_What_was_accepted_for_a_device_survives_kill_9_and_what_was_completed_stays_gone));
        await using var hub = await HubProcess.StartAsync(new HubSettings { Listen = ["mqtt://127.0.0.1:0", "http://127.0.0.1:0"] });
        using var http = await AdministratorAsync(hub);
        for (var device = 0; device < Devices; device++)
        {
            using var created = await http.PutAsync($"/devices/d{device}", new StringContent($$"""{"deviceId":"d{{device}}"}"""), TestContext.Current.CancellationToken);
            created.StatusCode.ShouldBe(HttpStatusCode.OK, await created.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }

        var rounds = Math.Max(2, Seed.Rounds / 5);
        for (var round = 0; round < rounds; round++)
        {
            Volatile.Write(ref _untilEnd, random.Next(1, 150));
            var gone = new TaskCompletionSource();
            var traffic = Enumerable.Range(0, Devices).SelectMany(device => (Task[])[SendAsync(http, device, hub, gone), ReceiveAsync(http, device)]).ToArray();
            await gone.Task.WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
            await Task.WhenAll(traffic);
            await hub.RestartAsync();
        }

        for (var device = 0; device < Devices; device++)
        {
            while (await TakeAsync(http, device))
            {
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{_accepted.Count} messages accepted, {_completed.Count} completed in {rounds} rounds");
        _accepted.Keys.Except(_received.Keys).ShouldBeEmpty();
        _accepted.Count.ShouldBeGreaterThan(rounds);
    }

    private static async Task<HttpClient> AdministratorAsync(HubProcess hub)
    {
        var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = hub.Http };
        var token = (await File.ReadAllTextAsync(Path.Combine(hub.DataDirectory, "admin.token"))).Trim();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return http;
    }

    private async Task SendAsync(HttpClient http, int device, HubProcess hub, TaskCompletionSource gone)
    {
        try
        {
            while (true)
            {
                var name = $"m{Interlocked.Increment(ref _lastMessage)}";
                using var answer = await http.PostAsync($"/devices/d{device}/messages/devicebound", new StringContent(name));
                // A queue that is full says so; its device is at work.
                if (answer.StatusCode == HttpStatusCode.Forbidden) continue;
                answer.StatusCode.ShouldBe(HttpStatusCode.NoContent, await answer.Content.ReadAsStringAsync());
                _accepted[name] = 0;
                if (Interlocked.Decrement(ref _untilEnd) != 0) continue;
                await hub.KillAsync();
                gone.TrySetResult();
            }
        }
        catch (Exception lost) when (lost is HttpRequestException or IOException or OperationCanceledException)
        {
            // The hub has been killed.
        }
        catch (Exception failure)
        {
            gone.TrySetException(failure);
        }
    }

    private async Task ReceiveAsync(HttpClient http, int device)
    {
        try
        {
            while (true) await TakeAsync(http, device);
        }
        catch (Exception lost) when (lost is HttpRequestException or IOException or OperationCanceledException)
        {
            // The same.
        }
    }

    private async Task<bool> TakeAsync(HttpClient http, int device)
    {
        using var received = await http.GetAsync($"/devices/d{device}/messages/devicebound");
        if (received.StatusCode == HttpStatusCode.NoContent) return false;
        received.StatusCode.ShouldBe(HttpStatusCode.OK);
        var name = await received.Content.ReadAsStringAsync();
        _completed.ContainsKey(name).ShouldBeFalse($"{name} was completed and came again");
        _received[name] = 0;
        using var done = await http.DeleteAsync($"/devices/d{device}/messages/devicebound/{received.Headers.ETag!.Tag.Trim('"')}");
        done.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        _completed[name] = 0;
        return true;
    }
}
