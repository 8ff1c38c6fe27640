using System.Text.Json;
using System.Text.Json.Serialization;
using Fairlead.Features.Api;
using Fairlead.Server.Hosting;
using Fairlead.Server.Observability;
using Microsoft.Extensions.Logging;

namespace Fairlead.Server.WebConsole;

/// <summary>Keeps sessions over a restart: hashes alone, for the owner's eyes. What cannot be read or written signs people out, no more.</summary>
internal sealed class SessionFile(string path, ILogger log)
{
    /// <summary>Sessions by the hash of their secret.</summary>
    public IEnumerable<KeyValuePair<string, ConsoleSession>> Read()
    {
        try
        {
            if (!File.Exists(path)) return [];
            using var stream = File.OpenRead(path);
            var kept = JsonSerializer.Deserialize(stream, SessionFileJson.Default.ListKeptSession) ?? [];
            return [.. kept.Where(static one => RoleRights.Parse(one.Role) is not null).Select(static one => KeyValuePair.Create(
                one.Hash, new ConsoleSession(new ConsoleUser(one.User, RoleRights.Parse(one.Role)!.Value), one.IsByLink, one.Expires)))];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            log.SessionsNotKept(path, exception.Message);
            return [];
        }
    }

    /// <summary>Writes them all: they change when somebody signs in or out.</summary>
    public void Write(IEnumerable<KeyValuePair<string, ConsoleSession>> sessions)
    {
        List<KeptSession> kept = [.. sessions.Select(static pair => new KeptSession(pair.Key, pair.Value.User.Name, RoleRights.NameOf(pair.Value.User.Role), pair.Value.IsByLink, pair.Value.Expires))];
        try
        {
            DataDirectory.WriteSecret(path, JsonSerializer.Serialize(kept, SessionFileJson.Default.ListKeptSession) + "\n");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            log.SessionsNotKept(path, exception.Message);
        }
    }
}

/// <summary>A session in the file.</summary>
internal sealed record KeptSession(string Hash, string User, string Role, bool IsByLink, DateTimeOffset Expires);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(List<KeptSession>))]
internal sealed partial class SessionFileJson : JsonSerializerContext;
