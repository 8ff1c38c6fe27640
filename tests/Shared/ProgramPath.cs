namespace Fairlead.Shared;

/// <summary>Finds the built program: FAIRLEAD_BIN, else the Release build of this tree, else its Debug build.</summary>
public static class ProgramPath
{
    /// <summary>The root of the repository: the folder that holds global.json.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Full path of the executable; fails with a sentence that tells how to get one.</summary>
    public static string Find()
    {
        if (Environment.GetEnvironmentVariable("FAIRLEAD_BIN") is { Length: > 0 } given)
            return given;
        foreach (var configuration in new[] { "release", "debug" })
        {
            var path = Path.Combine(Root, "artifacts", "bin", "Fairlead", configuration, "fairlead");
            if (File.Exists(path))
                return path;
        }

        throw new FileNotFoundException("The program is not built: run `dotnet build src/Fairlead -c Release`, or set FAIRLEAD_BIN.");
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "global.json")))
                return folder.FullName;
        }

        throw new DirectoryNotFoundException($"No global.json above {AppContext.BaseDirectory}.");
    }
}
