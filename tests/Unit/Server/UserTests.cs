using System.Text;
using Fairlead.Broker.Connections;
using Fairlead.Broker.Security;
using Fairlead.Features;
using Fairlead.Protocols.Mqtt;
using Fairlead.Protocols.Mqtt.Packets;
using Fairlead.Server.Configuration;
using Fairlead.Server.Hosting;
using Fairlead.Server.Security;
using Fairlead.Unit.Broker;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Server;

public sealed class UserTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly HubOptions _options;

    public UserTests() => _options = new HubOptions { Data = _directory.Path };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Hashes_verify_and_differ_each_time()
    {
        var first = PasswordHash.Create("open"u8, iterations: 10);
        PasswordHash.Create("open"u8, iterations: 10).ShouldNotBe(first);
        PasswordHash.Verify(first, "open"u8).ShouldBeTrue();
        PasswordHash.Verify(first, "Open"u8).ShouldBeFalse();
        PasswordHash.Verify(PasswordHash.Nobody, ""u8).ShouldBeFalse();
        foreach (var damaged in (string[])["", "plain", "pbkdf2-sha256$0$AA==$AA==", "pbkdf2-sha256$10$!$!", "md5$10$AA==$AA=="])
        {
            PasswordHash.IsValid(damaged).ShouldBeFalse(damaged);
            PasswordHash.Verify(damaged, ""u8).ShouldBeFalse(damaged);
        }
    }

    [Fact]
    public void The_file_keeps_users_for_its_owner_alone()
    {
        Write(("alice", "secret", true), ("bob", "other", false));
        var file = UsersFile.Open(_options);
        file.Users.Select(user => (user.Name, user.Admin)).ShouldBe([("alice", true), ("bob", false)]);
        File.ReadAllText(file.Path).ShouldNotContain("secret");
        if (!OperatingSystem.IsWindows()) File.GetUnixFileMode(file.Path).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("""{ "version": 1, "users": [ { "name": "alice", "password": "plain" } ] }""")]
    [InlineData("""{ "version": 1, "users": [ { "name": "" } ] }""")]
    [InlineData("""{ "version": 1, "user": [] }""")]
    public void A_damaged_file_stops_the_start_by_name(string content)
    {
        var path = _directory.Write("users.json", content);
        Should.Throw<HubStartException>(() => UsersFile.Open(_options)).Message.ShouldContain(path);
    }

    [Fact]
    public async Task A_password_lets_in_and_a_wrong_one_does_not()
    {
        Write(("alice", "secret", true), ("bob", "other", false));
        var alice = await Authenticate("alice", "secret");
        alice.Principal.ShouldNotBeNull().ToString().ShouldBe("user alice");
        alice.Principal.IsAdministrator.ShouldBeTrue();
        (await Authenticate("bob", "other")).Principal!.IsAdministrator.ShouldBeFalse();
        (await Authenticate("bob", "secret")).ReasonCode.ShouldBe(ReasonCode.BadUserNameOrPassword);
        (await Authenticate("carol", "secret")).ReasonCode.ShouldBe(ReasonCode.BadUserNameOrPassword);
        (await Authenticate("bob", null)).ReasonCode.ShouldBe(ReasonCode.BadUserNameOrPassword);
        (await Authenticate(null, null)).ReasonCode.ShouldBe(ReasonCode.NotAuthorized);
    }

    [Fact]
    public async Task The_ways_of_the_features_come_before_a_user_name()
    {
        Write(("alice", "secret", false));
        var result = await Authenticate("?SDK=Python", null, way: new CertificateWay());
        result.Principal!.ToString().ShouldBe("certificate abc");
        (await Authenticate("alice", "secret")).Principal!.ToString().ShouldBe("user alice");
    }

    [Fact]
    public async Task Anonymous_clients_get_in_only_where_they_may()
    {
        _options.Auth.AllowAnonymous = true;
        (await Authenticate(null, null)).Principal.ShouldBe(Principal.Anonymous);
        (await Authenticate("label", null)).Principal.ShouldBe(Principal.Anonymous);

        _options.DevMode = true;
        (await Authenticate(null, null)).Principal.ShouldBeNull();
        (await Authenticate(null, null, loopback: true)).Principal!.IsAdministrator.ShouldBeTrue();

        Write(("alice", "secret", false));
        (await Authenticate("alice", "wrong", loopback: true)).ReasonCode.ShouldBe(ReasonCode.BadUserNameOrPassword);
    }

    [Theory]
    [InlineData("alice?SDK=IoTDeviceSDK/JS&Platform=Unix", "secret", ReasonCode.Success)]
    [InlineData("alice?SDK=IoTDeviceSDK/JS&Platform=Unix", "wrong", ReasonCode.BadUserNameOrPassword)]
    [InlineData("bob?x", "mark", ReasonCode.Success)]
    [InlineData("bob", "mark", ReasonCode.BadUserNameOrPassword)]
    [InlineData("?SDK=IoTDeviceSDK/JS", null, ReasonCode.NotAuthorized)]
    public async Task What_AWS_SDKs_append_to_the_user_name_is_no_part_of_it(string name, string? password, ReasonCode expected)
    {
        Write(("alice", "secret", false), ("bob?x", "mark", false));
        (await Authenticate(name, password)).ReasonCode.ShouldBe(expected);
    }

    [Theory]
    [InlineData("me?x-amz-customauthorizer-name=nobody", "CUSTOM_AUTHORIZER_NOT_FOUND")]
    [InlineData("me?SDK=x", null)]
    public async Task Messaging_09_a_name_that_no_authorizer_has_is_told_apart_in_the_log(string name, string? word)
    {
        Write(("alice", "secret", false));
        var answer = await Authenticate(name, "x");
        answer.ReasonCode.ShouldBe(ReasonCode.BadUserNameOrPassword);
        answer.Failure?.Word.ShouldBe(word);
    }

    [Fact]
    public async Task A_changed_file_counts_after_a_reload_and_a_broken_one_does_not()
    {
        Write(("alice", "secret", false));
        using var store = UserStore.Open(_options, NullLogger.Instance);
        (await store.CheckAsync("alice", "secret"u8.ToArray(), Cancellation)).ShouldBe(PasswordCheck.Right);
        Write(("alice", "changed", false));
        store.Reload();
        (await store.CheckAsync("alice", "secret"u8.ToArray(), Cancellation)).ShouldBe(PasswordCheck.Wrong);
        (await store.CheckAsync("alice", "changed"u8.ToArray(), Cancellation)).ShouldBe(PasswordCheck.Right);
        _directory.Write("users.json", "broken");
        store.Reload();
        (await store.CheckAsync("alice", "changed"u8.ToArray(), Cancellation)).ShouldBe(PasswordCheck.Right);
    }

    [Fact]
    public void What_was_verified_is_remembered_within_a_bound()
    {
        var verified = new VerifiedPasswords(capacity: 8);
        var keys = Enumerable.Range(0, 100).Select(i => verified.KeyOf($"user{i}", "hash", "p"u8)).ToArray();
        foreach (var key in keys) verified.Add(key, right: true);
        keys.Count(key => verified.Find(key) is true).ShouldBeInRange(1, 4);
        verified.Find(keys[^1]).ShouldBe(true);

        // Guesses do not push out those who know their password.
        for (var i = 0; i < 100; i++) verified.Add(verified.KeyOf("user", "hash", Encoding.UTF8.GetBytes($"guess{i}")), right: false);
        verified.Find(keys[^1]).ShouldBe(true);
        verified.KeyOf("ab", "c", "d"u8).ShouldNotBe(verified.KeyOf("a", "bc", "d"u8));
        new VerifiedPasswords(8).KeyOf("a", "b", "c"u8).ShouldNotBe(verified.KeyOf("a", "b", "c"u8));
    }

    [Theory]
    [InlineData(AccessAction.Subscribe, "$SYS/#", false)]
    [InlineData(AccessAction.Subscribe, "$share/g/$SYS/broker/version", false)]
    [InlineData(AccessAction.Subscribe, "$SYSTEM/#", true)]
    [InlineData(AccessAction.Subscribe, "#", true)]
    [InlineData(AccessAction.Publish, "$SYS/broker/version", false)]
    [InlineData(AccessAction.Publish, "a/$SYS", true)]
    [InlineData(AccessAction.Connect, "$SYS", true)]
    public void System_topics_are_for_administrators(AccessAction action, string resource, bool allowed)
    {
        var authorizer = new HubAuthorizer(new OpenAuthorizer());
        var bytes = Encoding.UTF8.GetBytes(resource);
        authorizer.Authorize(new AccessRequest(AccessSubject.Nobody, action, bytes)).Allowed.ShouldBe(allowed);
        var administrator = new Principal("user", "root") { IsAdministrator = true };
        authorizer.Authorize(new AccessRequest(new AccessSubject(administrator, "c", AccessSubject.Nobody.Transport), action, bytes)).Allowed.ShouldBe(allowed || action == AccessAction.Subscribe);
    }

    private void Write(params (string Name, string Password, bool Admin)[] users)
    {
        // Few iterations: these tests are about who gets in, not about how long it takes.
        var entries = users.Select(user =>
            $$"""{ "name": "{{user.Name}}", "password": "{{PasswordHash.Create(Encoding.UTF8.GetBytes(user.Password), iterations: 10)}}", "admin": {{(user.Admin ? "true" : "false")}} }""");
        _directory.Write("users.json", $$"""{ "version": 1, "users": [ {{string.Join(", ", entries)}} ] }""");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(Path.Combine(_directory.Path, "users.json"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private async Task<AuthenticationResult> Authenticate(string? user, string? password, IConnectAuthenticator? way = null, bool loopback = false)
    {
        using var store = UserStore.Open(_options, NullLogger.Instance);
        return await new HubAuthenticator(_options, store, way is null ? [] : [way]).AuthenticateAsync(
            new ConnectPacket { ClientId = "c", UserName = user, Password = password is null ? null : Encoding.UTF8.GetBytes(password) },
            new TransportInfo { Listener = "l", Protocol = "mqtt", Abort = _ => { }, IsLoopback = loopback },
            Cancellation);
    }

    private sealed class CertificateWay : IConnectAuthenticator
    {
        public ValueTask<AuthenticationResult?> TryAuthenticateAsync(ConnectPacket connect, TransportInfo transport, CancellationToken cancellationToken) =>
            new(AuthenticationResult.Accept(new Principal("certificate", "abc")));
    }
}
