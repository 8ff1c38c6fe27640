using Fairlead.Unit.Architecture;
using Shouldly;

namespace Fairlead.Unit.Server;

/// <summary>A file of the repository that is written from code. With FAIRLEAD_WRITE_DOCS=1 the test writes it; otherwise it must be current.</summary>
internal static class GeneratedFile
{
    public static void ShouldBeCurrent(string path, string expected)
    {
        var file = Path.Combine(SourceTree.Root, path);
        if (Environment.GetEnvironmentVariable("FAIRLEAD_WRITE_DOCS") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, expected);
        }

        File.Exists(file).ShouldBeTrue($"{path} is missing: run the unit tests with FAIRLEAD_WRITE_DOCS=1");
        File.ReadAllText(file).ShouldBe(expected, $"{path} is not current: run the unit tests with FAIRLEAD_WRITE_DOCS=1");
    }
}
