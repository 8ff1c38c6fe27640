using System.Text.Json;
using Fairlead.Server.Observability;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Server;

public sealed partial class LogTests
{
    [Fact]
    public void A_json_line_has_the_fields_by_name()
    {
        var line = Write(json: true, log => Closed(log, "lamp\"1\n", 7));
        line.ShouldEndWith("\n");
        line.Count(letter => letter == '\n').ShouldBe(1);
        using var document = JsonDocument.Parse(line);
        var root = document.RootElement;
        root.GetProperty("level").GetString().ShouldBe("warning");
        root.GetProperty("event").GetString().ShouldBe("link_closed");
        root.GetProperty("clientId").GetString().ShouldBe("lamp\"1\n");
        root.GetProperty("count").GetInt32().ShouldBe(7);
        root.GetProperty("msg").GetString().ShouldBe("lamp\"1\n closed 7 links");
        root.TryGetProperty("{OriginalFormat}", out _).ShouldBeFalse();
    }

    [Fact]
    public void A_client_id_cannot_forge_a_line_of_text()
    {
        var line = Write(json: false, log => Closed(log, "x\n2026-01-01 error forged\u001b[31m", 1));
        line.TrimEnd('\n').ShouldNotContain("\n");
        line.ShouldNotContain("\u001b");
    }

    [Fact]
    public void Levels_hold_and_the_framework_speaks_from_warning_on()
    {
        using var writer = new LogWriter(Stream.Null);
        using var factory = new HubLoggerFactory(writer, json: false, LogLevel.Information, TimeProvider.System);
        var ours = factory.CreateLogger("Fairlead.Test");
        var foreign = factory.CreateLogger("Microsoft.AspNetCore.Server.Kestrel");
        ours.IsEnabled(LogLevel.Information).ShouldBeTrue();
        ours.IsEnabled(LogLevel.Debug).ShouldBeFalse();
        foreign.IsEnabled(LogLevel.Information).ShouldBeFalse();
        foreign.IsEnabled(LogLevel.Warning).ShouldBeTrue();
        factory.Level = LogLevel.Debug;
        ours.IsEnabled(LogLevel.Debug).ShouldBeTrue();
        factory.Level = LogLevel.None;
        ours.IsEnabled(LogLevel.Critical).ShouldBeFalse();
        ours.BeginScope("scope").ShouldBeNull();
    }

    [Fact]
    public void A_log_that_nobody_takes_is_counted_and_never_waits()
    {
        using var writer = new LogWriter(Stream.Null);
        for (var i = 0; i < 10_000; i++) writer.Write([(byte)'\n']);
        writer.Dropped.ShouldBeGreaterThan(0);
    }

    private static string Write(bool json, Action<ILogger> write)
    {
        using var output = new MemoryStream();
        using (var writer = new LogWriter(output))
        {
            using var factory = new HubLoggerFactory(writer, json, LogLevel.Information, TimeProvider.System);
            write(factory.CreateLogger("Fairlead.Test"));
            writer.Start();
        }

        return System.Text.Encoding.UTF8.GetString(output.ToArray());
    }

    [LoggerMessage(99_001, LogLevel.Warning, "{ClientId} closed {Count} links", EventName = "LinkClosed")]
    private static partial void Closed(ILogger log, string clientId, int count);
}
