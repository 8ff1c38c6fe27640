using System.Diagnostics;
using System.Globalization;

namespace Fairlead.Chaos.Edge;

/// <summary>A file system of its own, so small that it is soon full, and that can be made larger while it is used: a tmpfs.</summary>
internal sealed class SmallVolume : IAsyncDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("fairlead-volume-").FullName;
    private bool _isMounted;

    private SmallVolume()
    {
    }

    /// <summary>A directory in it.</summary>
    public string Place => Path.Combine(_path, "data");

    /// <summary>Mounts one; skips the test where that is not allowed.</summary>
    public static async Task<SmallVolume> MountAsync(int kilobytes)
    {
        var volume = new SmallVolume();
        (int code, string said) = await RunAsync("mount", "-t", "tmpfs", "-o", Size(kilobytes), "tmpfs", volume._path);
        volume._isMounted = code == 0;
        if (code == 0) return volume;
        await volume.DisposeAsync();
        Assert.Skip($"a file system cannot be mounted here ({said.Trim()}): it takes root");
        return volume;
    }

    /// <summary>Changes its size.</summary>
    public async Task ResizeAsync(int kilobytes)
    {
        (int code, string said) = await RunAsync("mount", "-o", $"remount,{Size(kilobytes)}", _path);
        code.ShouldBe(0, said);
    }

    public async ValueTask DisposeAsync()
    {
        if (_isMounted) (await RunAsync("umount", "--lazy", _path)).Code.ShouldBe(0);
        Directory.Delete(_path, recursive: true);
    }

    private static string Size(int kilobytes) => string.Create(CultureInfo.InvariantCulture, $"size={kilobytes}k");

    private static async Task<(int Code, string Said)> RunAsync(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, UseShellExecute = false })!;
            string said = await process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync();
            return (process.ExitCode, said);
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            return (127, missing.Message);
        }
    }
}
