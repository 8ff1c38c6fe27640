using Fairlead.Features.Api;
using Fairlead.Server.WebConsole;
using Fairlead.Unit.Client;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.WebConsole;

/// <summary>Who is signed in, by what, and for how long.</summary>
public sealed class SessionTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fairlead-sessions-");
    private readonly ManualTimeProvider _time = new();
    private readonly ConsoleSessions _sessions;

    public SessionTests() => _sessions = Open();

    private string PathOfFile => Path.Combine(_folder.FullName, "console-sessions.json");

    public void Dispose()
    {
        _sessions.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public void A_link_works_once()
    {
        var (token, _) = _sessions.MakeLink(HubRole.Operator);
        _sessions.UseLink(token).ShouldBe(HubRole.Operator);
        _sessions.UseLink(token).ShouldBeNull();
        _sessions.UseLink("anything").ShouldBeNull();
    }

    [Fact]
    public void A_link_works_for_fifteen_minutes()
    {
        var (token, expires) = _sessions.MakeLink(HubRole.Administrator);
        expires.ShouldBe(_time.GetUtcNow() + TimeSpan.FromMinutes(15));
        _time.Advance(TimeSpan.FromMinutes(15));
        _sessions.UseLink(token).ShouldBeNull();
    }

    [Fact]
    public void A_session_ends_after_twelve_hours_or_when_somebody_signs_out()
    {
        var secret = _sessions.Begin(new ConsoleUser("ann", HubRole.Viewer), isByLink: false);
        var session = _sessions.Find(secret).ShouldNotBeNull();
        session.User.ShouldBe(new ConsoleUser("ann", HubRole.Viewer));
        var other = _sessions.Begin(new ConsoleUser("bob", HubRole.Viewer), isByLink: false);
        _sessions.End(other);
        _sessions.Find(other).ShouldBeNull();
        _time.Advance(TimeSpan.FromHours(12));
        _sessions.Find(secret).ShouldBeNull();
        session.Ended.IsCancellationRequested.ShouldBeTrue();
    }

    [Fact]
    public void All_sessions_of_a_user_end_together_and_take_their_streams_along()
    {
        var one = _sessions.Find(_sessions.Begin(new ConsoleUser("ann", HubRole.Viewer), isByLink: false))!;
        var other = _sessions.Find(_sessions.Begin(new ConsoleUser("ann", HubRole.Viewer), isByLink: false))!;
        var bob = _sessions.Begin(new ConsoleUser("bob", HubRole.Viewer), isByLink: false);
        _sessions.EndAll("ann");
        one.Ended.IsCancellationRequested.ShouldBeTrue();
        other.Ended.IsCancellationRequested.ShouldBeTrue();
        _sessions.Find(bob).ShouldNotBeNull();
    }

    [Fact]
    public void Sessions_outlive_a_restart_and_their_file_holds_no_secret()
    {
        var secret = _sessions.Begin(new ConsoleUser("ann", HubRole.Operator), isByLink: false);
        File.ReadAllText(PathOfFile).ShouldNotContain(secret);
        if (!OperatingSystem.IsWindows()) File.GetUnixFileMode(PathOfFile).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        using var again = Open();
        again.Find(secret).ShouldNotBeNull().User.ShouldBe(new ConsoleUser("ann", HubRole.Operator));
    }

    [Fact]
    public void A_file_that_cannot_be_read_signs_everybody_out()
    {
        File.WriteAllText(PathOfFile, "nonsense");
        using var again = Open();
        again.Find("x").ShouldBeNull();
    }

    [Fact]
    public void After_five_wrong_passwords_a_name_waits_for_a_minute()
    {
        var guard = new LoginGuard(_time);
        for (int i = 0; i < 5; i++)
        {
            guard.MayTry("ann").ShouldBeTrue();
            guard.Note("ann", right: false);
        }

        guard.MayTry("ann").ShouldBeFalse();
        guard.MayTry("bob").ShouldBeTrue();
        _time.Advance(TimeSpan.FromMinutes(1));
        guard.MayTry("ann").ShouldBeTrue();
    }

    private ConsoleSessions Open() => new(new SessionFile(PathOfFile, NullLogger.Instance), _time);
}
