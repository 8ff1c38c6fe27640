using System.Runtime.CompilerServices;
using Shouldly;

namespace Fairlead.Unit.Client;

/// <summary>Text compared with a file beside the tests. FAIRLEAD_UPDATE_GOLDEN=1 writes the files anew: look at the difference then.</summary>
internal static class Golden
{
    public static void ShouldBeGolden(this string text, string name, [CallerFilePath] string caller = "")
    {
        string file = Path.Combine(Path.GetDirectoryName(Source(caller))!, "Golden", name + ".txt");
        if (Environment.GetEnvironmentVariable("FAIRLEAD_UPDATE_GOLDEN") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, text);
        }

        File.ReadAllText(file).ShouldBe(text, $"see {file}");
    }

    /// <summary>A deterministic build replaces the path of the source tree by "/_/".</summary>
    private static string Source(string caller) =>
        caller.StartsWith("/_/", StringComparison.Ordinal) ? Path.Combine(Architecture.SourceTree.Root, caller[3..]) : caller;
}
