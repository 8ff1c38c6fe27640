using System.Collections.Frozen;
using System.Reflection;
using System.Security.Cryptography;
using Fairlead.Server.Hosting;

namespace Fairlead.Server.WebConsole;

/// <summary>A file of the console.</summary>
/// <param name="Content">Its bytes.</param>
/// <param name="ContentType">Media type.</param>
/// <param name="Tag">Entity tag.</param>
internal sealed record ConsoleAsset(byte[] Content, string ContentType, string Tag);

/// <summary>The files of the console: inside the program, or in a directory for those who work on them.</summary>
internal sealed class ConsoleAssets
{
    private const string Prefix = "console/";
    private static readonly FrozenDictionary<string, string> Types = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        [".html"] = "text/html; charset=utf-8",
        [".css"] = "text/css; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".svg"] = "image/svg+xml",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private readonly string _directory;
    private readonly FrozenDictionary<string, ConsoleAsset> _embedded;

    /// <summary>Reads them.</summary>
    /// <param name="directory">Directory to take them from; empty for those inside the program.</param>
    /// <exception cref="HubStartException">There is no such directory.</exception>
    public ConsoleAssets(string directory)
    {
        _directory = directory.Length > 0 ? Path.GetFullPath(directory) : "";
        if (_directory.Length > 0 && !File.Exists(Path.Combine(_directory, "index.html")))
            throw new HubStartException($"Console:Files names {_directory}, which has no index.html");
        var assembly = typeof(ConsoleAssets).Assembly;
        _embedded = assembly.GetManifestResourceNames().Where(static name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .ToFrozenDictionary(static name => name[Prefix.Length..], name => Read(assembly, name), StringComparer.Ordinal);
    }

    /// <summary>Finds a file by its path below the console's; null when there is none.</summary>
    public ConsoleAsset? Find(string path)
    {
        if (_directory.Length == 0) return _embedded.GetValueOrDefault(path);
        var file = Path.GetFullPath(Path.Combine(_directory, path));
        return file.StartsWith(_directory + Path.DirectorySeparatorChar, StringComparison.Ordinal) && File.Exists(file) && Types.ContainsKey(Path.GetExtension(file))
            ? Make(File.ReadAllBytes(file), file)
            : null;
    }

    private static ConsoleAsset Read(Assembly assembly, string name)
    {
        using var stream = assembly.GetManifestResourceStream(name)!;
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return Make(bytes.ToArray(), name);
    }

    private static ConsoleAsset Make(byte[] content, string name) =>
        new(content, Types[Path.GetExtension(name)], $"\"{Convert.ToHexStringLower(SHA256.HashData(content))[..20]}\"");
}
