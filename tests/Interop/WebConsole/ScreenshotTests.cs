using Fairlead.Shared;
using Microsoft.Playwright;

namespace Fairlead.Interop.WebConsole;

/// <summary>
/// Pictures of every page in both themes, for people to look at: <c>FAIRLEAD_WRITE_SCREENSHOTS=1 ./test Interop Screenshot</c> writes them to
/// artifacts/screenshots. The test holds that every page has its heading with real data behind it.
/// </summary>
public sealed class ScreenshotTests(Browser browser) : IClassFixture<Browser>
{
    private static readonly (string Name, string Path)[] Pages =
    [
        ("overview", "/console/"), ("start", "/console/start"), ("connections", "/console/connections"), ("refused", "/console/connections/refused"),
        ("client", "/console/connections/client/lamp1"), ("things", "/console/things"), ("thing", "/console/things/lamp1"), ("edges", "/console/edges"), ("gateway", "/console/gateway"), ("shadow", "/console/things/lamp1/shadow"),
        ("topics", "/console/topics?topic=lamp1/temp"), ("test", "/console/test?filter=lamp1/%23&filter=plant/%2B"), ("direct", "/console/direct?client=lamp1"), ("rules", "/console/rules"),
        ("rule", "/console/rules/hot"), ("policies", "/console/policies"), ("policy", "/console/policies/lamp1-default"),
        ("explain", "/console/explain?thing=lamp1&action=iot:Publish&resource=topic/lamp2/temp"), ("logs", "/console/logs"), ("metrics", "/console/metrics"), ("settings", "/console/settings"),
    ];

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Every_page_is_shown_with_data(ColorScheme theme)
    {
        var kit = await SeedAsync();
        await using var device = Device.Start(kit, browser.Hub, "lamp1", "lamp1/#");
        await using var visitor = await browser.OpenAsync("/console/connections/client/lamp1", theme: theme);
        await visitor.ExpectTextAsync("client-state", "connected");
        var folder = Path.Combine(ProgramPath.Root, "artifacts", "screenshots");
        foreach (var (name, path) in Pages)
        {
            await visitor.Page.GotoAsync(path);
            await visitor.Page.Locator("#main h1").WaitForAsync();
            for (int i = 0; i < 3; i++)
            {
                await browser.CallAsync(HttpMethod.Post, "/topics/lamp1%2Ftemp", $$"""{"temp":{{20 + i}}.5,"hum":40}""");
                await browser.CallAsync(HttpMethod.Post, $"/topics/plant%2Fpress?qos=1", $$"""{"temp":{{29 + i}},"rpm":1200}""");
            }

            await visitor.Page.WaitForLoadStateAsync(LoadState.Load);
            if (Environment.GetEnvironmentVariable("FAIRLEAD_WRITE_SCREENSHOTS") != "1") continue;
            // What is drawn is not a condition that could be waited for: this is for eyes, not for a verdict.
            await visitor.Page.WaitForTimeoutAsync(1_500);
            await visitor.Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, $"{name}-{(theme == ColorScheme.Light ? "light" : "dark")}.png"), FullPage = true });
        }

        visitor.Faults.ShouldBeEmpty();
    }

    private async Task<DeviceKit> SeedAsync()
    {
        using var there = await browser.Administrator.GetAsync("/things/lamp1");
        if (there.IsSuccessStatusCode) return browser.KitOf("lamp1");
        var kit = await browser.CreateThingAsync("lamp1");
        await browser.CallAsync(HttpMethod.Post, "/things/lamp1/shadow", """{"state":{"desired":{"on":true,"color":{"r":255,"g":180}},"reported":{"on":false,"firmware":"1.4.2"}}}""");
        await browser.CallAsync(HttpMethod.Post, "/rules/hot", """{"sql":"SELECT temp, topic(2) AS machine FROM 'plant/+' WHERE temp > 30","actions":[{"republish":{"roleArn":"arn:aws:iam::000000000000:role/r","topic":"alarms/${topic(2)}"}}]}""");
        await browser.CallAsync(HttpMethod.Post, "/topics/lamp1%2Fconfig%2Fmode?retain=true", "\"eco\"");
        await Device.PublishAsync(kit, browser.Hub, "lamp1", "lamp2/temp", "1");
        await Device.PublishAsync(kit, browser.Hub, "pump9", "pump9/temp", "1");
        return kit;
    }
}
