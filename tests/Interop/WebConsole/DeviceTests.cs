using System.Diagnostics;
using Microsoft.Playwright;

namespace Fairlead.Interop.WebConsole;

/// <summary>Get started, Things, Shadow and Direct message.</summary>
public sealed class DeviceTests(Browser browser) : IClassFixture<Browser>
{
    [Fact]
    public async Task Get_started_takes_a_newcomer_to_a_connected_device_with_the_commands_that_it_shows()
    {
        Requirements.NeedMosquittoTools();
        Requirements.NeedProgram("unzip");
        var folder = Directory.CreateTempSubdirectory("fairlead-start-");
        try
        {
            await using var visitor = await browser.OpenAsync("/console/start");
            await visitor.At("thing-name").FillAsync("starter1");
            await visitor.At("create-thing").ClickAsync();
            var download = await visitor.Page.RunAndWaitForDownloadAsync(() => visitor.At("download-kit").ClickAsync());
            await download.SaveAsAsync(Path.Combine(folder.FullName, download.SuggestedFilename));
            await visitor.ExpectContainsAsync("tick", "waiting");
            var unpack = await visitor.At("unpack-command").InnerTextAsync();
            var publish = await visitor.At("publish-command").InnerTextAsync();
            var (code, output) = await RunAsync(folder.FullName, $"{unpack} && {publish}");
            code.ShouldBe(0, output);
            await visitor.ExpectContainsAsync("tick", "starter1 has connected");
            if (!OperatingSystem.IsWindows()) File.GetUnixFileMode(Path.Combine(folder.FullName, "starter1", "starter1.private.key")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Things_are_found_and_a_revoked_certificate_cuts_its_client_off()
    {
        var kit = await browser.CreateThingAsync("cutoff1");
        await using var device = Device.Start(kit, browser.Hub, "cutoff1", "cutoff1/#");
        await using var visitor = await browser.OpenAsync("/console/things");
        await visitor.At("thing-search").FillAsync("cutoff");
        await Visitor.ExpectCountAsync(visitor.At("thing-row"), 1);
        await visitor.Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "cutoff1" }).ClickAsync();
        await visitor.ExpectTextAsync("thing-state", "connected");
        await visitor.ExpectTextAsync("certificate-status", "ACTIVE");
        await visitor.At("revoke").ClickAsync();
        await visitor.At("dialog-confirm").ClickAsync();
        await visitor.ExpectTextAsync("certificate-status", "REVOKED");
        await visitor.ExpectTextAsync("thing-state", "not connected");

        await visitor.At("delete-thing").ClickAsync();
        await visitor.ExpectContainsAsync("delete-says", "its link to 1 certificate");
        await visitor.At("dialog-confirm").ClickAsync();
        await visitor.At("thing-search").WaitForAsync();
        using var gone = await browser.Administrator.GetAsync("/things/cutoff1", TestContext.Current.CancellationToken);
        ((int)gone.StatusCode).ShouldBe(404);
    }

    [Fact]
    public async Task A_shadow_shows_its_delta_until_the_device_has_reported()
    {
        var kit = await browser.CreateThingAsync("shadowed1");
        await using var visitor = await browser.OpenAsync("/console/things/shadowed1/shadow");
        await visitor.At("desired-input").FillAsync("""{"on": true, "color": {"r": 1}}""");
        await visitor.At("save-desired").ClickAsync();
        await visitor.ExpectContainsAsync("shadow-delta", "on");
        await visitor.ExpectTextAsync("shadow-version", "version 1");
        (await Device.PublishAsync(kit, browser.Hub, "shadowed1", "$aws/things/shadowed1/shadow/update", """{"state":{"reported":{"on":true,"color":{"r":1}}}}""")).ShouldBeTrue();
        await visitor.At("no-delta").WaitForAsync();
        await visitor.ExpectTextAsync("shadow-version", "version 2");
        await visitor.At("update").First.WaitForAsync();

        await visitor.At("clear-equal").ClickAsync();
        var body = (await visitor.At("clear-body").InnerTextAsync()).ReplaceLineEndings("").Replace(" ", "", StringComparison.Ordinal);
        body.ShouldBe("""{"state":{"desired":{"on":null,"color":null}},"version":2}""");
        await visitor.At("dialog-confirm").ClickAsync();
        await visitor.At("no-desired").WaitForAsync();
    }

    [Fact]
    public async Task A_shadow_that_was_changed_meanwhile_is_not_overwritten()
    {
        await browser.CallAsync(HttpMethod.Post, "/things/conflict1", "{}");
        await browser.CallAsync(HttpMethod.Post, "/things/conflict1/shadow", """{"state":{"desired":{"level":1}}}""");
        await using var visitor = await browser.OpenAsync("/console/things/conflict1/shadow");
        await visitor.ExpectTextAsync("shadow-version", "version 1");
        await visitor.At("desired-input").FillAsync("""{"level": 5}""");
        await browser.CallAsync(HttpMethod.Post, "/things/conflict1/shadow", """{"state":{"desired":{"level":9}}}""");
        await visitor.ExpectTextAsync("shadow-version", "version 2");
        await visitor.At("save-desired").ClickAsync();
        await visitor.ExpectTextAsync("yours", "5");
        await visitor.ExpectTextAsync("theirs", "9");
        (await browser.CallAsync(HttpMethod.Get, "/things/conflict1/shadow")).ShouldContain("\"level\":9");
        await visitor.At("use-mine").ClickAsync();
        await visitor.ExpectTextAsync("shadow-version", "version 3");
        (await browser.CallAsync(HttpMethod.Get, "/things/conflict1/shadow")).ShouldContain("\"level\":5");
    }

    [Fact]
    public async Task What_is_no_JSON_cannot_be_saved_and_says_where()
    {
        await browser.CallAsync(HttpMethod.Post, "/things/invalid1", "{}");
        await using var visitor = await browser.OpenAsync("/console/things/invalid1/shadow");
        await visitor.At("desired-input").FillAsync("{\n  \"on\": tru\n}");
        await visitor.ExpectContainsAsync("desired-problem", "Line 2, column");
        await Assertions.Expect(visitor.At("save-desired")).ToBeDisabledAsync();
    }

    [Fact]
    public async Task A_direct_message_shows_its_status_and_time_and_keeps_its_fields()
    {
        var kit = await browser.CreateThingAsync("direct1");
        await using var visitor = await browser.OpenAsync("/console/direct?client=direct1");
        await visitor.At("direct-topic").FillAsync("direct1/command");
        await visitor.At("direct-payload").FillAsync("""{"on":true}""");
        await visitor.At("direct-send").ClickAsync();
        await visitor.ExpectTextAsync("direct-status", "404");

        await using var device = Device.Start(kit, browser.Hub, "direct1", "direct1/#");
        await visitor.ExpectTextAsync("direct-online", "connected");
        await visitor.At("direct-topic").FocusAsync();
        await visitor.Page.Keyboard.PressAsync("Control+Enter");
        await visitor.ExpectTextAsync("direct-status", "200");
        int.Parse(await visitor.At("direct-milliseconds").InnerTextAsync(), System.Globalization.CultureInfo.InvariantCulture).ShouldBeGreaterThanOrEqualTo(0);
        (await visitor.At("direct-topic").InputValueAsync()).ShouldBe("direct1/command");

        await visitor.At("direct-topic").FillAsync("elsewhere/command");
        await visitor.At("direct-send").ClickAsync();
        await visitor.ExpectTextAsync("direct-status", "403");
        await visitor.ExpectContainsAsync("direct-message", "direct1");
        await Visitor.ExpectCountAsync(visitor.At("direct-earlier"), 3);
        await visitor.At("direct-again").Nth(1).ClickAsync();
        await visitor.ExpectTextAsync("direct-status", "200");
        (await visitor.At("direct-topic").InputValueAsync()).ShouldBe("direct1/command");
    }

    [Fact]
    public async Task A_direct_message_that_nobody_acknowledges_ends_with_its_timeout()
    {
        await using var silent = await Fairlead.Shared.RawMqttClient.OpenAsync(browser.Hub.Mqtt);
        await silent.SendAsync(Fairlead.Shared.RawPackets.Connect(5, "silent1"));
        await silent.ReadAsync();
        await using var visitor = await browser.OpenAsync("/console/direct?client=silent1");
        await visitor.At("direct-topic").FillAsync("silent1/command");
        await visitor.At("direct-timeout").FillAsync("1");
        await visitor.At("direct-send").ClickAsync();
        await visitor.ExpectTextAsync("direct-status", "504");
    }

    private static async Task<(int Code, string Output)> RunAsync(string folder, string command)
    {
        using var process = Process.Start(new ProcessStartInfo("bash", ["-c", command]) { WorkingDirectory = folder, UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + errors);
    }
}
