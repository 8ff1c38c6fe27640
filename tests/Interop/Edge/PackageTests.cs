using System.Diagnostics;
using Fairlead.Shared;

namespace Fairlead.Interop.Edge;

/// <summary>The Debian package of the edge connector: what is in it, whose it is, and what its scripts are made of.</summary>
public sealed class PackageTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fairlead-deb-").FullName;
    private string _version = "";

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
    public async Task Under_a_real_dpkg_it_is_installed_upgraded_removed_and_purged()
    {
        Requirements.NeedProgram("dpkg-deb");
        Requirements.NeedProgram("adduser");
        if (!Environment.IsPrivilegedProcess) Assert.Skip("a system to install into cannot be made here: it takes root");
        string old = await BuildAsync("amd64", "0.9");
        string later = await BuildAsync("amd64", "1.0");
        string work = Directory.CreateDirectory(Path.Combine(_folder, "work")).FullName;
        using var process = Start("unshare", ["--mount", "sh", Path.Combine(ProgramPath.Root, "tests", "Interop", "Edge", "package-life.sh"), old, later, work]);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string told = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        if (process.ExitCode == 77) Assert.Skip("a system to install into cannot be made here: it takes a file system of kind overlay");
        process.ExitCode.ShouldBe(0, await errors);
        const string There = """
            user is there
            /etc/fairlead-edge/config.json 640 root:fairlead-edge
            /var/lib/fairlead-edge 700 fairlead-edge:fairlead-edge
            /usr/bin/fairlead-edge 777 root:root
            /lib/systemd/system/fairlead-edge.service 644 root:root
            """;
        const string Mine = "{\"address\":\"mqtts://my.hub:8883\"}";
        told.ShouldBe(
            $$"""
            == installed
            installed 0.9
            {{There}}
            it runs
            == upgraded
            installed 1.0
            {{There}}
            {{Mine}}
            messages
            == removed
            config-files 1.0
            user is there
            /etc/fairlead-edge/config.json 640 root:fairlead-edge
            /var/lib/fairlead-edge 700 fairlead-edge:fairlead-edge
            /usr/bin/fairlead-edge is gone
            /lib/systemd/system/fairlead-edge.service is gone
            {{Mine}}
            messages
            == installed again
            installed 1.0
            {{There}}
            {{Mine}}
            == purged
            not-installed
            user is gone
            /etc/fairlead-edge/config.json is gone
            /var/lib/fairlead-edge is gone
            /usr/bin/fairlead-edge is gone
            /lib/systemd/system/fairlead-edge.service is gone

            """);
    }

    [Fact]
    public async Task An_unknown_architecture_is_refused()
    {
        using var process = Start("sh", [Path.Combine(ProgramPath.Root, "deploy", "build-deb.sh"), "m68k", _folder]);
        (await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken)).ShouldContain("there is no architecture m68k");
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        process.ExitCode.ShouldBe(2);
    }

    private async Task<string> BuildAsync(string architecture, string version = "")
    {
        _version = version;
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
        start.Environment["VERSION"] = _version;
        return Process.Start(start)!;
    }
}
