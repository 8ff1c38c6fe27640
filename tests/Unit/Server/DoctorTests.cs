using Fairlead.Server.Configuration;
using Fairlead.Server.Diagnosis;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Server;

/// <summary>What the doctor thinks of what a test cannot break on a machine that others use.</summary>
public sealed class DoctorTests
{
    private const long Mebibyte = 1024 * 1024;

    [Theory]
    [InlineData(10, 1, Severity.Fail)]
    [InlineData(100, 1, Severity.Warn)]
    [InlineData(1_000, 2_000, Severity.Warn)]
    [InlineData(10_000, 2_000, Severity.Ok)]
    public void Room_is_measured_by_what_a_backup_needs(long free, long used, Severity expected) =>
        DataChecks.Room("/data", free * Mebibyte, used * Mebibyte).Severity.ShouldBe(expected);

    [Theory]
    [InlineData(256, 1_000_000, Severity.Fail)]
    [InlineData(4_096, 1_000_000, Severity.Warn)]
    [InlineData(4_096, 1_000, Severity.Ok)]
    [InlineData(1_048_576, 1_000_000, Severity.Ok)]
    public void File_descriptors_are_measured_by_the_connections(long limit, long connections, Severity expected) =>
        SystemChecks.Descriptors(limit, connections).Severity.ShouldBe(expected);

    [Fact]
    public void The_hard_limit_is_read()
    {
        SystemChecks.HardLimit(["Limit  Soft Limit  Hard Limit  Units", "Max open files            1024                 524288               files     "]).ShouldBe(524_288);
        SystemChecks.HardLimit(["Max open files            1024                 unlimited            files     "]).ShouldBeNull();
    }

    [Fact]
    public void A_clock_before_any_certificate_fails_and_a_configuration_that_cannot_be_read_too()
    {
        var findings = HubDoctor.ExamineWithout("Broker:Foo is unknown", TimeProvider.System);
        findings[0].ShouldBe(new Finding("configuration", Severity.Fail, "Broker:Foo is unknown", findings[0].Cure));
        SystemChecks.Run(new HubOptions(), new EarlyTime()).ShouldContain(static one => one.Severity == Severity.Fail && one.Text.Contains("1970"));
    }

    private sealed class EarlyTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch;
    }
}
