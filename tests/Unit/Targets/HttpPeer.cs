using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Fairlead.Unit.Targets;

/// <summary>A real HTTP server on loopback that keeps what it was sent and answers as the test decides.</summary>
internal sealed class HttpPeer : IAsyncDisposable
{
    private readonly WebApplication _application;

    private HttpPeer(Func<HttpContext, Task> answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _application = builder.Build();
        _application.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            var headers = context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
            Requests.Enqueue(new Received(context.Request.Method, context.Request.Path + context.Request.QueryString, headers, body.ToArray()));
            await answer(context);
        });
    }

    public string Url => _application.Urls.Single();

    public ConcurrentQueue<Received> Requests { get; } = new();

    public static async Task<HttpPeer> StartAsync(Func<HttpContext, Task> answer)
    {
        var peer = new HttpPeer(answer);
        await peer._application.StartAsync();
        return peer;
    }

    /// <summary>One that answers with these statuses in turn, the last one for ever.</summary>
    public static Task<HttpPeer> StartAsync(params int[] statuses)
    {
        int next = -1;
        return StartAsync(context =>
        {
            context.Response.StatusCode = statuses[Math.Min(Interlocked.Increment(ref next), statuses.Length - 1)];
            return Task.CompletedTask;
        });
    }

    public async ValueTask DisposeAsync() => await _application.DisposeAsync();

    internal sealed record Received(string Method, string Target, IReadOnlyDictionary<string, string> Headers, byte[] Body)
    {
        public string Text => System.Text.Encoding.UTF8.GetString(Body);
    }
}
