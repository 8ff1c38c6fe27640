using System.IO.Pipelines;
using Fairlead.Gateway.Http;
using Fairlead.Shared;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Gateway;

/// <summary>Bodies that are there, that come in pieces, and that do not come.</summary>
public sealed class RequestBodyTests
{
    private const int Most = 10;

    private readonly ManualClock _time = new();
    private readonly Pipe _pipe = new();

    [Fact]
    public async Task A_body_that_came_with_its_head_is_there_at_once_and_costs_no_timer()
    {
        await SendAsync("12345", last: true);
        var reading = RequestBody.ReadAsync(Request(), Most, _time);
        reading.IsCompletedSuccessfully.ShouldBeTrue();
        (await reading).ShouldBe("12345"u8.ToArray());
        _time.Made.ShouldBe(0);
    }

    [Fact]
    public async Task A_body_in_pieces_is_put_together()
    {
        await SendAsync("123", last: false);
        var reading = RequestBody.ReadAsync(Request(), Most, _time);
        reading.IsCompleted.ShouldBeFalse();
        await SendAsync("45", last: true);
        (await reading).ShouldBe("12345"u8.ToArray());
    }

    [Theory]
    [InlineData("12345678901", "")]
    [InlineData("123", "45678901")]
    [InlineData("12345678901", "2345")]
    public async Task A_body_that_is_too_long_is_read_to_its_end_and_dropped(string first, string second)
    {
        await SendAsync(first, last: second.Length == 0);
        var reading = RequestBody.ReadAsync(Request(), Most, _time).AsTask();
        if (second.Length > 0) await SendAsync(second, last: true);
        (await reading).ShouldBeNull();
    }

    [Fact]
    public async Task A_body_that_stops_half_way_is_given_up_after_a_minute()
    {
        await SendAsync("123", last: false);
        var reading = RequestBody.ReadAsync(Request(), Most, _time).AsTask();
        _time.Advance(RequestBody.Longest - TimeSpan.FromSeconds(1));
        reading.IsCompleted.ShouldBeFalse();
        _time.Advance(TimeSpan.FromSeconds(1));
        await Should.ThrowAsync<TimeoutException>(reading);
    }

    private DefaultHttpContext Request()
    {
        var context = new DefaultHttpContext();
        context.Features.Set<IRequestBodyPipeFeature>(new Body(_pipe.Reader));
        return context;
    }

    private async Task SendAsync(string text, bool last)
    {
        await _pipe.Writer.WriteAsync(System.Text.Encoding.ASCII.GetBytes(text), TestContext.Current.CancellationToken);
        if (last) await _pipe.Writer.CompleteAsync();
    }

    private sealed record Body(PipeReader Reader) : IRequestBodyPipeFeature;
}
