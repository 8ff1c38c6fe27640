using Fairlead.Shared;
using Microsoft.Playwright;

namespace Fairlead.Interop.WebConsole;

/// <summary>The page Settings: the backup.</summary>
public sealed class SettingsTests(Browser browser) : IClassFixture<Browser>
{
    [Fact]
    public async Task A_backup_downloaded_and_restored_on_an_empty_hub_gives_the_same_things()
    {
        foreach (string name in (string[])["kept1", "kept2", "kept3"]) await browser.CallAsync(HttpMethod.Post, $"/things/{name}", "{}");
        await using var visitor = await browser.OpenAsync("/console/settings");
        (await visitor.At("restore-command").TextContentAsync()).ShouldBe($"fairlead hub restore FILE --data {browser.Hub.DataDirectory} --yes");
        var folder = Directory.CreateTempSubdirectory("fairlead-backup-");
        try
        {
            string file = Path.Combine(folder.FullName, "hub.tar.gz");
            var download = await visitor.Page.RunAndWaitForDownloadAsync(() => visitor.At("backup").ClickAsync());
            download.SuggestedFilename.ShouldMatch(@"^fairlead-\d{8}T\d{6}Z\.tar\.gz$");
            await download.SaveAsAsync(file);
            string data = Path.Combine(folder.FullName, "data");
            var restored = await HubProcess.RunAsync(["hub", "restore", file, "--data", data]);
            restored.ExitCode.ShouldBe(0, restored.Errors);

            await using var second = await HubProcess.StartAsync(new HubSettings { Listen = ["mqtt://127.0.0.1:0", "mqtts://127.0.0.1:0", "http://127.0.0.1:0"], DataDirectory = data });
            string[] before = await ThingsAsync(visitor);
            await using var other = await browser.OpenAsync("/console/things", hub: second);
            (await ThingsAsync(other)).ShouldBe(before);
            before.ShouldContain("kept2");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Who_is_not_an_administrator_neither_sees_nor_gets_a_backup()
    {
        await using var visitor = await browser.OpenAsync("/console/settings", "operator");
        await visitor.At("restore-command").WaitForAsync();
        (await visitor.At("backup").CountAsync()).ShouldBe(0);
        (await visitor.Page.EvaluateAsync<int>("fetch('/v1/backup').then(answer => answer.status)")).ShouldBe(403);
    }

    private static async Task<string[]> ThingsAsync(Visitor visitor)
    {
        await visitor.Page.GotoAsync("/console/things");
        await visitor.At("thing-row").First.WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Visible });
        return [.. (await visitor.At("thing-row").Locator("th a").AllTextContentsAsync()).Order(StringComparer.Ordinal)];
    }
}
