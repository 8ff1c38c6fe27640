using System.Diagnostics;
using Fairlead.Shared;

namespace Fairlead.Interop.Deployment;

/// <summary>The Debian package of the hub, with the program that was built.</summary>
public sealed class HubPackageTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fairlead-deb-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_package_holds_program_settings_unit_completion_and_scripts()
    {
        Requirements.NeedProgram("dpkg-deb");
        string package = await BuildAsync("1.0");
        string content = await RunAsync("dpkg-deb", "-c", package);
        foreach (string line in new[]
                 {
                     "-rwxr-xr-x root/root .* ./usr/lib/fairlead/fairlead$", "-rw-r--r-- root/root .* ./usr/lib/fairlead/Fairlead.Server.dll$", "./usr/bin/fairlead -> ../lib/fairlead/fairlead$",
                     "-rw-r----- root/root .* ./etc/fairlead/conf.d/10-fairlead.json$", "-rw-r--r-- root/root .* ./lib/systemd/system/fairlead.service$",
                     "./usr/share/doc/fairlead/copyright$", "./usr/share/bash-completion/completions/fairlead$",
                 })
            content.ShouldMatch($"(?m){line}");
        content.ShouldNotContain(".pdb");
        (await RunAsync("dpkg-deb", "-f", package, "Package", "Architecture", "Depends")).ShouldMatch("(?s)Package: fairlead\n.*Architecture: amd64.*aspnetcore-runtime-10.0.*libsqlite3-0.*debconf");
        string control = Path.Combine(_folder, "control");
        await RunAsync("dpkg-deb", "-e", package, control);
        (await File.ReadAllTextAsync(Path.Combine(control, "conffiles"), TestContext.Current.CancellationToken)).Trim().ShouldBe("/etc/fairlead/conf.d/10-fairlead.json");
        foreach (string script in new[] { "postinst", "prerm", "postrm" }) await RunAsync("sh", "-n", Path.Combine(control, script));
    }

    [Fact]
    public async Task Under_a_real_dpkg_it_is_installed_run_upgraded_removed_and_purged()
    {
        Requirements.NeedProgram("dpkg-deb");
        Requirements.NeedProgram("adduser");
        if (!Environment.IsPrivilegedProcess) Assert.Skip("a system to install into cannot be made here: it takes root");
        string old = await BuildAsync("0.0.9");
        string later = await BuildAsync("1.0");
        string work = Directory.CreateDirectory(Path.Combine(_folder, "work")).FullName;
        using var process = Start("unshare", ["--mount", "sh", Path.Combine(ProgramPath.Root, "tests", "Interop", "Deployment", "hub-package-life.sh"), old, later, work], "");
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string told = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        if (process.ExitCode == 77) Assert.Skip("a system to install into cannot be made here: it takes a file system of kind overlay");
        process.ExitCode.ShouldBe(0, told + await errors);
        const string There = """
            user is there
            /etc/fairlead/conf.d/10-fairlead.json 640 root:fairlead
            /var/lib/fairlead 700 fairlead:fairlead
            /usr/bin/fairlead 777 root:root
            /lib/systemd/system/fairlead.service 644 root:root
            """;
        const string Database = "/var/lib/fairlead/fairlead.db 600 fairlead:fairlead";
        told.ShouldBe(
            $$"""
            == installed
            installed 0.0.9
            {{There}}
            the hub was ready
            {{Database}}
            == upgraded
            installed 1.0
            {{There}}
            Broker:ReceiveMaximum 77 (/etc/fairlead/conf.d/10-fairlead.json)
            the hub was ready
            == removed
            config-files 1.0
            user is there
            /etc/fairlead/conf.d/10-fairlead.json 640 root:fairlead
            /var/lib/fairlead 700 fairlead:fairlead
            /usr/bin/fairlead is gone
            /lib/systemd/system/fairlead.service is gone
            {{Database}}
            == purged, data kept
            not-installed
            user is there
            /etc/fairlead/conf.d/10-fairlead.json is gone
            /var/lib/fairlead 700 fairlead:fairlead
            /usr/bin/fairlead is gone
            /lib/systemd/system/fairlead.service is gone
            {{Database}}
            == installed again
            installed 1.0
            {{There}}
            the hub was ready
            == purged with its data
            not-installed
            user is gone
            /etc/fairlead/conf.d/10-fairlead.json is gone
            /var/lib/fairlead is gone
            /usr/bin/fairlead is gone
            /lib/systemd/system/fairlead.service is gone

            """);
    }

    [Fact]
    public async Task What_cannot_be_built_is_refused()
    {
        foreach (var (package, runtime, why) in new[] { ("hub", "native", "has no machine code"), ("kernel", "own", "must be edge or hub") })
        {
            using var process = Start("env", [$"PACKAGE={package}", $"RUNTIME={runtime}", "sh", Path.Combine(ProgramPath.Root, "deploy", "build-deb.sh"), "amd64", _folder], "1");
            (await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken)).ShouldContain(why);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            process.ExitCode.ShouldBe(2);
        }
    }

    private async Task<string> BuildAsync(string version)
    {
        using var process = Start("sh", [Path.Combine(ProgramPath.Root, "deploy", "build-deb.sh"), "amd64", Path.Combine(_folder, "out")], version);
        return (await EndAsync(process)).Trim();
    }

    private async Task<string> RunAsync(string program, params string[] arguments)
    {
        using var process = Start(program, arguments, "");
        return await EndAsync(process);
    }

    private static async Task<string> EndAsync(Process process)
    {
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        process.ExitCode.ShouldBe(0, await errors);
        return output;
    }

    private static Process Start(string program, string[] arguments, string version)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.Environment["PUBLISHED"] = Path.GetDirectoryName(ProgramPath.Find());
        start.Environment["PACKAGE"] = "hub";
        start.Environment["RUNTIME"] = "system";
        start.Environment["VERSION"] = version;
        start.Environment["COMPRESSION"] = "none";
        return Process.Start(start)!;
    }
}
