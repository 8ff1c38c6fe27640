using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;
using Fairlead.Chaos.Edge;

namespace Fairlead.Chaos.Gateway;

/// <summary>
/// Devices that post numbers through the gateway, each when the last one was answered. Those with even numbers go on to the next number
/// whatever the answer; the others repeat a number with the same Idempotency-Key until it is answered 200, as a careful device does.
/// </summary>
internal sealed class Fleet(GatewayStage stage, int devices)
{
    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(50);

    private readonly ConcurrentDictionary<int, int> _statuses = new();
    private readonly ConcurrentQueue<(string Device, int Number)> _accepted = new();
    private TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _untilReached;

    /// <summary>The token of a device, asked for at first and after each 401; null for devices without.</summary>
    public Func<string, string?> Token { get; init; } = static _ => null;

    /// <summary>How many each device sends; with a number all repeat until they are answered.</summary>
    public int Most { get; init; } = int.MaxValue;

    /// <summary>Answers by status; 0 counts those that did not come.</summary>
    public IReadOnlyDictionary<int, int> Statuses => _statuses;

    /// <summary>Numbers that were answered with 200.</summary>
    public int Accepted => _accepted.Count;

    /// <summary>Posts until told to stop; what is under way then is waited for.</summary>
    public Task RunAsync(CancellationToken stop) => Task.WhenAll(Enumerable.Range(0, devices).Select(n => Task.Run(() => PostAsync(n, stop), CancellationToken.None)));

    /// <summary>Done after so many more answers with 200.</summary>
    public Task AfterAsync(int more)
    {
        _reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _untilReached, more);
        return _reached.Task.WaitAsync(LongForm.Patience);
    }

    /// <summary>
    /// What was answered with 200 is in the log; each device's numbers grow there, and only those with a key come twice; numbers of a
    /// partition grow over all crashes, and who comes later reads the same.
    /// </summary>
    public async Task CheckAsync()
    {
        var accepted = _accepted.ToArray();
        await UntilReadAsync(stage.Reader, accepted);
        stage.Reader.Faults.ShouldBeEmpty();
        var read = stage.Reader.Events;
        foreach (var device in read.GroupBy(static item => item.Device))
        {
            var numbers = device.Select(static item => int.Parse(item.Text, CultureInfo.InvariantCulture)).ToArray();
            if (IsCareful(device.Key)) numbers = [.. numbers.Distinct()];
            numbers.Zip(numbers.Skip(1)).Where(static pair => pair.Second <= pair.First).ShouldBeEmpty($"{device.Key} is not in order");
            if (IsCareful(device.Key)) device.ShouldAllBe(item => item.Id == Key(item.Device, item.Text));
        }

        await using var late = await stage.ReadAsync();
        await UntilReadAsync(late, accepted);
        await Wait.UntilAsync(() => late.Events.Length >= read.Length, () => $"{late.Events.Length} of {read.Length} events are read again", LongForm.Patience);
        late.Faults.ShouldBeEmpty();
        read.Except(late.Events).ShouldBeEmpty();
        LongForm.Tell($"{accepted.Length} answered with 200, {read.Length} events; other answers: {string.Join(", ", _statuses.Where(static pair => pair.Key != 200).Select(static pair => $"{pair.Value} of {pair.Key}"))}");
    }

    private static string Key(string device, string number) => $"{device}-{number}";

    private bool IsCareful(string device) => Most < int.MaxValue || (device[^1] - '0') % 2 == 1;

    private static async Task UntilReadAsync(EventReader reader, (string Device, int Number)[] accepted)
    {
        HashSet<(string, int)> missing = [.. accepted];
        var seen = 0;
        await Wait.UntilAsync(
            () =>
            {
                var events = reader.Events;
                foreach (var item in events.AsSpan(seen)) missing.Remove((item.Device, int.Parse(item.Text, CultureInfo.InvariantCulture)));
                seen = events.Length;
                return missing.Count == 0;
            },
            () => $"{missing.Count} messages that were answered with 200 are not in the log, such as {string.Join(", ", missing.Take(10))}\n{reader.Log}",
            LongForm.Patience);
    }

    private async Task PostAsync(int n, CancellationToken stop)
    {
        var device = string.Create(CultureInfo.InvariantCulture, $"d{n}");
        var token = Token(device);
        for (var number = 0; number < Most && !stop.IsCancellationRequested; number++)
        {
            while (true)
            {
                var status = await PostAsync(device, number, token);
                _statuses.AddOrUpdate(status, 1, static (_, count) => count + 1);
                if (status == 200)
                {
                    OnAccepted(device, number);
                    break;
                }

                if (status == 401) token = Token(device);
                await Task.Delay(BetweenTries, TimeProvider.System, CancellationToken.None); // a device's pace, nothing waits for it
                if (stop.IsCancellationRequested || !IsCareful(device)) break;
            }
        }
    }

    private async Task<int> PostAsync(string device, int number, string? token)
    {
        var text = number.ToString(CultureInfo.InvariantCulture);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/{device}") { Content = new StringContent(text, Encoding.UTF8, "application/json") };
        if (token is not null) request.Headers.TryAddWithoutValidation("sas_token", token);
        if (IsCareful(device)) request.Headers.TryAddWithoutValidation("Idempotency-Key", Key(device, text));
        try
        {
            using var answer = await stage.Gateway.Http.SendAsync(request);
            if (answer.StatusCode != HttpStatusCode.OK) await answer.Content.LoadIntoBufferAsync();
            return (int)answer.StatusCode;
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or TaskCanceledException)
        {
            return 0;
        }
    }

    private void OnAccepted(string device, int number)
    {
        _accepted.Enqueue((device, number));
        if (Interlocked.Decrement(ref _untilReached) == 0) _reached.TrySetResult();
    }
}
