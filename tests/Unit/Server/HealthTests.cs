using System.Text.Json;
using Fairlead.Server.Http;
using Fairlead.Unit.Shadows;
using Microsoft.AspNetCore.Http;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Server;

/// <summary>What <c>/healthz/ready</c> says.</summary>
public sealed class HealthTests
{
    [Theory]
    [InlineData(true, true, 200, null)]
    [InlineData(false, true, 503, "the store")]
    [InlineData(true, false, 503, "the log of device-to-cloud messages")]
    [InlineData(false, false, 503, "the store")]
    public async Task A_hub_that_cannot_write_says_what_it_cannot_write(bool store, bool events, int status, string? problem)
    {
        var health = new HealthEndpoint(new HubState { Phase = HubPhase.Ready }, new HeldStore { IsHealthy = store }, () => events);
        var context = new DefaultHttpContext { Request = { Method = "GET", Path = "/healthz/ready" }, Response = { Body = new MemoryStream() } };
        (await health.TryServeAsync(context)).ShouldBeTrue();
        context.Response.StatusCode.ShouldBe(status);
        context.Response.Body.Position = 0;
        using var answer = await JsonDocument.ParseAsync(context.Response.Body, cancellationToken: TestContext.Current.CancellationToken);
        if (problem is null) answer.RootElement.GetProperty("status").GetString().ShouldBe("ok");
        else answer.RootElement.ToString().ShouldContain(problem);
    }
}
