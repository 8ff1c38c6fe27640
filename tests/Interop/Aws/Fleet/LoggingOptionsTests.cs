using System.Text.Json;

namespace Fairlead.Interop.Aws.Fleet;

/// <summary>The logging operations: stored, told again, refused where they make no sense.</summary>
public sealed class LoggingOptionsTests(AwsHub hub) : IClassFixture<AwsHub>
{
    /// <summary>One test, for the options are one for the hub and start unset.</summary>
    [Fact]
    public async Task Messaging_88_logging_options_and_levels_are_kept_and_told_again()
    {
        (await hub.Boto3.RefusedAsync("NotConfiguredException", 404, "GetV2LoggingOptions")).Typed.ShouldBe("NotConfiguredException");
        await hub.JavaScript.RefusedAsync("NotConfiguredException", 404, "ListV2LoggingLevels");
        await hub.Boto3.RefusedAsync("NotConfiguredException", 404, "SetV2LoggingLevel", new { logTarget = new { targetType = "CLIENT_ID", targetName = "a" }, logLevel = "DEBUG" });
        (await hub.Boto3.IotAsync("GetLoggingOptions")).TryGetProperty("logLevel", out _).ShouldBeFalse();

        await hub.Boto3.IotAsync("SetV2LoggingOptions", new { roleArn = "arn:aws:iam::123456789012:role/logs", defaultLogLevel = "WARN" });
        await hub.JavaScript.IotAsync("SetV2LoggingOptions", new
        {
            eventConfigurations = new object[] { new { eventType = "Publish-In", logLevel = "DEBUG", logDestination = "own-group" }, new { eventType = "Ping" } },
        });
        var options = await hub.JavaScript.IotAsync("GetV2LoggingOptions");
        options.GetProperty("roleArn").GetString().ShouldBe("arn:aws:iam::123456789012:role/logs");
        options.GetProperty("defaultLogLevel").GetString().ShouldBe("WARN");
        options.GetProperty("disableAllLogs").GetBoolean().ShouldBeFalse();
        options.GetProperty("eventConfigurations").EnumerateArray().Select(one => one.GetProperty("eventType").GetString()).ShouldBe(["Ping", "Publish-In"]);
        var all = await hub.JavaScript.IotAsync("GetV2LoggingOptions", new { verbose = true });
        LevelOf(all, "Publish-In").ShouldBe("DEBUG");
        LevelOf(all, "Connect").ShouldBe("WARN");
        LevelOf(all, "Connection.AuthNError").ShouldBe("DISABLED");

        await LevelsAsync();
        await OldOptionsAsync();
        await RefusalsAsync();
    }

    private static string? LevelOf(JsonElement options, string eventType) => options.GetProperty("eventConfigurations").EnumerateArray()
        .Single(one => one.GetProperty("eventType").GetString() == eventType).GetProperty("logLevel").GetString();

    private async Task LevelsAsync()
    {
        foreach (var (type, name) in new[] { ("CLIENT_ID", "a b"), ("THING_GROUP", "g"), ("SOURCE_IP", "10.0.0.1"), ("PRINCIPAL_ID", "p") })
            await hub.Boto3.IotAsync("SetV2LoggingLevel", new { logTarget = new { targetType = type, targetName = name }, logLevel = "DEBUG" });
        await hub.Boto3.IotAsync("SetV2LoggingLevel", new { logTarget = new { targetType = "DEFAULT" }, logLevel = "ERROR" });
        var levels = await hub.Boto3.PagesAsync("ListV2LoggingLevels", "logTargetConfigurations", 2);
        levels.Select(one => one.GetProperty("logTarget").GetProperty("targetType").GetString()).ShouldBe(["DEFAULT", "CLIENT_ID", "PRINCIPAL_ID", "SOURCE_IP", "THING_GROUP"]);
        levels[0].GetProperty("logLevel").GetString().ShouldBe("ERROR");
        levels[0].GetProperty("logTarget").TryGetProperty("targetName", out _).ShouldBeFalse();
        var one = await hub.JavaScript.IotAsync("ListV2LoggingLevels", new { targetType = "CLIENT_ID" });
        one.GetProperty("logTargetConfigurations").EnumerateArray().Single().GetProperty("logTarget").GetProperty("targetName").GetString().ShouldBe("a b");

        await hub.Boto3.IotAsync("DeleteV2LoggingLevel", new { targetType = "CLIENT_ID", targetName = "a b" });
        await hub.JavaScript.IotAsync("DeleteV2LoggingLevel", new { targetType = "CLIENT_ID", targetName = "never set" });
        (await hub.Boto3.PagesAsync("ListV2LoggingLevels", "logTargetConfigurations", 10)).Count.ShouldBe(4);
        await hub.Boto3.RefusedAsync("InvalidRequestException", 400, "DeleteV2LoggingLevel", new { targetType = "DEFAULT", targetName = "x" });
    }

    private async Task OldOptionsAsync()
    {
        await hub.Boto3.IotAsync("SetLoggingOptions", new { loggingOptionsPayload = new { roleArn = "arn:aws:iam::123456789012:role/old", logLevel = "INFO" } });
        foreach (var api in new[] { hub.Boto3, hub.JavaScript })
        {
            var old = await api.IotAsync("GetLoggingOptions");
            old.GetProperty("roleArn").GetString().ShouldBe("arn:aws:iam::123456789012:role/old");
            old.GetProperty("logLevel").GetString().ShouldBe("INFO");
        }
    }

    private async Task RefusalsAsync()
    {
        await hub.JavaScript.RefusedAsync("InvalidRequestException", 400, "SetV2LoggingOptions", new { defaultLogLevel = "LOUD" });
        await hub.JavaScript.RefusedAsync("InvalidRequestException", 400, "SetV2LoggingOptions", new { eventConfigurations = new[] { new { eventType = "Nothing" } } });
        await hub.JavaScript.RefusedAsync("InvalidRequestException", 400, "SetV2LoggingLevel", new { logTarget = new { targetType = "WHO" }, logLevel = "INFO" });
        await hub.JavaScript.RefusedAsync("InvalidRequestException", 400, "SetV2LoggingLevel", new { logTarget = new { targetType = "SOURCE_IP", targetName = "here" }, logLevel = "INFO" });
        await hub.JavaScript.RefusedAsync("InvalidRequestException", 400, "SetV2LoggingLevel", new { logTarget = new { targetType = "CLIENT_ID", targetName = "x" } });
        await hub.JavaScript.RefusedAsync("InvalidRequestException", 400, "ListV2LoggingLevels", new { nextToken = "%%%" });
        (await hub.Boto3.IotAsync("GetV2LoggingOptions")).GetProperty("defaultLogLevel").GetString().ShouldBe("INFO");
    }
}
