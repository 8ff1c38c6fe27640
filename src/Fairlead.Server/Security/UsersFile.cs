using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Fairlead.Server.Configuration;
using Fairlead.Server.Hosting;

namespace Fairlead.Server.Security;

/// <summary>A user as the file keeps it.</summary>
/// <param name="Name">User name.</param>
/// <param name="Password">Hash of the password.</param>
/// <param name="Admin">Whether the user may read <c>$SYS</c> and administer.</param>
public sealed record UserRecord(string Name, string Password, bool Admin = false)
{
    /// <summary>Role in the console: <c>viewer</c>, <c>operator</c> or <c>admin</c>; null for a user of MQTT.</summary>
    public string? Role { get; init; }
}

/// <summary>The users file: read by the hub, written by <c>fairlead user</c>.</summary>
public sealed class UsersFile
{
    private readonly SortedDictionary<string, UserRecord> _users = new(StringComparer.Ordinal);

    private UsersFile(string path) => Path = path;

    /// <summary>Where it is.</summary>
    public string Path { get; }

    /// <summary>Its users in order of name.</summary>
    public IReadOnlyCollection<UserRecord> Users => _users.Values;

    /// <summary>Where the users of a hub are kept.</summary>
    public static string PathOf(HubOptions options) =>
        options.Auth.UsersFile.Length > 0 ? System.IO.Path.GetFullPath(options.Auth.UsersFile) : System.IO.Path.Combine(options.Data, "users.json");

    /// <summary>Reads the users of a hub.</summary>
    /// <exception cref="HubStartException">The file cannot be read or is damaged.</exception>
    public static UsersFile Open(HubOptions options) => Read(PathOf(options));

    /// <summary>Reads the file; one that does not exist has no users.</summary>
    /// <exception cref="HubStartException">It cannot be read or is damaged.</exception>
    public static UsersFile Read(string path)
    {
        var file = new UsersFile(path);
        try
        {
            if (!File.Exists(path)) return file;
            using var stream = File.OpenRead(path);
            var document = JsonSerializer.Deserialize(stream, UsersJson.Default.UsersDocument);
            foreach (var user in document?.Users ?? []) file.Take(user);
            return file;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new HubStartException($"cannot read the users file {path}: {exception.Message}", exception);
        }
        catch (JsonException exception)
        {
            throw new HubStartException($"the users file {path} is not what 'fairlead user' writes: {exception.Message.ReplaceLineEndings(" ")}", exception);
        }
    }

    /// <summary>Finds a user.</summary>
    public UserRecord? Find(string name) => _users.GetValueOrDefault(name);

    /// <summary>Adds or replaces a user.</summary>
    public void Set(string name, string password, bool admin, string? role = null) =>
        _users[name] = new UserRecord(name, PasswordHash.Create(Encoding.UTF8.GetBytes(password)), admin) { Role = role };

    /// <summary>Removes a user; false when there was none.</summary>
    public bool Remove(string name) => _users.Remove(name);

    /// <summary>Writes the file for its owner alone.</summary>
    /// <exception cref="HubStartException">It cannot be written.</exception>
    public void Save()
    {
        if (System.IO.Path.GetDirectoryName(Path) is { Length: > 0 } directory) DataDirectory.Ensure(directory);
        try
        {
            DataDirectory.WriteSecret(
                Path, JsonSerializer.Serialize(new UsersDocument(1, [.. _users.Values]), UsersJson.Default.UsersDocument) + "\n");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new HubStartException($"cannot write the users file {Path}: {exception.Message}", exception);
        }
    }

    private void Take(UserRecord user)
    {
        if (string.IsNullOrEmpty(user.Name) || user.Password is null || !PasswordHash.IsValid(user.Password))
            throw new HubStartException($"the users file {Path} has a damaged entry for the user '{user.Name}': set it again with 'fairlead user passwd'");
        _users[user.Name] = user;
    }
}

/// <summary>Content of the users file.</summary>
internal sealed record UsersDocument(int Version, IReadOnlyList<UserRecord> Users);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(UsersDocument))]
internal sealed partial class UsersJson : JsonSerializerContext;
