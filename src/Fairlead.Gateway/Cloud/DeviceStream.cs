using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Threading.Channels;
using Fairlead.Gateway.Upstream;

namespace Fairlead.Gateway.Cloud;

/// <summary>Something that a stream tells its device.</summary>
/// <param name="Name">Event: <c>message</c>, <c>method</c>, <c>desired</c> or <c>end</c>.</param>
/// <param name="Data">JSON on one line.</param>
/// <param name="Message">The message that it carries; null for none.</param>
/// <param name="Call">The method that it carries; null for none.</param>
internal sealed record StreamEvent(string Name, ReadOnlyMemory<byte> Data, LockedMessage? Message = null, PendingCall? Call = null)
{
    /// <summary>Nothing to tell but that the stream lives.</summary>
    public static StreamEvent Heartbeat { get; } = new("", default);
}

/// <summary>
/// An open stream of a device: takes messages as far as its window goes, methods and changes of desired properties, and hands them to
/// whoever writes them out as server-sent events or over a WebSocket.
/// </summary>
internal sealed class DeviceStream(int window) : ICloudConsumer, IMethodConsumer, IDesiredConsumer
{
    // Desired changes and methods do not count against the window; a device that reads none of them is cut off at this bound.
    private const int Behind = 256;
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Channel<StreamEvent> _events = Channel.CreateBounded<StreamEvent>(new BoundedChannelOptions(window + Behind) { SingleReader = true });
    private int _held;

    /// <summary>What to write, in order; ends when the stream is to end.</summary>
    public ChannelReader<StreamEvent> Events => _events.Reader;

    /// <inheritdoc/>
    public int Rank => 0;

    /// <inheritdoc/>
    public int Room => _events.Reader.Completion.IsCompleted ? 0 : Math.Max(0, window - Volatile.Read(ref _held));

    /// <inheritdoc/>
    public bool TryTake(LockedMessage message)
    {
        if (Interlocked.Increment(ref _held) > window || !_events.Writer.TryWrite(new StreamEvent("message", Describe(message), message)))
        {
            Interlocked.Decrement(ref _held);
            return false;
        }

        return true;
    }

    /// <inheritdoc/>
    public void OnReleased(LockedMessage message) => Interlocked.Decrement(ref _held);

    /// <inheritdoc/>
    public bool TryTake(PendingCall call) => _events.Writer.TryWrite(new StreamEvent("method", Write(json =>
    {
        json.WriteString("rid", call.Id);
        json.WriteString("name", call.Call.Name);
        WriteJson(json, "payload", call.Call.Payload);
    }), Call: call));

    /// <inheritdoc/>
    public void OnDesired(ReadOnlyMemory<byte> json, bool whole)
    {
        var told = new StreamEvent("desired", Write(writer =>
        {
            writer.WriteBoolean("whole", whole);
            WriteJson(writer, "desired", json);
        }));
        // A device that does not keep up reads the twin when it comes back.
        if (!_events.Writer.TryWrite(told)) _events.Writer.TryComplete();
    }

    /// <summary>Time for a heartbeat; a stream that is full needs none.</summary>
    public void Beat() => _events.Writer.TryWrite(StreamEvent.Heartbeat);

    /// <inheritdoc/>
    public void End(ConsumerEnd why)
    {
        string reason = why switch { ConsumerEnd.Moved => "moved", ConsumerEnd.Expired => "expired", ConsumerEnd.Refused => "refused", _ => "stopping" };
        _events.Writer.TryWrite(new StreamEvent("end", Write(json => json.WriteString("reason", reason))));
        _events.Writer.TryComplete();
    }

    private static byte[] Describe(LockedMessage locked) => Write(json =>
    {
        var message = locked.Message;
        json.WriteString("lock", locked.Lock);
        WriteText(json, "messageId", message.MessageId);
        WriteText(json, "correlationId", message.CorrelationId);
        WriteText(json, "userId", message.UserId);
        WriteText(json, "contentType", message.ContentType);
        WriteText(json, "contentEncoding", message.ContentEncoding);
        json.WriteNumber("deliveryCount", message.DeliveryCount);
        if (message.SequenceNumber > 0) json.WriteNumber("sequenceNumber", message.SequenceNumber);
        if (message.EnqueuedAt is { } enqueued) json.WriteString("enqueuedTime", enqueued);
        if (message.ExpiresAt is { } expiry) json.WriteString("expiry", expiry);
        json.WriteStartObject("properties");
        foreach (var (name, value) in message.Properties.DistinctBy(static property => property.Key)) json.WriteString(name, value);
        json.WriteEndObject();
        WriteBody(json, message);
    });

    // JSON as JSON, text as text, the rest as base64: a device sees what it can use at once.
    private static void WriteBody(Utf8JsonWriter json, CloudMessage message)
    {
        if (message.ContentType?.Contains("json", StringComparison.OrdinalIgnoreCase) != false && IsJson(message.Body.Span))
            WriteJson(json, "body", message.Body);
        else if (System.Text.Unicode.Utf8.IsValid(message.Body.Span))
            json.WriteString("body", message.Body.Span);
        else
            json.WriteBase64String("bodyBase64", message.Body.Span);
    }

    private static void WriteJson(Utf8JsonWriter json, string name, ReadOnlyMemory<byte> value)
    {
        json.WritePropertyName(name);
        if (value.IsEmpty || !IsJson(value.Span))
        {
            if (value.IsEmpty) json.WriteNullValue();
            else json.WriteStringValue(value.Span);
            return;
        }

        // Written anew, so that no line feed of the sender's cuts an event in two.
        var element = JsonElement.Parse(value.Span);
        element.WriteTo(json);
    }

    /// <summary>Whether bytes are one JSON value.</summary>
    public static bool IsJson(ReadOnlySpan<byte> bytes)
    {
        var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = 64 });
        try
        {
            if (!reader.Read()) return false;
            reader.Skip();
            return !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static void WriteText(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null) json.WriteString(name, value);
    }

    private static byte[] Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer, Relaxed))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
