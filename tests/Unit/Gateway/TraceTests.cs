using System.Collections.Concurrent;
using System.Diagnostics;
using Fairlead.Gateway.Upstream;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Gateway;

/// <summary>Traces with W3C context from the device's request to the hub's message (spec section 9.4 item 12).</summary>
public sealed class TraceTests
{
    private const string Caller = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    [Fact]
    public async Task A_request_and_its_message_belong_to_the_callers_trace()
    {
        await using var rig = new GatewayRig(GatewayRig.Policy);
        using var traced = new Traced(rig);
        (await rig.PostAsync("/api/dev1/messages/events", "1", null, ("traceparent", Caller), ("tracestate", "vendor=1"))).Status.ShouldBe(204);

        traced.Ended.Select(static one => one.DisplayName).ShouldBe(["send devices/{deviceId}/messages/events", "POST /api/{deviceId}/messages/events"]);
        var (send, request) = (traced.Ended[0], traced.Ended[1]);
        (request.Kind, request.TraceId.ToString(), request.ParentSpanId.ToString()).ShouldBe((ActivityKind.Server, "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"));
        (send.Kind, send.TraceId, send.ParentSpanId).ShouldBe((ActivityKind.Producer, request.TraceId, request.SpanId));
        (request.GetTagItem("http.route"), request.GetTagItem("http.response.status_code")).ShouldBe(("/api/{deviceId}/messages/events", 204));
        (send.GetTagItem("messaging.operation.name"), send.GetTagItem("messaging.destination.template")).ShouldBe(("send", "devices/{deviceId}/messages/events"));
        rig.Hub.Messages.ShouldHaveSingleItem().Message.Properties.ShouldBe([new("traceparent", send.Id!), new("tracestate", "vendor=1")]);

        // No device in any name or attribute, and nothing is left on the threads that links and connections run on.
        traced.Ended.SelectMany(static one => one.TagObjects).ShouldNotContain(static tag => Equals(tag.Value, "dev1"));
        Activity.Current.ShouldBeNull();
    }

    [Fact]
    public async Task What_the_hub_refuses_is_an_error_of_the_send_and_devices_are_named_on_request()
    {
        await using var rig = new GatewayRig(static settings =>
        {
            GatewayRig.Policy(settings);
            settings["TraceDeviceIds"] = "true";
        });
        rig.Hub.OnMessage = static _ => HubFault.From("amqp:internal-error", null);
        using var traced = new Traced(rig);
        (await rig.PostAsync("/api/dev1", "1")).Status.ShouldBe(503);
        var (send, request) = (traced.Ended[0], traced.Ended[1]);
        (send.Status, send.GetTagItem("error.type")).ShouldBe((ActivityStatusCode.Error, "amqp:internal-error"));
        (request.Status, request.GetTagItem("fairlead.device.id")).ShouldBe((ActivityStatusCode.Error, "dev1"));
    }

    [Fact]
    public async Task A_batch_is_one_send_and_a_device_that_gives_its_own_context_keeps_it()
    {
        await using var rig = new GatewayRig(GatewayRig.Policy);
        using var traced = new Traced(rig);
        (await rig.PostAsync("/api/dev1/messages/events/batch", $$$"""[1,{"body":2,"properties":{"traceparent":"{{{Caller}}}"}}]""")).Status.ShouldBe(200);
        var send = traced.Ended[0];
        send.GetTagItem("messaging.batch.message_count").ShouldBe(2);
        rig.Hub.Messages.Select(static sent => sent.Message.Properties.Single(static property => property.Key == "traceparent").Value).ShouldBe([send.Id, Caller]);
    }

    [Fact]
    public async Task While_nobody_listens_messages_are_as_the_device_sent_them()
    {
        await using var rig = new GatewayRig(GatewayRig.Policy);
        await rig.PostAsync("/api/dev1", "1", null, ("traceparent", Caller));
        rig.Hub.Messages.ShouldHaveSingleItem().Message.Properties.ShouldBeEmpty();
    }

    [Fact]
    public async Task Streams_and_pages_are_not_traced()
    {
        await using var rig = new GatewayRig(GatewayRig.Policy);
        using var traced = new Traced(rig);
        await rig.SendAsync("GET", "/metrics", [], aborted: TestContext.Current.CancellationToken);
        await rig.SendAsync("GET", "/api/dev1/stream?kinds=messages", [], aborted: new CancellationToken(canceled: true));
        traced.Ended.ShouldBeEmpty();
    }

    /// <summary>Listens to one gateway alone: others run beside it.</summary>
    private sealed class Traced : IDisposable
    {
        private readonly ConcurrentQueue<Activity> _ended = new();
        private readonly ActivityListener _listener;

        public Traced(GatewayRig rig)
        {
            _listener = new ActivityListener
            {
                ShouldListenTo = source => ReferenceEquals(source, rig.Parts.Services.Traces.Source),
                Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
                ActivityStopped = _ended.Enqueue,
            };
            ActivitySource.AddActivityListener(_listener);
        }

        public IReadOnlyList<Activity> Ended => [.. _ended];

        public void Dispose() => _listener.Dispose();
    }
}
