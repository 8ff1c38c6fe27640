using System.Text;
using Fairlead.Features.Api;
using Fairlead.Server.Configuration;
using Fairlead.Server.Hosting;
using Fairlead.Server.Observability;
using Microsoft.Extensions.Logging;

namespace Fairlead.Server.Security;

/// <summary>Outcome of a password check.</summary>
internal enum PasswordCheck
{
    /// <summary>Wrong, or no such user.</summary>
    Wrong,

    /// <summary>Right.</summary>
    Right,

    /// <summary>Too many checks wait already.</summary>
    Busy,
}

/// <summary>The users in force, and the checking of their passwords.</summary>
internal sealed class UserStore : IDisposable
{
    private const int MostWaiting = 10_000;

    /// <summary>Name of the user whose password the configuration can give.</summary>
    public const string Administrator = "admin";

    private readonly string _path;
    private readonly ILogger _log;
    private readonly VerifiedPasswords _verified;

    // A derivation takes a tenth of a second of a processor: half of them stay free for messages.
    private readonly SemaphoreSlim _derivations = new(Math.Max(1, Environment.ProcessorCount / 2));
    private volatile UsersFile _file;
    private int _waiting;

    private UserStore(string path, int cacheSize, ILogger log, UserRecord? fixedUser = null)
    {
        FixedUser = fixedUser;
        _path = path;
        _log = log;
        _verified = new VerifiedPasswords(cacheSize);
        _file = UsersFile.Read(path);
        if (_file.Users.Count > 0) log.UsersRead(path, _file.Users.Count);
    }

    /// <summary>Files whose change asks for <see cref="Reload"/>.</summary>
    public IEnumerable<string> Files => [_path];

    /// <summary>Whether there is any user.</summary>
    public bool HasUsers => FixedUser is not null || _file.Users.Count > 0;

    /// <summary>The user that the configuration gives, who wins over one of the same name in the file; null for none.</summary>
    public UserRecord? FixedUser { get; }

    /// <summary>The users in force, in order of name.</summary>
    public IEnumerable<UserRecord> Users => FixedUser is null
        ? _file.Users
        : _file.Users.Where(user => user.Name != FixedUser.Name).Append(FixedUser).OrderBy(static user => user.Name, StringComparer.Ordinal);

    /// <summary>Opens the users of a hub.</summary>
    /// <exception cref="HubStartException">The file is unreadable, or was named and does not exist.</exception>
    public static UserStore Open(HubOptions options, ILogger log)
    {
        var path = UsersFile.PathOf(options);
        if (options.Auth.UsersFile.Length > 0 && !File.Exists(path))
            throw new HubStartException($"the users file {path} does not exist: make it with 'fairlead user add NAME --users-file {path}'");
        return new UserStore(path, options.Auth.PasswordCacheSize, log);
    }

    /// <summary>Opens the users of the console.</summary>
    /// <exception cref="HubStartException">The file is unreadable.</exception>
    public static UserStore OpenConsole(HubOptions options, ILogger log)
    {
        var path = WebConsole.ConsoleHost.PathOf(options);
        if (options.AdminPassword.Length == 0) return new UserStore(path, options.Auth.PasswordCacheSize, log);
        var user = new UserRecord(Administrator, PasswordHash.Create(Encoding.UTF8.GetBytes(options.AdminPassword))) { Role = RoleRights.NameOf(HubRole.Administrator) };
        var store = new UserStore(path, options.Auth.PasswordCacheSize, log, user);
        if (store._file.Find(Administrator) is null) log.PasswordGiven(Administrator);
        else log.PasswordOverridden(Administrator, path);
        return store;
    }

    /// <summary>Finds a user.</summary>
    public UserRecord? Find(string name) => FixedUser is { } user && user.Name == name ? user : _file.Find(name);

    /// <summary>Reads the file again; what cannot be read leaves the former in force.</summary>
    public void Reload()
    {
        try
        {
            _file = UsersFile.Read(_path);
            _log.UsersRead(_path, _file.Users.Count);
        }
        catch (HubStartException exception)
        {
            _log.UsersNotRead(exception.Message);
        }
    }

    /// <summary>Checks a password. What was checked before is answered at once; otherwise the caller waits, but no I/O thread does.</summary>
    public ValueTask<PasswordCheck> CheckAsync(string name, byte[] password, CancellationToken cancellationToken)
    {
        // A user that does not exist takes the same way, and so the same time.
        var hash = Find(name)?.Password ?? PasswordHash.Nobody;
        var key = _verified.KeyOf(name, hash, password);
        return _verified.Find(key) is { } known
            ? new(known ? PasswordCheck.Right : PasswordCheck.Wrong)
            : new(DeriveAsync(key, hash, password, cancellationToken));
    }

    /// <inheritdoc/>
    public void Dispose() => _derivations.Dispose();

    private async Task<PasswordCheck> DeriveAsync(string key, string hash, byte[] password, CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _waiting) > MostWaiting)
        {
            Interlocked.Decrement(ref _waiting);
            return PasswordCheck.Busy;
        }

        try
        {
            await _derivations.WaitAsync(cancellationToken);
            try
            {
                // The same device may have been answered while this attempt waited.
                var right = _verified.Find(key) ?? await Task.Run(() => PasswordHash.Verify(hash, password), cancellationToken);
                _verified.Add(key, right);
                return right ? PasswordCheck.Right : PasswordCheck.Wrong;
            }
            finally
            {
                _derivations.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }
}
