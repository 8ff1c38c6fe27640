using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using Fairlead.Shared;

namespace Fairlead.Interop.Aws;

/// <summary>A "function": a small HTTP server on loopback that answers events with what the test decides.</summary>
public sealed class FunctionServer : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly CancellationTokenSource _ended = new();
    private readonly Task _running;

    private FunctionServer(Func<JsonElement, Task<string>> answer)
    {
        Url = $"http://127.0.0.1:{FreePort.Take()}/function/";
        _listener.Prefixes.Add(Url);
        _listener.Start();
        _running = RunAsync(answer);
    }

    /// <summary>Where it is.</summary>
    public string Url { get; }

    /// <summary>Events so far.</summary>
    public ConcurrentQueue<JsonElement> Events { get; } = new();

    /// <summary>Starts one that answers with an object.</summary>
    public static FunctionServer Start(Func<JsonElement, object> answer) => new(called => Task.FromResult(JsonSerializer.Serialize(answer(called))));

    /// <summary>Starts one that answers with a text, whatever that is.</summary>
    public static FunctionServer StartText(Func<JsonElement, string> answer) => new(called => Task.FromResult(answer(called)));

    /// <summary>Starts one that takes the event and never answers.</summary>
    public static FunctionServer StartSilent() => new(static _ => new TaskCompletionSource<string>().Task);

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        _listener.Close();
        await _running;
        _ended.Dispose();
    }

    private async Task RunAsync(Func<JsonElement, Task<string>> answer)
    {
        while (!_ended.IsCancellationRequested)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            _ = ServeAsync(context, answer);
        }
    }

    private async Task ServeAsync(HttpListenerContext context, Func<JsonElement, Task<string>> answer)
    {
        try
        {
            using var document = await JsonDocument.ParseAsync(context.Request.InputStream);
            var called = document.RootElement.Clone();
            Events.Enqueue(called);
            var body = Encoding.UTF8.GetBytes(await answer(called).WaitAsync(_ended.Token));
            context.Response.ContentType = "application/json";
            await context.Response.OutputStream.WriteAsync(body);
            context.Response.Close();
        }
        catch (Exception gone) when (gone is OperationCanceledException or HttpListenerException or ObjectDisposedException)
        {
            // The test is over, or the hub waits no longer.
        }
    }
}
