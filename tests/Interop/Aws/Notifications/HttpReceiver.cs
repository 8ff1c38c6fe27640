using System.Net;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Fairlead.Shared;

namespace Fairlead.Interop.Aws.Notifications;

/// <summary>An HTTP endpoint that takes notifications and answers with the statuses that a test wants.</summary>
public sealed class HttpReceiver : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(90);
    private readonly HttpListener _listener = new();
    private readonly Channel<ReceivedPost> _posts = Channel.CreateUnbounded<ReceivedPost>();
    private readonly Task _running;

    public HttpReceiver()
    {
        Url = $"http://127.0.0.1:{FreePort.Take()}/notify/";
        _listener.Prefixes.Add(Url);
        _listener.Start();
        _running = RunAsync();
    }

    public string Url { get; }

    /// <summary>Status of the answer to a post, whose number counts from 1.</summary>
    public Func<int, int> Status { get; set; } = static _ => 200;

    public async Task<ReceivedPost> NextAsync()
    {
        using var late = new CancellationTokenSource(Deadline);
        return await _posts.Reader.ReadAsync(late.Token);
    }

    public bool TryNext(out ReceivedPost? post) => _posts.Reader.TryRead(out post);

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _running;
    }

    private async Task RunAsync()
    {
        for (var number = 1; ; number++)
        {
            try
            {
                var context = await _listener.GetContextAsync();
                using var reader = new StreamReader(context.Request.InputStream, Encoding.UTF8);
                var body = await reader.ReadToEndAsync();
                var headers = context.Request.Headers.AllKeys.ToDictionary(static name => name!.ToLowerInvariant(), name => context.Request.Headers[name]!, StringComparer.Ordinal);
                context.Response.StatusCode = Status(number);
                context.Response.Close();
                _posts.Writer.TryWrite(new ReceivedPost(headers, body));
            }
            catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
        }
    }
}

/// <summary>A post.</summary>
public sealed record ReceivedPost(IReadOnlyDictionary<string, string> Headers, string Body)
{
    public JsonElement Document
    {
        get
        {
            using var document = JsonDocument.Parse(Body);
            return document.RootElement.Clone();
        }
    }

    public string Member(string name) => Document.GetProperty(name).GetString()!;
}
