using System.Buffers;
using Fairlead.Features.Rules.Actions;
using Fairlead.Features.Rules.Destinations;
using Fairlead.Features.Rules.Sql;
using Fairlead.Targets.Signing;

namespace Fairlead.Targets.Http;

/// <summary>
/// The http action: POST of the result to a confirmed destination, or of several results as one JSON array. How often a request is tried
/// is the action's own rule (spec/aws-rules, section 7.2): three requests that reached the server, none after an answer that says no,
/// that is too long or that closes the connection. A server that cannot be reached costs no try.
/// </summary>
internal sealed class HttpAction(
    HttpDefinition definition, IRuleDestinations destinations, RequestSigner? signer, TargetHttp http, TimeProvider time, RuleTargetOptions options)
    : IRuleAction
{
    private const int LongestAnswer = 16_384;
    private const int MostTries = 3;

    /// <inheritdoc/>
    public int LargestBatch => definition.Batching?.Count ?? 1;

    /// <inheritdoc/>
    public TimeSpan BatchDelay => definition.Batching?.Delay ?? TimeSpan.Zero;

    /// <inheritdoc/>
    public TimeSpan Timeout => options.HttpTimeout + TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    public TimeSpan Patience => options.Patience;

    /// <inheritdoc/>
    public bool MayShareBatch(ActionCall first, ActionCall next) =>
        definition.Batching is { } batching && first is HttpCall one && next is HttpCall other && one.Target == other.Target &&
        one.ContentType == other.ContentType && (batching.AcrossTopics || one.Evaluation.Message.Topic == other.Evaluation.Message.Topic);

    /// <inheritdoc/>
    public ActionCall Prepare(RuleEvaluation evaluation)
    {
        var text = definition.Url.Resolve(evaluation);
        var call = new HttpCall(evaluation, text);
        if (!DestinationUrls.TryTake(text, options.PlainHosts, out var url, out var problem))
        {
            call.HttpFault = HttpFaultKind.InvalidUrl;
            return call.Fail($"'{text}' {problem}");
        }

        if (!destinations.IsConfirmed(text, out problem)) return call.Fail(problem);
        if (definition.Batching is not null && !evaluation.OutputIsJson) return call.Fail($"a batch for {text} is a JSON array, but the result is not JSON");
        call.Target = url;
        foreach (var (name, template) in definition.Headers)
        {
            var value = template.Resolve(evaluation);
            if (value.AsSpan().IndexOfAnyInRange('\0', '\x1f') >= 0 || value.Contains('\x7f', StringComparison.Ordinal))
                return call.Fail($"the header {name} for {text} contains control characters");
            if (name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase)) call.ContentType = value;
            else call.Headers.Add(KeyValuePair.Create(name, value));
        }

        return call;
    }

    /// <inheritdoc/>
    public async ValueTask RunAsync(IReadOnlyList<ActionCall> calls, CancellationToken cancellationToken)
    {
        var start = 0;
        while (start < calls.Count)
        {
            var count = Fit(calls, start);
            await PostAsync(calls, start, count, cancellationToken).ConfigureAwait(false);
            start += count;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>How many of the calls from one on fit into a request; at least one.</summary>
    private int Fit(IReadOnlyList<ActionCall> calls, int start)
    {
        if (definition.Batching is not { } batching) return 1;
        var bytes = calls[start].Payload.Length;
        var count = 1;
        while (start + count < calls.Count && MayShareBatch(calls[start], calls[start + count]))
        {
            bytes += calls[start + count].Payload.Length;
            if (bytes > batching.Bytes) break;
            count++;
        }

        return count;
    }

    private async ValueTask PostAsync(IReadOnlyList<ActionCall> calls, int start, int count, CancellationToken cancellationToken)
    {
        var last = (HttpCall)calls[start + count - 1];
        var body = definition.Batching is null ? last.Payload : Join(calls, start, count);
        var contentType = definition.Batching is not null || last.Evaluation.OutputIsJson ? "application/json" : "application/octet-stream";
        using var request = TargetHttp.Post(last.Target!, last.ContentType ?? contentType, body);
        foreach (var (name, value) in last.Headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value)) request.Content!.Headers.TryAddWithoutValidation(name, value);
        }

        signer?.Sign(request, last.ContentType ?? contentType, body.Span);
        var left = options.HttpTimeout;
        for (var i = start; i < start + count; i++) left = Min(left, options.HttpTimeout - ((HttpCall)calls[i]).Spent);
        var (answer, spent) = await SendAsync(request, left, cancellationToken).ConfigureAwait(false);
        for (var i = start; i < start + count; i++) Conclude((HttpCall)calls[i], answer, spent);
    }

    /// <summary>Sends a request within what is left of the time for all tries.</summary>
    private async ValueTask<(HttpAnswer Answer, TimeSpan Spent)> SendAsync(HttpRequestMessage request, TimeSpan left, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        using var deadline = new CancellationTokenSource(left, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            return (await http.SendAsync(request, LongestAnswer, both.Token).ConfigureAwait(false), time.GetElapsedTime(started));
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return (new HttpAnswer(HttpFault.TimedOut, 0, default, false, true, "the time is up"), options.HttpTimeout);
        }
    }

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private void Conclude(HttpCall call, HttpAnswer answer, TimeSpan spent)
    {
        if (answer.IsSuccess)
        {
            call.Succeed();
            return;
        }

        call.HttpFault = KindOf(answer);
        if (answer.Fault is HttpFault.NotReached or HttpFault.UnknownHost)
        {
            call.FailForNow($"cannot reach {call.Resource}: {answer.Problem}");
            return;
        }

        call.Sent++;
        call.Spent += spent;
        var what = answer.Fault == HttpFault.None ? $"{call.Resource} answered with status {answer.Status}" : $"{call.Resource} gave no answer: {answer.Problem}";
        if (answer.IsTooLong) call.Fail($"{what} and more than {LongestAnswer} bytes");
        else if (answer.Fault == HttpFault.None && answer.Status is not (429 or (>= 500 and < 600))) call.Fail(what);
        else if (answer.Fault == HttpFault.None && answer.Closes) call.Fail($"{what} and closed the connection");
        else if (call.Sent >= MostTries) call.Fail($"{what}, {call.Sent} times");
        else if (call.Spent >= options.HttpTimeout) call.Fail($"{what}; the tries have taken {call.Spent.TotalSeconds:F1} s together");
        else call.FailForNow(what);
    }

    private static HttpFaultKind KindOf(HttpAnswer answer) => answer.Fault switch
    {
        HttpFault.NotReached or HttpFault.UnknownHost => HttpFaultKind.UnknownHost,
        HttpFault.TimedOut => HttpFaultKind.RequestTimeout,
        HttpFault.Broken => HttpFaultKind.None,
        _ => answer.Status switch
        {
            >= 400 and < 500 => HttpFaultKind.Code4xx,
            >= 500 and < 600 => HttpFaultKind.Code5xx,
            _ => HttpFaultKind.CodeOther,
        },
    };

    private static ReadOnlyMemory<byte> Join(IReadOnlyList<ActionCall> calls, int start, int count)
    {
        var body = new ArrayBufferWriter<byte>(4096);
        body.Write("["u8);
        for (var i = start; i < start + count; i++)
        {
            if (i > start) body.Write(","u8);
            body.Write(calls[i].Payload.Span);
        }

        body.Write("]"u8);
        return body.WrittenMemory;
    }
}
