using System.Globalization;
using System.Text.Json;

namespace Fairlead.Interop.Tools;

/// <summary>thing import: many things with their kits in one command, which can be run again.</summary>
public sealed class ImportTests(CliHub hub) : IClassFixture<CliHub>
{
    [Fact]
    public async Task A_CSV_file_becomes_things_with_kits_that_connect()
    {
        var lines = new List<string> { "thing,room,policies" };
        for (int i = 0; i < 60; i++)
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"csv-{i:000},hall-{i},"));
        await WriteAsync("fleet.csv", lines);
        var first = await hub.Cli.RunAsync("thing", "import", "fleet.csv", "--out", "kits", "--batch", "16");
        first.ShouldBeDone();
        first.Errors.ShouldContain("60 of 60 things in ");
        first.Errors.ShouldContain(": 60 created\n");
        Directory.GetDirectories(hub.InHome("kits")).Length.ShouldBe(60);
        (await hub.Cli.RunAsync("thing", "get", "csv-059")).Output.ShouldContain("attributes.room: hall-59\n");
        (await hub.Cli.RunAsync("pub", "--as", hub.InHome("kits", "csv-007"), "-t", "csv-007/temp", "-m", "1", "-q", "1")).ShouldBeDone();
        (await hub.Cli.RunAsync("pub", "--as", hub.InHome("kits", "csv-007"), "-t", "csv-008/temp", "-m", "1", "-q", "1")).ExitCode.ShouldBe(3);

        // Interrupted: an answer got lost (no certificate), a key was never made, and a row is new.
        File.Delete(hub.InHome("kits", "csv-001", "csv-001.cert.pem"));
        lines.Add("csv-060,attic,");
        await WriteAsync("fleet.csv", lines);
        var second = await hub.Cli.RunAsync("thing", "import", "fleet.csv", "--out", "kits");
        second.ShouldBeDone();
        second.Errors.ShouldContain(": 1 created, 1 exist already, 59 complete before\n");
        (await hub.Cli.RunAsync("pub", "--as", hub.InHome("kits", "csv-001"), "-t", "csv-001/temp", "-m", "1", "-q", "1")).ShouldBeDone();
        (await hub.Cli.RunAsync("pub", "--as", hub.InHome("kits", "csv-060"), "-t", "csv-060/temp", "-m", "1", "-q", "1")).ShouldBeDone();
    }

    [Fact]
    public async Task Rows_that_fail_are_told_and_the_others_are_made()
    {
        await WriteAsync("mixed.ndjson", ["{\"thing\":\"mixed-1\",\"attributes\":{\"a\":\"1\"}}", "{\"thing\":\"mixed-2\",\"type\":\"no-such-type\"}", "{\"thing\":\"mixed-3\"}"]);
        var outcome = await hub.Cli.RunAsync("thing", "import", "mixed.ndjson");
        outcome.ExitCode.ShouldBe(1);
        outcome.Errors.ShouldContain(": 2 created, 1 failed\n  mixed-2: ");
        var json = await hub.Cli.RunAsync("thing", "import", "mixed.ndjson", "--json");
        json.ExitCode.ShouldBe(1);
        json.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => JsonDocument.Parse(line).RootElement)
            .ToDictionary(static one => one.GetProperty("thing").GetString()!, static one => one.GetProperty("result").GetString())
            .ShouldBe(new Dictionary<string, string?> { ["mixed-1"] = "exists", ["mixed-2"] = "failed", ["mixed-3"] = "exists" }, ignoreOrder: true);
    }

    [Theory]
    [InlineData("bad.csv", "no column of its header (a, b) is called thing or name", "a,b", "1,2")]
    [InlineData("bad.csv", "line 3 names no thing", "thing,b", "x,2", ",3")]
    [InlineData("bad.csv", "line 2: ../x is not a name for a thing", "thing", "../x")]
    [InlineData("bad.csv", "line 2 has 3 cells, the header 2", "thing,room", "x,a,b")]
    [InlineData("bad.csv", "the thing x is in it twice", "thing", "x", "x")]
    [InlineData("bad.ndjson", "line 2 is not a JSON object", "{\"thing\":\"x\"}", "[]")]
    public async Task What_is_wrong_in_a_file_is_told_before_anything_is_made(string file, string why, params string[] lines)
    {
        await WriteAsync(file, lines);
        var outcome = await hub.Cli.RunAsync("thing", "import", file);
        outcome.ExitCode.ShouldBe(2);
        outcome.Errors.ShouldContain($"  why: {why}\n");
        (await hub.Cli.RunAsync("thing", "get", "x")).ExitCode.ShouldBe(4);
    }

    private Task WriteAsync(string name, IEnumerable<string> lines) => File.WriteAllLinesAsync(hub.InHome(name), lines, TestContext.Current.CancellationToken);
}
