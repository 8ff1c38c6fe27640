namespace Fairlead.Interop.Aws.Notifications;

/// <summary>What a Publish promised comes after the death of the hub too.</summary>
public sealed class CrashTests
{
    private const int Messages = 25;

    [Fact]
    public async Task Every_published_mail_comes_although_the_hub_was_killed_and_the_mail_server_was_down()
    {
        await using var hub = new NotificationHub { Arguments = ["--set", "Smtp:Tries=10"] };
        await hub.InitializeAsync();
        var topic = (await NotificationHub.CallAsync(hub.Aws.Boto3, "CreateTopic", new { Name = "crash" })).GetProperty("TopicArn").GetString()!;
        await NotificationHub.CallAsync(hub.Aws.Boto3, "Subscribe", new { TopicArn = topic, Protocol = "email", Endpoint = "ops@example.org" });
        var asked = await hub.Smtp.NextAsync();
        using (var pressed = await hub.Browser.PostAsync(asked.Link, null, TestContext.Current.CancellationToken)) pressed.IsSuccessStatusCode.ShouldBeTrue();

        var port = hub.Smtp.Port;
        await hub.Smtp.DisposeAsync();
        for (var i = 0; i < Messages; i++) await NotificationHub.CallAsync(hub.Aws.Boto3, "Publish", new { TopicArn = topic, Message = $"message {i:d2}" });
        await hub.Aws.Hub.KillAsync();

        await using var again = await SmtpServer.StartAsync("--port", $"{port}");
        await hub.Aws.Hub.RestartAsync();
        var missing = Enumerable.Range(0, Messages).Select(static i => $"message {i:d2}").ToHashSet(StringComparer.Ordinal);
        // At least once: a repetition would do no harm.
        while (missing.Count > 0) missing.Remove((await again.NextAsync()).Text.ReplaceLineEndings("\n").Split('\n')[0]);
        (await NotificationHub.CallAsync(hub.Aws.Boto3, "ListTopics")).GetProperty("Topics").EnumerateArray().Select(static one => one.GetProperty("TopicArn").GetString()).ShouldBe([topic]);
    }
}
