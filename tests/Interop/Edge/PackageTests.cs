using System.Diagnostics;
using Fairlead.Shared;

namespace Fairlead.Interop.Edge;

/// <summary>The Debian package of the edge connector: what is in it, whose it is, and what its scripts are made of.</summary>
public sealed class PackageTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fairlead-deb-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_package_holds_program_settings_unit_and_scripts()
    {
        Requirements.NeedProgram("dpkg-deb");
        string package = await BuildAsync("amd64");
        string content = await RunAsync("dpkg-deb", "-c", package);
        foreach (string line in new[]
                 {
                     "-rwxr-xr-x root/root .* ./usr/lib/fairlead-edge/fairlead-edge$", "-rw-r--r-- root/root .* ./usr/lib/fairlead-edge/Some.dll$",
                     "-rw-r--r-- root/root .* ./usr/lib/fairlead-edge/de/Some.resources.dll$",
                     "./usr/bin/fairlead-edge -> ../lib/fairlead-edge/fairlead-edge$", "-rw-r----- root/root .* ./etc/fairlead-edge/config.json$",
                     "-rw-r--r-- root/root .* ./lib/systemd/system/fairlead-edge.service$", "./usr/share/doc/fairlead-edge/copyright$",
                 })
            content.ShouldMatch($"(?m){line}");
        content.ShouldNotContain(".pdb");
        content.ShouldNotContain(".xml");
        (await RunAsync("dpkg-deb", "-f", package, "Package", "Architecture", "Depends")).ShouldMatch("(?s)Package: fairlead-edge.*Architecture: amd64.*libsqlite3-0.*adduser");
        string control = Path.Combine(_folder, "control");
        await RunAsync("dpkg-deb", "-e", package, control);
        (await File.ReadAllTextAsync(Path.Combine(control, "conffiles"), TestContext.Current.CancellationToken)).Trim().ShouldBe("/etc/fairlead-edge/config.json");
        foreach (string script in new[] { "postinst", "prerm", "postrm" }) await RunAsync("sh", "-n", Path.Combine(control, script));
        (await File.ReadAllTextAsync(Path.Combine(control, "postinst"), TestContext.Current.CancellationToken)).ShouldContain("adduser --system");
        (await File.ReadAllTextAsync(Path.Combine(control, "postrm"), TestContext.Current.CancellationToken)).ShouldContain("purge");
    }

    [Fact]
    public async Task Unpacked_it_is_a_program_that_finds_its_files_and_settings_that_the_connector_takes()
    {
        Requirements.NeedProgram("dpkg-deb");
        string root = Path.Combine(_folder, "root");
        await RunAsync("dpkg-deb", "-x", await BuildAsync("arm64"), root);
        (await RunAsync(Path.Combine(root, "usr", "bin", "fairlead-edge"))).ShouldBe("it runs\n");
        var check = await HubProcess.RunAsync(
        [
            "edge", "check-config", "-configFile", Path.Combine(root, "etc", "fairlead-edge", "config.json"), "-address", "tcp://127.0.0.1:1", "-deviceId", "a:b",
            "-cert", "", "-key", "", "-caCert", "", "-dataDir", _folder,
        ]);
        check.ExitCode.ShouldBe(0, check.Output + check.Errors);
    }

    [Fact]
    public async Task An_unknown_architecture_is_refused()
    {
        using var process = Start("sh", [Path.Combine(ProgramPath.Root, "deploy", "build-deb.sh"), "m68k", _folder]);
        (await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken)).ShouldContain("there is no architecture m68k");
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        process.ExitCode.ShouldBe(2);
    }

    private async Task<string> BuildAsync(string architecture)
    {
        string published = Path.Combine(_folder, "published");
        Directory.CreateDirectory(Path.Combine(published, "de"));
        await File.WriteAllTextAsync(Path.Combine(published, "fairlead-edge"), "#!/bin/sh\necho it runs\n");
        foreach (string name in new[] { "Some.dll", "Some.pdb", "Some.xml", "de/Some.resources.dll" }) await File.WriteAllTextAsync(Path.Combine(published, name), name);
        return (await RunAsync("sh", Path.Combine(ProgramPath.Root, "deploy", "build-deb.sh"), architecture, Path.Combine(_folder, "out"))).Trim();
    }

    private async Task<string> RunAsync(string program, params string[] arguments)
    {
        using var process = Start(program, arguments);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        process.ExitCode.ShouldBe(0, $"{program} {string.Join(' ', arguments)}: {await errors}");
        return output;
    }

    private Process Start(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.Environment["PUBLISHED"] = Path.Combine(_folder, "published");
        return Process.Start(start)!;
    }
}
