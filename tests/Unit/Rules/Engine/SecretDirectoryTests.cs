using Fairlead.Features.Rules.Functions;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Rules.Engine;

/// <summary>The secrets of get_secret: files that are their owner's alone.</summary>
public sealed class SecretDirectoryTests : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fairlead-secrets-");

    [Fact]
    public void A_secret_is_read_by_its_name_or_arn_without_the_line_break_at_its_end()
    {
        Write("token", "top secret\n", Private);
        Read("token", out var body, out _).ShouldBeTrue();
        body.ShouldBe("top secret"u8.ToArray());
        Read("arn:aws:secretsmanager:us-east-1:123456789012:secret:token", out body, out _).ShouldBeTrue();
        body.ShouldBe("top secret"u8.ToArray());
    }

    [Theory]
    [InlineData("..")]
    [InlineData("../token")]
    [InlineData("a/b")]
    [InlineData("")]
    [InlineData("a\0b")]
    public void A_name_cannot_lead_out_of_the_directory(string name)
    {
        Read(name, out _, out var problem).ShouldBeFalse();
        problem.ShouldStartWith("a secret has a name");
    }

    [Fact]
    public void What_others_can_read_is_no_secret()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "file modes are missing on Windows");
        Write("open", "x", Private | UnixFileMode.GroupRead);
        Read("open", out _, out var problem).ShouldBeFalse();
        problem.ShouldContain("0600");
        Read("nothing", out _, out problem).ShouldBeFalse();
        problem.ShouldBe("there is no secret nothing");
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private bool Read(string id, out byte[] body, out string problem) => new SecretDirectory(_folder.FullName, TimeProvider.System).TryRead(id, out body, out problem);

    private void Write(string name, string text, UnixFileMode mode)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, text);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, mode);
    }
}
