using Fairlead.Features.Api;
using Fairlead.Features.Console;
using Fairlead.Server.Configuration;
using Fairlead.Server.Security;
using Fairlead.Server.Tls;

namespace Fairlead.Server.WebConsole;

/// <summary>Answers what only the program knows: its configuration, listeners, certificates, and who may sign in.</summary>
internal sealed class ConsoleHost(
    HubOptions options, ServerCertificates? certificates, UserStore users, ConsoleSessions sessions, MetricRing ring, Func<IReadOnlyList<ListenUrl>> listening, DateTimeOffset started)
    : IConsoleHost
{
    private readonly Lock _usersLock = new();

    /// <inheritdoc/>
    public ConsoleSettingsDocument Settings() => new(
        typeof(ConsoleHost).Assembly.GetName().Version?.ToString(3) ?? "", options.DevMode, options.Data, started.ToUnixTimeMilliseconds(),
        [.. listening().Select(static url => new ListenerDocument(url.ToString(), url.Kind.ToString().ToLowerInvariant(), url.IsPlaintext, url.IsLoopback))],
        certificates is null
            ? []
            :
            [
                new ServerCertificateDocument(certificates.Subject, certificates.Expires.ToUnixTimeMilliseconds()),
                new ServerCertificateDocument(certificates.AuthoritySubject, certificates.AuthorityExpires.ToUnixTimeMilliseconds()),
            ],
        [.. users.Users.Select(user => new UserDocument(user.Name, user.Role, user == users.FixedUser))],
        [.. options.Effective.Select(static one => new SettingDocument(one.Setting.Key, one.Values, one.Origin, one.Setting.Description))]);

    /// <inheritdoc/>
    public MetricHistoryDocument Metrics(int seconds) => ring.Read(seconds);

    /// <inheritdoc/>
    public LinkDocument MakeLink(HubRole role)
    {
        var (token, expires) = sessions.MakeLink(role);
        return new LinkDocument($"/start?t={token}", expires.ToUnixTimeMilliseconds());
    }

    /// <inheritdoc/>
    public void SetUser(string name, string password, HubRole role)
    {
        RefuseFixed(name);
        lock (_usersLock)
        {
            var file = UsersFile.Read(PathOf(options));
            file.Set(name, password, admin: false, RoleRights.NameOf(role));
            file.Save();
        }

        users.Reload();
        sessions.EndAll(name);
    }

    /// <inheritdoc/>
    public bool RemoveUser(string name)
    {
        RefuseFixed(name);
        lock (_usersLock)
        {
            var file = UsersFile.Read(PathOf(options));
            if (!file.Remove(name)) return false;
            file.Save();
        }

        users.Reload();
        sessions.EndAll(name);
        return true;
    }

    private void RefuseFixed(string name)
    {
        if (users.FixedUser?.Name == name)
            throw ApiException.InvalidRequest($"the password of {name} is given by the configuration (Admin:Password, FAIRLEAD_ADMIN_PASSWORD): change it there and start the hub again");
    }

    /// <summary>
    /// Where users of the console are kept. Not with those of MQTT: their password would let a viewer connect as a client, which may do
    /// everything.
    /// </summary>
    public static string PathOf(HubOptions options) => Path.Combine(options.Data, "console-users.json");
}
