using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Fairlead.Targets.Rabbit;
using Fairlead.Targets.Signing;
using Microsoft.Extensions.Logging;

namespace Fairlead.Targets.Sqs;

/// <summary>Which queue stands here for which URL: those that <c>Rules:Queues</c> names, and the server of <c>Rules:Sqs</c> for all others.</summary>
internal sealed class SqsQueues : IAsyncDisposable
{
    private readonly Dictionary<string, (RabbitTarget Target, ISqsQueue Queue)> _named = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ISqsQueue> _served = new(StringComparer.Ordinal);
    private readonly SqsServer? _server;

    /// <summary>Takes the settings; nothing is connected.</summary>
    public SqsQueues(RuleTargetOptions options, string region, TimeProvider time, ILogger log, Http.TargetHttp http)
    {
        foreach (var entry in options.Queues)
        {
            if (!TargetAddress.TryParse(entry, RuleTargets.QueueSchemes, out var address, out _)) continue;
            var target = new RabbitTarget(address, isQueue: true, log);
            _named[address.Name] = (target, new RabbitQueue(target));
        }

        if (options.Sqs.Length == 0) return;
        var key = SigningKey.Find(options.Keys, "sqs");
        _server = new SqsServer(options.Sqs, key is null ? null : new RequestSigner(key, region, "sqs", time), http);
    }

    /// <summary>Finds the queue for a URL. Its name is the last segment.</summary>
    /// <param name="queueUrl">URL as a rule gives it.</param>
    /// <param name="queue">The queue.</param>
    /// <param name="problem">Why there is none.</param>
    public bool TryFind(string queueUrl, [NotNullWhen(true)] out ISqsQueue? queue, out string problem)
    {
        queue = null;
        problem = $"'{queueUrl}' is not the URL of a queue, such as https://sqs.us-east-1.amazonaws.com/123456789012/orders";
        if (!Uri.TryCreate(queueUrl, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https")) return false;
        var name = url.AbsolutePath[(url.AbsolutePath.LastIndexOf('/') + 1)..];
        if (name.Length is 0 or > 80 || !name.All(static unit => char.IsAsciiLetterOrDigit(unit) || unit is '-' or '_' or '.')) return false;
        if (name.EndsWith(".fifo", StringComparison.Ordinal))
        {
            problem = $"queue {name} is a FIFO queue, which the sqs action does not support";
            return false;
        }

        problem = "";
        if (_named.TryGetValue(name, out var named)) queue = named.Queue;
        else if (_server is not null && (_served.TryGetValue(url.AbsolutePath, out queue) || Remember(url.AbsolutePath, out queue))) return true;
        else problem = $"queue {name} has no local target; the setting Rules:Queues gives it one ({name}=amqp://HOST/VHOST), or Rules:Sqs (URL of a server with the API of SQS)";
        return queue is not null;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var (target, _) in _named.Values) await target.DisposeAsync().ConfigureAwait(false);
    }

    private bool Remember(string path, out ISqsQueue queue)
    {
        // Names may come from messages: what is remembered is bounded.
        if (_served.Count >= 1024) _served.Clear();
        queue = _served[path] = _server!.Queue(path);
        return true;
    }
}
