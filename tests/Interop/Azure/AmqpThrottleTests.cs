namespace Fairlead.Interop.Azure;

/// <summary>A hub that limits its devices.</summary>
public sealed class AmqpThrottleTests
{
    [Fact]
    public async Task Azure_45_Too_fast_a_device_gets_the_typed_error_and_goes_on()
    {
        await using var stage = new AzureHub { Arguments = ["--set", "IotHub:TelemetryRate=5"] };
        await stage.InitializeAsync();
        await stage.Driver.DoAsync("open", "fast", new { connectionString = await stage.DeviceAsync("fast") });
        (await stage.Driver.FailAsync("sendMany", "fast", new { count = 50 })).ShouldStartWith("ThrottlingError");
        await stage.Driver.DoAsync("open", "slow", new { connectionString = await stage.DeviceAsync("slow") });
        await stage.Driver.DoAsync("send", "slow", new { payload = "eA==" });
    }

    [Fact]
    public async Task Azure_45_Beyond_the_daily_quota_every_device_gets_the_typed_error()
    {
        await using var stage = new AzureHub { Arguments = ["--set", "IotHub:DailyMessages=10"] };
        await stage.InitializeAsync();
        await stage.Driver.DoAsync("open", "first", new { connectionString = await stage.DeviceAsync("first") });
        await stage.Driver.DoAsync("sendMany", "first", new { count = 10 });
        (await stage.Driver.FailAsync("send", "first", new { payload = "eA==" })).ShouldStartWith("IotHubQuotaExceededError");
        await stage.Driver.DoAsync("open", "second", new { connectionString = await stage.DeviceAsync("second") });
        (await stage.Driver.FailAsync("send", "second", new { payload = "eA==" })).ShouldStartWith("IotHubQuotaExceededError");
    }
}
