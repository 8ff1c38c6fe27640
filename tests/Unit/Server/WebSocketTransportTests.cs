using System.Buffers;
using System.IO.Pipelines;
using System.Net.WebSockets;
using Fairlead.Broker.Connections;
using Fairlead.Server.WebSockets;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Server;

public sealed class WebSocketTransportTests : IDisposable
{
    private readonly PipeWriter _wire;
    private readonly WebSocket _client;
    private readonly WebSocket _server;
    private readonly WebSocketTransport _transport;

    public WebSocketTransportTests()
    {
        var there = new Pipe();
        var back = new Pipe();
        _wire = there.Writer;
        var left = new DuplexStream(back.Reader, there.Writer, leaveOpen: true);
        var right = new DuplexStream(there.Reader, back.Writer, leaveOpen: true);
        _client = WebSocket.CreateFromStream(left, new WebSocketCreationOptions { IsServer = false, SubProtocol = "mqtt" });
        _server = WebSocket.CreateFromStream(right, new WebSocketCreationOptions { IsServer = true, SubProtocol = "mqtt" });
        _transport = new WebSocketTransport(_server);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _transport.Dispose();
        _client.Dispose();
        _server.Dispose();
    }

    [Fact]
    public async Task Frames_become_a_stream_of_bytes_wherever_they_are_cut()
    {
        await Send([1, 2, 3]);
        await Send([]);
        await _client.SendAsync(new byte[] { 4 }, WebSocketMessageType.Binary, endOfMessage: false, Cancellation);
        await _client.SendAsync(new byte[] { 5, 6 }, WebSocketMessageType.Binary, endOfMessage: true, Cancellation);
        (await ReadAtLeast(6)).ShouldBe([1, 2, 3, 4, 5, 6]);
    }

    [Fact]
    public async Task A_large_frame_arrives_whole()
    {
        var large = new byte[300_000];
        Random.Shared.NextBytes(large);
        var sending = Send(large);
        (await ReadAtLeast(large.Length)).ShouldBe(large);
        await sending;
    }

    [Fact]
    public async Task A_flush_is_one_frame_however_many_writes_it_holds()
    {
        _transport.Output.Write((byte[])[1, 2]);
        _transport.Output.Write(new byte[5000]);
        _transport.Output.UnflushedBytes.ShouldBe(5002);
        await _transport.Output.FlushAsync(Cancellation);
        await _transport.Output.FlushAsync(Cancellation);
        _transport.Output.Write((byte[])[3]);
        await _transport.Output.FlushAsync(Cancellation);

        var buffer = new byte[10_000];
        var first = await _client.ReceiveAsync(buffer.AsMemory(), Cancellation);
        (first.Count, first.EndOfMessage, first.MessageType).ShouldBe((5002, true, WebSocketMessageType.Binary));
        var second = await _client.ReceiveAsync(buffer.AsMemory(), Cancellation);
        (second.Count, second.EndOfMessage).ShouldBe((1, true));
    }

    [Fact]
    public async Task A_close_frame_ends_the_input_and_is_known()
    {
        await Send([1]);
        await _client.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Cancellation);
        (await ReadAtLeast(1)).ShouldBe([1]);
        var end = await _transport.Input.ReadAsync(Cancellation);
        end.IsCompleted.ShouldBeTrue();
        end.Buffer.IsEmpty.ShouldBeTrue();
        _transport.ClosedByClient.ShouldBeTrue();
        _transport.GotText.ShouldBeFalse();
    }

    [Fact]
    public async Task A_text_frame_ends_the_input_and_is_known()
    {
        await _client.SendAsync("{}"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, Cancellation);
        (await _transport.Input.ReadAsync(Cancellation)).IsCompleted.ShouldBeTrue();
        _transport.GotText.ShouldBeTrue();
        _transport.ClosedByClient.ShouldBeFalse();
    }

    [Fact]
    public async Task A_cut_connection_is_an_error_of_transport()
    {
        await _wire.CompleteAsync();
        await Should.ThrowAsync<IOException>(async () => await _transport.Input.ReadAsync(Cancellation));
        _transport.ClosedByClient.ShouldBeFalse();
    }

    [Fact]
    public async Task A_completed_writer_says_so_and_sends_nothing()
    {
        _transport.Output.Write((byte[])[1]);
        await _transport.Output.CompleteAsync();
        (await _transport.Output.FlushAsync(Cancellation)).IsCompleted.ShouldBeTrue();
    }

    private Task Send(byte[] bytes) => _client.SendAsync(bytes, WebSocketMessageType.Binary, endOfMessage: true, Cancellation);

    private async Task<byte[]> ReadAtLeast(int count)
    {
        var result = await _transport.Input.ReadAtLeastAsync(count, Cancellation);
        var bytes = result.Buffer.ToArray();
        _transport.Input.AdvanceTo(result.Buffer.End);
        return bytes;
    }
}
