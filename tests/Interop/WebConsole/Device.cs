using System.Diagnostics;
using Fairlead.Shared;

namespace Fairlead.Interop.WebConsole;

/// <summary>mosquitto_sub as a device: it connects with a certificate and stays until it is disposed of.</summary>
public sealed class Device : IAsyncDisposable
{
    private readonly Process _process;

    private Device(Process process) => _process = process;

    /// <summary>Starts a device of a kit, listening on a topic.</summary>
    public static Device Start(DeviceKit kit, HubProcess hub, string clientId, string topic)
    {
        Requirements.NeedMosquittoTools();
        var start = new ProcessStartInfo("mosquitto_sub") { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in Arguments(kit, hub, clientId)) start.ArgumentList.Add(argument);
        start.ArgumentList.Add("-t");
        start.ArgumentList.Add(topic);
        start.ArgumentList.Add("-q");
        start.ArgumentList.Add("1");
        return new Device(Process.Start(start)!);
    }

    /// <summary>Publishes once as a device; false when it was not let in, or the PUBACK says that it may not.</summary>
    public static async Task<bool> PublishAsync(DeviceKit kit, HubProcess hub, string clientId, string topic, string payload)
    {
        Requirements.NeedMosquittoTools();
        var start = new ProcessStartInfo("mosquitto_pub") { UseShellExecute = false, RedirectStandardError = true };
        foreach (var argument in Arguments(kit, hub, clientId)) start.ArgumentList.Add(argument);
        foreach (var argument in new[] { "-q", "1", "-t", topic, "-m", payload }) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        // A refusal in the PUBACK is a warning to mosquitto_pub.
        return process.ExitCode == 0 && !errors.Contains("failed", StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static string[] Arguments(DeviceKit kit, HubProcess hub, string clientId) =>
    [
        "-V", "5", "-h", "localhost", "-p", hub.Listener("mqtts").Port.ToString(System.Globalization.CultureInfo.InvariantCulture),
        "--cafile", kit.RootCa, "--cert", kit.Certificate, "--key", kit.PrivateKey, "-i", clientId,
    ];
}
