using System.Buffers;
using System.Net.WebSockets;
using System.Text.Json;
using Fairlead.Gateway.Cloud;
using Fairlead.Gateway.Devices;
using Fairlead.Gateway.Upstream;
using Microsoft.AspNetCore.Http;

namespace Fairlead.Gateway.Http;

/// <summary>
/// <c>GET .../stream</c>: messages, methods and desired properties as they come, as server-sent events or over a WebSocket (spec section
/// 9.2). Messages are settled by calls, by frames of the WebSocket, or with <c>ack=auto</c> when they are out.
/// </summary>
internal sealed class StreamEndpoint(GatewayServices services)
{
    private const int LongestCommand = 256 * 1024;

    /// <summary>Serves a stream until it ends.</summary>
    public async Task ServeAsync(DeviceRequest request, HubDevice device)
    {
        var context = request.Context;
        var query = context.Request.Query;
        var options = services.Options;
        string[] kinds = query["kinds"].ToString().Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (FindFault(kinds, query["ack"].ToString(), out bool auto) is { } fault)
        {
            await Answer.ProblemAsync(context, fault.Status, fault.Code, fault.Detail);
            return;
        }

        bool all = kinds.Length == 0;
        var stream = new DeviceStream(options.StreamWindow);
        using var stopping = services.State.Stopping.Token.UnsafeRegister(static state => ((DeviceStream)state!).End(ConsumerEnd.Stopping), stream);
        bool messages = options.CloudMessagesEnabled && (all || kinds.Contains("messages"));
        bool methods = options.DirectMethodEnabled && (all || kinds.Contains("methods"));
        bool desired = all || kinds.Contains("desired");
        if (messages) device.Cloud.Add(stream);
        if (methods) device.Methods.Add(stream);
        if (desired) device.Twin.Add(stream);
        bool broke = true;
        try
        {
            broke = context.WebSockets.IsWebSocketRequest
                ? !await ServeWebSocketAsync(context, device, stream, auto)
                : !await ServeEventsAsync(context, device, stream, auto);
        }
        finally
        {
            stream.End(ConsumerEnd.Stopping);
            if (messages) device.Cloud.Remove(stream);
            if (methods) device.Methods.Remove(stream, broke);
            if (desired) device.Twin.Remove(stream);
        }
    }

    private (int Status, string Code, string Detail)? FindFault(string[] kinds, string ack, out bool auto)
    {
        auto = ack == "auto";
        if (ack is not ("" or "auto" or "call")) return (400, "InvalidAck", "ack is call (the default) or auto");
        if (kinds.FirstOrDefault(static kind => kind is not ("messages" or "methods" or "desired")) is { } unknown)
            return (400, "InvalidKinds", $"there is no kind {unknown}; there are messages, methods and desired");
        if (kinds.Contains("messages") && !services.Options.CloudMessagesEnabled) return (403, "Disabled", "the gateway's setting CloudMessagesEnabled is false");
        if (kinds.Contains("methods") && !services.Options.DirectMethodEnabled) return (403, "Disabled", "the gateway's setting DirectMethodEnabled is false");
        return null;
    }

    /// <returns>False when the connection broke; true when the stream has ended in order.</returns>
    private async Task<bool> ServeEventsAsync(HttpContext context, HubDevice device, DeviceStream stream, bool auto)
    {
        var response = context.Response;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-store";
        response.Headers["X-Accel-Buffering"] = "no";
        response.BodyWriter.Write(": stream\nretry: 1000\n\n"u8);
        await response.BodyWriter.FlushAsync(context.RequestAborted);
        int turn = services.Heartbeats.Add(stream);
        try
        {
            return await PumpAsync(
                stream,
                async told =>
                {
                    if (told == StreamEvent.Heartbeat) response.BodyWriter.Write(":\n\n"u8);
                    else Write(response.BodyWriter, told);
                    var flushed = await response.BodyWriter.FlushAsync(context.RequestAborted);
                    if (flushed.IsCompleted) throw new IOException("the device reads no more");
                    await AcknowledgeAsync(device, told, auto);
                },
                context.RequestAborted);
        }
        finally
        {
            services.Heartbeats.Remove(stream, turn);
        }
    }

    /// <returns>False when the connection broke; true when device or gateway has ended it in order.</returns>
    private async Task<bool> ServeWebSocketAsync(HttpContext context, HubDevice device, DeviceStream stream, bool auto)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        var reading = ReadCommandsAsync(socket, device, ended);
        try
        {
            bool ordered = await PumpAsync(
                stream,
                async told =>
                {
                    var buffer = new ArrayBufferWriter<byte>(told.Data.Length + 32);
                    buffer.Write("{\"event\":\""u8);
                    buffer.Write(System.Text.Encoding.UTF8.GetBytes(told.Name));
                    buffer.Write("\",\"data\":"u8);
                    buffer.Write(told.Data.Span);
                    buffer.Write("}"u8);
                    await socket.SendAsync(buffer.WrittenMemory, WebSocketMessageType.Text, endOfMessage: true, ended.Token);
                    await AcknowledgeAsync(device, told, auto);
                },
                ended.Token);
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2), services.Time);
            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "the stream has ended", patience.Token);
            // To stop reading aborts the socket, and what is still on its way out with it: the device's own close comes first.
            await ((Task)reading).WaitAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return ordered || (reading.IsCompletedSuccessfully && await reading);
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException or IOException)
        {
            return false; // the device is gone
        }
        finally
        {
            await ended.CancelAsync();
            await ((Task)reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <returns>False when the device is gone; what it holds goes back when the consumer is removed (checklist 76).</returns>
    private static async Task<bool> PumpAsync(DeviceStream stream, Func<StreamEvent, Task> write, CancellationToken cancellationToken)
    {
        try
        {
            while (await stream.Events.WaitToReadAsync(cancellationToken))
            {
                while (stream.Events.TryRead(out var told))
                {
                    // From here on nobody knows whether the device has it.
                    if (told.Call is { } call) call.IsOut = true;
                    await write(told);
                }
            }

            return true;
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or WebSocketException)
        {
            return false;
        }
    }

    private static async Task AcknowledgeAsync(HubDevice device, StreamEvent told, bool auto)
    {
        if (auto && told.Message is { } message) await device.Cloud.SettleAsync(message.Lock, MessageOutcome.Complete, CancellationToken.None);
    }

    private static void Write(IBufferWriter<byte> to, StreamEvent told)
    {
        if (told.Message is { } message)
        {
            to.Write("id: "u8);
            to.Write(System.Text.Encoding.UTF8.GetBytes(message.Lock));
            to.Write("\n"u8);
        }

        to.Write("event: "u8);
        to.Write(System.Text.Encoding.UTF8.GetBytes(told.Name));
        to.Write("\ndata: "u8);
        to.Write(told.Data.Span);
        to.Write("\n\n"u8);
    }

    // {"complete":"lock"}, {"reject":"lock"}, {"abandon":"lock"}, {"rid":"...","status":200,"payload":...}; what is none of these is passed over.
    /// <returns>Whether the device has closed the WebSocket as one should.</returns>
    private async Task<bool> ReadCommandsAsync(WebSocket socket, HubDevice device, CancellationTokenSource ended)
    {
        var buffer = new byte[LongestCommand];
        bool closed = false;
        try
        {
            while (true)
            {
                int length = 0;
                ValueWebSocketReceiveResult received;
                do
                {
                    received = await socket.ReceiveAsync(buffer.AsMemory(length), ended.Token);
                    length += received.Count;
                }
                while (!received.EndOfMessage && length < buffer.Length);
                closed = received.MessageType == WebSocketMessageType.Close;
                if (closed || !received.EndOfMessage) break;
                await ObeyAsync(device, buffer.AsMemory(0, length));
            }
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException or IOException)
        {
            // The device is gone.
        }

        await ended.CancelAsync();
        return closed;
    }

    private async Task ObeyAsync(HubDevice device, ReadOnlyMemory<byte> command)
    {
        if (!DeviceStream.IsJson(command.Span)) return;
        var json = JsonElement.Parse(command.Span);
        if (json.ValueKind != JsonValueKind.Object) return;
        using var limit = new CancellationTokenSource(services.Options.OperationTimeout, services.Time);
        foreach (var (name, outcome) in ((string, MessageOutcome)[])[("complete", MessageOutcome.Complete), ("reject", MessageOutcome.Reject), ("abandon", MessageOutcome.Abandon)])
        {
            if (json.TryGetProperty(name, out var token) && token.ValueKind == JsonValueKind.String) await device.Cloud.SettleAsync(token.GetString()!, outcome, limit.Token);
        }

        if (json.TryGetProperty("rid", out var rid) && rid.ValueKind == JsonValueKind.String && CloudEndpoint.TryReadAnswer(command.Span, out int status, out var payload))
            await device.Methods.RespondAsync(rid.GetString()!, status, payload, limit.Token);
    }
}
