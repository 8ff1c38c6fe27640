using System.Xml.Linq;

namespace Fairlead.Unit.Architecture;

/// <summary>The repository as files, for tests that read it instead of running it.</summary>
internal static class SourceTree
{
    public static string Root { get; } = FindRoot();

    /// <summary>Hand-written C# files under a folder of the repository, as (path from the root, text).</summary>
    public static IEnumerable<(string Path, string Text)> Files(params string[] folders) =>
        from folder in folders
        from file in Directory.EnumerateFiles(System.IO.Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories)
        let path = System.IO.Path.GetRelativePath(Root, file)
        where !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal)
        orderby path
        select (path, File.ReadAllText(file));

    /// <summary>Each project under src with the names of the projects it references.</summary>
    public static IReadOnlyDictionary<string, string[]> ProjectReferences() =>
        Directory.EnumerateFiles(System.IO.Path.Combine(Root, "src"), "*.csproj", SearchOption.AllDirectories).ToDictionary(
            file => System.IO.Path.GetFileNameWithoutExtension(file),
            file => XDocument.Load(file).Descendants("ProjectReference")
                .Select(reference => System.IO.Path.GetFileNameWithoutExtension((string)reference.Attribute("Include")!)).ToArray(),
            StringComparer.Ordinal);

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "global.json")))
                return folder.FullName;
        }

        throw new DirectoryNotFoundException($"No global.json above {AppContext.BaseDirectory}.");
    }
}
