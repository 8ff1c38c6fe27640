using System.Text;
using Fairlead.Features.IotHub;
using Fairlead.Features.IotHub.Methods;
using Fairlead.Shared;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.IotHub.Methods;

/// <summary>Direct methods (spec/azure-gateway 2.7 and 4.4; semantics of lines 51 and 66).</summary>
public sealed class DirectMethodTests
{
    private static readonly IdentityName Device = new("dev1");
    private readonly ManualClock _clock = new();
    private readonly DirectMethodService _methods;

    public DirectMethodTests() => _methods = new DirectMethodService(_clock, static name => name.DeviceId == "dev1" || name.DeviceId == "dev2");

    [Fact]
    public async Task Azure_66_A_device_that_is_not_there_is_told_of_at_once()
    {
        var result = await InvokeAsync(TimeSpan.Zero);
        (result.Error!.Code, result.Error.Message).ShouldBe((404103, "Timed out waiting for device to connect."));
        (await _methods.InvokeAsync(new IdentityName("nobody"), new MethodRequest("m", default), CancellationToken.None)).Error!.Code.ShouldBe(404001);
    }

    [Fact]
    public async Task Azure_66_A_device_that_comes_in_time_gets_the_call()
    {
        var pending = InvokeAsync(TimeSpan.FromSeconds(10));
        _clock.Advance(TimeSpan.FromSeconds(3));
        var device = new Listener(_methods) { Answers = true };
        using var listening = _methods.Listen(Device, device);
        var result = await pending;
        result.Answer!.Status.ShouldBe(200);
        Encoding.UTF8.GetString(result.Answer.Payload.Span).ShouldBe("""{"ok":true}""");
        device.Calls.Single().Name.ShouldBe("reboot");
    }

    [Fact]
    public async Task Azure_66_Nobody_waits_longer_than_the_connect_timeout()
    {
        var pending = InvokeAsync(TimeSpan.FromSeconds(10));
        _clock.Advance(TimeSpan.FromSeconds(10));
        (await pending).Error!.Code.ShouldBe(404103);
        var late = new Listener(_methods);
        using var listening = _methods.Listen(Device, late);
        late.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task Azure_66_A_silent_device_gives_504_and_its_late_answer_goes_nowhere()
    {
        var device = new Listener(_methods);
        using var listening = _methods.Listen(Device, device);
        var pending = InvokeAsync(TimeSpan.Zero);
        _clock.Advance(TimeSpan.FromSeconds(30));
        (await pending).Error!.Code.ShouldBe(504101);
        _methods.Respond(Device, device.Calls.Single().RequestId, 200, default).ShouldBeFalse();
    }

    [Fact]
    public async Task Azure_66_Payloads_above_128_KB_are_refused_both_ways()
    {
        var device = new Listener(_methods);
        using var listening = _methods.Listen(Device, device);
        var large = await _methods.InvokeAsync(Device, new MethodRequest("m", new byte[(128 * 1024) + 1]), CancellationToken.None);
        large.Error!.Code.ShouldBe(413001);
        device.Calls.ShouldBeEmpty();
        var pending = InvokeAsync(TimeSpan.Zero);
        _methods.Respond(Device, device.Calls.Single().RequestId, 200, new byte[(128 * 1024) + 1]).ShouldBeTrue();
        (await pending).Error!.Code.ShouldBe(413001);
    }

    [Fact]
    public async Task Azure_51_Only_the_device_that_was_called_answers()
    {
        var device = new Listener(_methods);
        using var listening = _methods.Listen(Device, device);
        var pending = InvokeAsync(TimeSpan.Zero);
        var id = device.Calls.Single().RequestId;
        _methods.Respond(new IdentityName("dev2"), id, 500, default).ShouldBeFalse();
        _methods.Respond(new IdentityName("dev1", "module"), id, 500, default).ShouldBeFalse();
        _methods.Respond(Device, id, 404, "null"u8).ShouldBeTrue();
        (await pending).Answer!.Status.ShouldBe(404);
    }

    [Fact]
    public async Task A_device_that_leaves_ends_its_calls_and_a_later_one_replaces_it()
    {
        var first = new Listener(_methods);
        var listening = _methods.Listen(Device, first);
        var pending = InvokeAsync(TimeSpan.Zero);
        listening.Dispose();
        (await pending).Error!.Code.ShouldBe(404104);
        using var again = _methods.Listen(Device, first);
        var second = new Listener(_methods) { Answers = true };
        using var newer = _methods.Listen(Device, second);
        first.IsReplaced.ShouldBeTrue();
        (await InvokeAsync(TimeSpan.Zero)).Answer!.Status.ShouldBe(200);
        Encoding.UTF8.GetString(second.Calls.Single().Payload.Span).ShouldBe("null");
        _methods.Counters.ByResult().Single(static one => one.Result == "answered").Count.ShouldBe(1);
    }

    private Task<MethodResult> InvokeAsync(TimeSpan connectTimeout) =>
        _methods.InvokeAsync(Device, new MethodRequest("reboot", default) { ConnectTimeout = connectTimeout }, CancellationToken.None).AsTask();

    private sealed class Listener(DirectMethodService methods) : IMethodListener
    {
        public List<MethodCall> Calls { get; } = [];

        public bool Answers { get; init; }

        public bool IsReplaced { get; private set; }

        public bool TryCall(MethodCall call)
        {
            Calls.Add(call);
            if (Answers) methods.Respond(DirectMethodTests.Device, call.RequestId, 200, """{"ok":true}"""u8);
            return true;
        }

        public void OnReplaced() => IsReplaced = true;
    }
}
