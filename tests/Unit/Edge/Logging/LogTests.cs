using System.IO.Compression;
using System.Text;
using Fairlead.Edge.Configuration;
using Fairlead.Edge.Logging;
using Fairlead.Unit.Client;
using Fairlead.Unit.Server;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Edge.Logging;

/// <summary>The connector's log: its lines, its files.</summary>
public sealed class LogTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();
    private readonly ManualTimeProvider _time = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Edge_58_a_line_has_Kantos_form_and_names_its_link()
    {
        var at = new DateTimeOffset(2026, 11, 20, 20, 48, 49, TimeSpan.Zero).AddTicks(5_295_120);
        LogLine.ToText(at, LogLevel.Information, "hub", "connected").ShouldBe("2026/11/20 20:48:49.529512  [fairlead-edge]  INFO   connected link=hub");
        LogLine.ToJson(at, LogLevel.Warning, "local", 8005, "a \"b\"").ShouldBe(
            """{"time":"2026-11-20T20:48:49.529512+00:00","level":"WARN","link":"local","event":8005,"text":"a \"b\""}""");
    }

    [Fact]
    public void Edge_58_the_file_rotates_by_size_and_keeps_a_number()
    {
        var options = new LogOptions { File = Path.Combine(_folder.Path, "logs", "edge.log"), MaximumBytes = 10, MaximumFiles = 2 };
        using (var file = new RotatingFile(options, _time))
        {
            for (int i = 0; i < 5; i++)
            {
                file.Write(Encoding.UTF8.GetBytes($"line {i} long\n"));
                _time.Advance(TimeSpan.FromSeconds(1));
            }
        }

        File.ReadAllText(options.File).ShouldBe("line 4 long\n");
        string[] rotated = [.. Directory.GetFiles(Path.Combine(_folder.Path, "logs"), "edge-*.log.gz").Order(StringComparer.Ordinal)];
        rotated.Length.ShouldBe(2);
        using var reader = new StreamReader(new GZipStream(File.OpenRead(rotated[1]), CompressionMode.Decompress));
        reader.ReadToEnd().ShouldBe("line 3 long\n");
    }

    [Fact]
    public void Edge_58_rotated_files_go_at_an_age()
    {
        var options = new LogOptions { File = Path.Combine(_folder.Path, "edge.log"), MaximumBytes = 1000, MaximumFiles = 9, MaximumAge = TimeSpan.FromDays(28) };
        string old = _folder.Write("edge-2029-01-01T00-00-00.000.log.gz", "x");
        File.SetLastWriteTimeUtc(old, _time.GetUtcNow().UtcDateTime.AddDays(-29));
        string young = _folder.Write("edge-2029-12-31T00-00-00.000.log.gz", "x");
        File.SetLastWriteTimeUtc(young, _time.GetUtcNow().UtcDateTime.AddDays(-1));
        new RotatingFile(options, _time).Dispose();
        File.Exists(old).ShouldBeFalse();
        File.Exists(young).ShouldBeTrue();
    }

    [Fact]
    public void A_failure_that_repeats_is_told_once_and_then_every_ten_minutes()
    {
        var gate = new RepeatGate(_time);
        gate.Opens("down", out _).ShouldBeTrue();
        gate.Opens("down", out _).ShouldBeFalse();
        gate.Opens("other", out _).ShouldBeTrue();
        gate.Opens("other", out _).ShouldBeFalse();
        _time.Advance(TimeSpan.FromMinutes(10));
        gate.Opens("other", out int repeats).ShouldBeTrue();
        repeats.ShouldBe(2);
        gate.Reset();
        gate.Opens("other", out _).ShouldBeTrue();
    }
}
