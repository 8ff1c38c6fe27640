using System.Globalization;
using System.Text;
using System.Text.Json;
using Fairlead.Gateway.Cloud;
using Fairlead.Gateway.Devices;
using Fairlead.Gateway.Upstream;
using Microsoft.AspNetCore.Http;

namespace Fairlead.Gateway.Http;

/// <summary>Long polls, settlements, answers of methods, the twin (spec section 9.2).</summary>
internal sealed class CloudEndpoint(GatewayServices services)
{
    private const int LongestWait = 60;
    private const int LargestMethod = 128 * 1024;

    // A poll that does not want to wait gives the hub a moment all the same: the message is one round trip away.
    private static readonly TimeSpan LeastWait = TimeSpan.FromMilliseconds(500);

    /// <summary><c>GET .../messages/devicebound?wait=0..60</c>: 200 with the message and its lock, or 204.</summary>
    public async Task PollMessageAsync(DeviceRequest request, HubDevice device, CancellationToken deadline)
    {
        if (await RefusesWaitAsync(request, "CloudMessagesEnabled", services.Options.CloudMessagesEnabled) is not { } wait) return;
        var poll = new MessagePoll();
        LockedMessage? message;
        device.Cloud.Add(poll);
        try
        {
            if (await device.Cloud.WhenAttachedAsync(deadline) is { } fault)
            {
                await Answer.FaultAsync(request.Context, fault);
                return;
            }

            message = await WaitAsync(request, poll.Done, wait);
            poll.End(ConsumerEnd.Stopping);
            // What came at the last moment is not lost: the poll had it before it ended.
            message ??= await poll.Done;
        }
        finally
        {
            device.Cloud.Remove(poll, keepLocks: true);
        }

        if (message is null) await Answer.Empty(request.Context, StatusCodes.Status204NoContent);
        else await WriteAsync(request.Context, device, message);
    }

    /// <summary><c>DELETE .../messages/devicebound/{lock}[?reject]</c> and <c>POST .../{lock}/abandon</c>: 204, or 412 when the lock is gone.</summary>
    public async Task SettleAsync(DeviceRequest request, HubDevice device, MessageOutcome outcome, CancellationToken deadline)
    {
        string token = request.Rest[2].Trim('"');
        if (await services.Peers.TryForwardAsync(request.Context, token, [], request.Trace)) return;
        var fault = await device.Cloud.SettleAsync(token, outcome, deadline);
        if (fault is null) await Answer.Empty(request.Context, StatusCodes.Status204NoContent);
        else await Answer.FaultAsync(request.Context, fault);
    }

    /// <summary><c>GET .../methods?wait=0..60</c>: 200 with the call, or 204.</summary>
    public async Task PollMethodAsync(DeviceRequest request, HubDevice device, CancellationToken deadline)
    {
        if (await RefusesWaitAsync(request, "DirectMethodEnabled", services.Options.DirectMethodEnabled) is not { } wait) return;
        var poll = new MethodPoll();
        PendingCall? call;
        device.Methods.Add(poll);
        try
        {
            if (await device.Methods.WhenAttachedAsync(deadline) is { } fault)
            {
                await Answer.FaultAsync(request.Context, fault);
                return;
            }

            call = await WaitAsync(request, poll.Done, wait);
            poll.End(ConsumerEnd.Stopping);
            call ??= await poll.Done;
        }
        finally
        {
            device.Methods.Remove(poll);
        }

        if (call is null)
        {
            await Answer.Empty(request.Context, StatusCodes.Status204NoContent);
            return;
        }

        await WriteAsync(request.Context, device, call);
    }

    /// <summary><c>POST .../methods/{rid}/response</c> with <c>{"status":200,"payload":...}</c>: 204.</summary>
    public async Task RespondAsync(DeviceRequest request, HubDevice device, byte[] body, CancellationToken deadline)
    {
        string id = request.Rest[1];
        if (await services.Peers.TryForwardAsync(request.Context, id, body, request.Trace)) return;
        if (body.Length > LargestMethod)
        {
            await Answer.ProblemAsync(request.Context, 413, "MessageTooLarge", $"the answer of a method has at most {LargestMethod} bytes");
            return;
        }

        if (!TryReadAnswer(body, out int status, out var payload))
        {
            await Answer.ProblemAsync(request.Context, 400, "InvalidAnswer", "send {\"status\":200,\"payload\":...} with a whole number as status");
            return;
        }

        var fault = await device.Methods.RespondAsync(id, status, payload, deadline);
        if (fault is null) await Answer.Empty(request.Context, StatusCodes.Status204NoContent);
        else await Answer.FaultAsync(request.Context, fault);
    }

    /// <summary><c>GET .../twin</c>.</summary>
    public async Task GetTwinAsync(DeviceRequest request, HubDevice device, CancellationToken deadline)
    {
        var twin = await device.Twin.GetAsync(deadline);
        if (twin.Value is { } document) await Answer.BytesAsync(request.Context, 200, "application/json", document.Json);
        else await Answer.FaultAsync(request.Context, twin.Fault!);
    }

    /// <summary><c>PATCH .../twin/reported</c>: 200 with the new version. <c>If-Match</c> guards the one before.</summary>
    public async Task PatchTwinAsync(DeviceRequest request, HubDevice device, byte[] body, CancellationToken deadline)
    {
        string guard = request.Context.Request.Headers.IfMatch.ToString().Trim().Trim('"');
        long? version = long.TryParse(guard, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : null;
        if (!DeviceStream.IsJson(body) || JsonElement.Parse(body).ValueKind != JsonValueKind.Object || (version is null && guard is not ("" or "*")))
        {
            await Answer.ProblemAsync(request.Context, 400, "InvalidPatch", "send a JSON object with the reported properties to change; If-Match is a version");
            return;
        }

        var result = await device.Twin.PatchReportedAsync(body, version, deadline);
        if (result.Value is not { } now)
        {
            await Answer.FaultAsync(request.Context, result.Fault!);
            return;
        }

        request.Context.Response.Headers.ETag = $"\"{now.Number.ToString(CultureInfo.InvariantCulture)}\"";
        await Answer.JsonAsync(request.Context, 200, "application/json", json => json.WriteNumber("version", now.Number));
    }

    /// <summary>Takes the answer of a method apart: <c>{"status":n,"payload":...}</c>.</summary>
    public static bool TryReadAnswer(ReadOnlySpan<byte> body, out int status, out ReadOnlyMemory<byte> payload)
    {
        status = 0;
        payload = "null"u8.ToArray();
        if (!DeviceStream.IsJson(body)) return false;
        var root = JsonElement.Parse(body);
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("status", out var code) || code.ValueKind != JsonValueKind.Number || !code.TryGetInt32(out status)) return false;
        if (root.TryGetProperty("payload", out var given)) payload = Encoding.UTF8.GetBytes(given.GetRawText());
        return true;
    }

    private async Task WriteAsync(HttpContext context, HubDevice device, LockedMessage message)
    {
        try
        {
            foreach (var (name, value) in CloudHeaders.Of(message)) context.Response.Headers[name] = value;
            await Answer.BytesAsync(context, 200, message.Message.ContentType is { Length: > 0 } type && type.All(char.IsAscii) ? type : "application/octet-stream", message.Message.Body);
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            // Whoever polled is gone: the message goes back at once rather than when its lock runs out.
            await device.Cloud.SettleAsync(message.Lock, MessageOutcome.Abandon, CancellationToken.None);
        }
    }

    private static async Task WriteAsync(HttpContext context, HubDevice device, PendingCall call)
    {
        try
        {
            await Answer.JsonAsync(context, 200, "application/json", json =>
            {
                json.WriteString("rid", call.Id);
                json.WriteString("name", call.Call.Name);
                json.WritePropertyName("payload");
                if (DeviceStream.IsJson(call.Call.Payload.Span)) json.WriteRawValue(call.Call.Payload.Span, skipInputValidation: true);
                else json.WriteNullValue();
            });
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            // Whoever polled is gone: the caller learns it now rather than at the end of its patience.
            device.Methods.Lose(call);
        }
    }

    private async Task<T?> WaitAsync<T>(DeviceRequest request, Task<T?> done, TimeSpan wait)
        where T : class
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(request.Context.RequestAborted, services.State.Stopping.Token);
        using var limit = new CancellationTokenSource(wait, services.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ends.Token, limit.Token);
        try
        {
            return await done.WaitAsync(either.Token);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private async Task<TimeSpan?> RefusesWaitAsync(DeviceRequest request, string setting, bool enabled)
    {
        if (!enabled)
        {
            await Answer.ProblemAsync(request.Context, 403, "Disabled", $"the gateway's setting {setting} is false");
            return null;
        }

        string text = request.Context.Request.Query["wait"].ToString();
        if (text.Length == 0) text = "0";
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int seconds) && seconds <= LongestWait)
            return seconds == 0 ? LeastWait : TimeSpan.FromSeconds(seconds);
        await Answer.ProblemAsync(request.Context, 400, "InvalidWait", $"wait is a number of seconds from 0 to {LongestWait}");
        return null;
    }
}
