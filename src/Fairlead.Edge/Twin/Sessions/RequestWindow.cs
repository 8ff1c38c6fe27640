using System.Security.Cryptography;
using Fairlead.Edge.Json;
using Fairlead.Edge.Twin.Commands;
using Fairlead.Edge.Twin.Shadows;

namespace Fairlead.Edge.Twin.Sessions;

/// <summary>
/// The requests whose answers are waited for, at most <see cref="TwinOptions.MaxOpen"/> (spec/kanto-edge, section 4), and which of their
/// publishes belong to which spool record.
/// </summary>
internal sealed class RequestWindow(TwinContext context, ShadowTopics topics)
{
    /// <summary>An answer that takes longer is not waited for: its place is given to another request.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private const int MostForgotten = 256;

    private readonly List<ShadowRequest> _open = [];
    private readonly Dictionary<ShadowPublish, ShadowRequest> _unacknowledged = new(ReferenceEqualityComparer.Instance);
    private readonly Queue<string> _forgotten = new();
    private readonly string _tokens = $"fl-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6))}-";
    private long _tokenCount;

    /// <summary>How many more requests may be made.</summary>
    public int Room => context.Options.MaxOpen - _open.Count;

    /// <summary>Requests whose answer is waited for, oldest first.</summary>
    public IReadOnlyList<ShadowRequest> Open => _open;

    /// <summary>A token that no other request has.</summary>
    public string NewToken() => $"{_tokens}{++_tokenCount}";

    /// <summary>Document of a get or a delete.</summary>
    public static byte[] TokenDocument(string token) => JsonValue.Object(("clientToken", JsonValue.String(token))).ToUtf8();

    /// <summary>Topic of a request.</summary>
    public string TopicOf(TwinShadow shadow, ShadowOperation operation) => topics.Request(shadow.Name, operation);

    /// <summary>Gives a request to the link.</summary>
    public void Send(ShadowRequest request)
    {
        _open.Add(request);
        if (request.Job is not null) _unacknowledged[request.Publish] = request;
        if (request.Operation != ShadowOperation.Get) request.Shadow.Open.Add(request);
        context.Alarm(request, Patience);
        context.Outbox.Add(request.Publish);
    }

    /// <summary>The hub has acknowledged a publish.</summary>
    public void OnPublished(ShadowPublish publish)
    {
        if (_unacknowledged.Remove(publish, out var request)) Publish(request);
    }

    /// <summary>Takes the request that an answer belongs to; null when it is somebody else's.</summary>
    public ShadowRequest? Take(TwinShadow shadow, ShadowOperation operation, string? token)
    {
        if (token is null) return null;
        foreach (var request in _open)
        {
            if (request.Operation != operation || request.Shadow != shadow || request.Token != token) continue;
            Close(request);
            if (_unacknowledged.Remove(request.Publish)) Publish(request); // an answer says as much as a PUBACK
            return request;
        }

        return null;
    }

    /// <summary>Whether a token was ours though its answer is not waited for any more.</summary>
    public bool IsForgotten(string? token) => token is not null && _forgotten.Contains(token);

    /// <summary>Does not wait for an answer any more.</summary>
    public void Forget(ShadowRequest request)
    {
        Close(request);
        _forgotten.Enqueue(request.Token);
        if (_forgotten.Count > MostForgotten) _forgotten.Dequeue();
    }

    /// <summary>The link is gone: no PUBACK will come.</summary>
    public void ForgetPublishes() => _unacknowledged.Clear();

    /// <summary>A part of a spooled command is done.</summary>
    public void Finish(TwinJob job)
    {
        if (--job.Waiting == 0) context.Outbox.Finish(job.Record);
    }

    private void Publish(ShadowRequest request)
    {
        request.IsPublished = true;
        if (request.Job is not { } job) return;
        Finish(job);
        if (job.Waiting > 0) return;
        foreach (var open in _open)
        {
            if (open.Job == job) context.Touched.Add(open.Shadow); // the spool lets go of it, the answer is still to come: it is kept here
        }
    }

    private void Close(ShadowRequest request)
    {
        request.IsOver = true;
        _open.Remove(request);
        request.Shadow.Open.Remove(request);
    }
}
