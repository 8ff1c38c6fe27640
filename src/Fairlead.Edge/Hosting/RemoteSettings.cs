using System.Text.Json;
using Fairlead.Client.Mqtt;
using Fairlead.Edge.Configuration;
using Fairlead.Edge.Json;
using Fairlead.Edge.Logging;
using Fairlead.Edge.Remote;

namespace Fairlead.Edge.Hosting;

/// <summary>
/// Takes settings from a named shadow (spec section 17.12): only those that are allowed, checked as a whole, kept on disk, reported back, and
/// undone when the link does not come up with them.
/// </summary>
internal sealed class RemoteSettings : IRemoteListener
{
    private readonly RemoteLink _link;
    private readonly string _prefix;
    private readonly RemoteSettingsFile _file;
    private readonly Func<JsonElement?, EdgeConfiguration> _reload;
    private readonly SettingsReloader _reloader;
    private readonly Lock _gate = new();
    private readonly ITimer _timer;
    private readonly TimeSpan _patience;
    private Func<string, ReadOnlyMemory<byte>, Task>? _publish;

    /// <summary>Begins with what is on disk.</summary>
    /// <param name="link">The link whose shadow it is.</param>
    /// <param name="shadow">Name of the shadow.</param>
    /// <param name="file">What was set before.</param>
    /// <param name="reload">Reads the settings of all layers with these on top.</param>
    /// <param name="reloader">Puts them into force.</param>
    /// <param name="time">Clock.</param>
    public RemoteSettings(
        RemoteLink link, string shadow, RemoteSettingsFile file, Func<JsonElement?, EdgeConfiguration> reload, SettingsReloader reloader, TimeProvider time)
    {
        _link = link;
        _prefix = $"$aws/things/{link.Options.ThingName}/shadow/name/{shadow}/";
        _file = file;
        _reload = reload;
        _reloader = reloader;
        _patience = link.Options.Values.Seconds("remoteConfig.rollback");
        _file.Load();
        _timer = time.CreateTimer(_ => OnTimeout(), null, _file.IsConfirmed ? Timeout.InfiniteTimeSpan : _patience, Timeout.InfiniteTimeSpan);
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Subscriptions => [$"{_prefix}get/accepted", $"{_prefix}update/delta"];

    /// <inheritdoc/>
    public void OnConnected(Func<string, ReadOnlyMemory<byte>, Task> publish)
    {
        lock (_gate)
        {
            _publish = publish;
            _file.Confirm();
        }

        _ = SendAsync("get", default);
    }

    /// <inheritdoc/>
    public bool OnMessage(ReceivedMessage message)
    {
        if (!message.Topic.StartsWith(_prefix, StringComparison.Ordinal)) return false;
        switch (message.Topic[_prefix.Length..])
        {
            case "get/accepted":
                Take(JsonText.TryParse(message.Payload.Span));
                break;
            case "update/delta":
                // A delta tells a part; what is wanted as a whole is asked for.
                _ = SendAsync("get", default);
                break;
        }

        return true;
    }

    private void Take(JsonValue? document)
    {
        if (document?["state"]?["desired"] is not { Kind: JsonKind.Object } desired) return;
        lock (_gate)
        {
            if (desired.IsSame(_file.Current))
            {
                Report(desired, "applied", null);
                return;
            }

            if (desired.IsSame(_file.Undone))
            {
                Report(desired, "undone", "the link did not come up with these settings");
                return;
            }

            if (Apply(desired) is { } problem)
            {
                _link.Log.RemoteConfigRefused(problem);
                Report(desired, "refused", problem);
                return;
            }

            _file.Change(desired);
            _timer.Change(_patience, Timeout.InfiniteTimeSpan);
            _link.Log.RemoteConfigApplied(string.Join(", ", desired.Members!.Keys));
            Report(desired, "applied", null);
        }
    }

    private string? Apply(JsonValue? settings)
    {
        if (settings is null) return _reloader.Apply(_reload(null))?.ToString();
        if (FindForbidden(settings, "") is { } forbidden) return $"{forbidden} cannot be set from the cloud";
        using var document = JsonDocument.Parse(settings.ToUtf8());
        return _reloader.Apply(_reload(document.RootElement.Clone()))?.ToString();
    }

    private static string? FindForbidden(JsonValue settings, string prefix)
    {
        foreach (var (name, value) in settings.Members!)
        {
            string key = prefix + name;
            if (EdgeValues.Find(key) is { } setting)
            {
                if (!setting.Remote) return key;
            }
            else if (value.Kind != JsonKind.Object)
            {
                return key;
            }
            else if (FindForbidden(value, key + ".") is { } inner)
            {
                return inner;
            }
        }

        return null;
    }

    private void OnTimeout()
    {
        lock (_gate)
        {
            if (_file.IsConfirmed) return;
            if (_link.Status.Connected)
            {
                _file.Confirm();
                return;
            }

            _file.Undo();
            _link.Log.RemoteConfigUndone(_patience.TotalSeconds);
            Apply(_file.Current);
        }

        _link.Renew();
    }

    private void Report(JsonValue settings, string result, string? problem)
    {
        var reported = JsonValue.Object(
            ("settings", settings), ("result", JsonValue.String(result)), ("problem", problem is null ? JsonValue.Null : JsonValue.String(problem)));
        var body = JsonValue.Object(("state", JsonValue.Object(("reported", reported))));
        _ = SendAsync("update", body.ToUtf8());
    }

    private async Task SendAsync(string operation, ReadOnlyMemory<byte> payload)
    {
        if (_publish is not { } publish) return;
        try
        {
            await publish(_prefix + operation, payload);
        }
        catch (Exception exception) when (exception is MqttException or OperationCanceledException)
        {
            // The next connection asks again.
        }
    }
}
