using System.Text.Json;
using Fairlead.Edge.Json;

namespace Fairlead.Edge.Hosting;

/// <summary>What the cloud has set, on disk: in force, before that, and whether the link was seen up since (spec section 17.12).</summary>
internal sealed class RemoteSettingsFile(string directory)
{
    private readonly string _path = Path.Combine(directory, "remote-settings.json");

    /// <summary>Settings in force; null for none.</summary>
    public JsonValue? Current { get; private set; }

    /// <summary>Settings before; null for none.</summary>
    public JsonValue? Previous { get; private set; }

    /// <summary>Settings that were undone and are not to be tried again; null for none.</summary>
    public JsonValue? Undone { get; private set; }

    /// <summary>Whether the link was up since the last change.</summary>
    public bool IsConfirmed { get; private set; } = true;

    /// <summary>Reads the settings in force, for the start of a process; null when there are none.</summary>
    public static JsonElement? ReadCurrent(string directory)
    {
        var file = new RemoteSettingsFile(directory);
        file.Load();
        if (file.Current is not { } current) return null;
        using var document = JsonDocument.Parse(current.ToUtf8());
        return document.RootElement.Clone();
    }

    /// <summary>Reads the file; one that is damaged counts as missing.</summary>
    public void Load()
    {
        if (!File.Exists(_path) || JsonText.TryParse(File.ReadAllBytes(_path)) is not { } json) return;
        Current = Object(json["current"]);
        Previous = Object(json["previous"]);
        Undone = Object(json["undone"]);
        IsConfirmed = json["confirmed"]?.AsBoolean() ?? true;
    }

    /// <summary>New settings are in force.</summary>
    public void Change(JsonValue? settings)
    {
        // A change on top of one that was never confirmed goes back to what worked.
        if (IsConfirmed) Previous = Current;
        (Current, Undone, IsConfirmed) = (settings, null, false);
        Save();
    }

    /// <summary>The link was up with them.</summary>
    public void Confirm()
    {
        if (IsConfirmed) return;
        IsConfirmed = true;
        Save();
    }

    /// <summary>They cost the link: those before hold again.</summary>
    public void Undo()
    {
        (Undone, Current, IsConfirmed) = (Current, Previous, true);
        Save();
    }

    private void Save()
    {
        var json = JsonValue.Object(("current", Current), ("previous", Previous), ("undone", Undone), ("confirmed", JsonValue.Boolean(IsConfirmed)));
        File.WriteAllBytes(_path + ".new", json.ToUtf8());
        File.Move(_path + ".new", _path, overwrite: true);
    }

    private static JsonValue? Object(JsonValue? value) => value is { Kind: JsonKind.Object } ? value : null;
}
