using System.Text.Json;
using Fairlead.Server.Hosting;

namespace Fairlead.Verbs.Contexts;

/// <summary>Reads and writes <c>contexts.json</c> in the place that the XDG standard gives to configuration. Tokens may be in it: mode 0600.</summary>
internal sealed class ContextFile(Func<string, string?> environment)
{
    /// <summary>Directory of the configuration of the tools; null when the environment names no home.</summary>
    public string? Folder
    {
        get
        {
            if (environment("XDG_CONFIG_HOME") is { Length: > 0 } configuration)
                return System.IO.Path.GetFullPath(System.IO.Path.Combine(configuration, "fairlead"));
            string? home = OperatingSystem.IsWindows() ? environment("APPDATA") : environment("HOME");
            if (string.IsNullOrEmpty(home))
                return null;
            return OperatingSystem.IsWindows() ? System.IO.Path.Combine(home, "fairlead") : System.IO.Path.Combine(home, ".config", "fairlead");
        }
    }

    private string? Path => Folder is { } folder ? System.IO.Path.Combine(folder, "contexts.json") : null;

    /// <summary>What the file says; nothing when there is none.</summary>
    public ContextDocument Read()
    {
        if (Path is not { } path || !File.Exists(path))
            return new ContextDocument();
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), ContextJson.Default.ContextDocument) ?? new ContextDocument();
        }
        catch (Exception exception) when (exception is JsonException or IOException or UnauthorizedAccessException)
        {
            string why = exception is JsonException ? "it is not the JSON that 'fairlead context' writes" : exception.Message.TrimEnd('.');
            throw VerbException.Usage($"cannot read {path}", why, "Correct or remove the file");
        }
    }

    /// <summary>The context of a name.</summary>
    public HubContext Find(string name) => Read().Contexts.TryGetValue(name, out var context)
        ? context
        : throw new VerbException(ExitCode.NotFound, $"cannot use the context {name}", "there is none of that name", "See fairlead context ls, or make it with fairlead context add");

    /// <summary>Writes the file in one step.</summary>
    public void Write(ContextDocument document)
    {
        if (Path is not { } path)
            throw VerbException.Usage("cannot keep contexts", "neither XDG_CONFIG_HOME nor HOME is set", "Set one of them");
        try
        {
            DataDirectory.Ensure(Folder!);
            DataDirectory.WriteSecret(path, JsonSerializer.Serialize(document, ContextJson.Default.ContextDocument) + "\n");
        }
        catch (Exception exception) when (exception is HubStartException or IOException or UnauthorizedAccessException)
        {
            throw new VerbException(ExitCode.Failed, $"cannot write {path}", exception.Message.TrimEnd('.'), "Check the rights of the directory");
        }
    }
}
