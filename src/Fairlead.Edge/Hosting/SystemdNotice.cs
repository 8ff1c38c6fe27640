using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Fairlead.Edge.Hosting;

/// <summary>Tells systemd how the connector is doing (sd_notify(3)); does nothing when systemd did not start it (spec section 16).</summary>
internal sealed class SystemdNotice : IDisposable
{
    private readonly Socket? _socket;
    private readonly UnixDomainSocketEndPoint? _address;
    private readonly TimeSpan? _watchdog;
    private ITimer? _timer;

    /// <summary>Reads the environment.</summary>
    public SystemdNotice(Func<string, string?> environment)
    {
        if (environment("NOTIFY_SOCKET") is not { Length: > 1 } path) return;
        _address = new UnixDomainSocketEndPoint(path[0] == '@' ? "\0" + path[1..] : path);
        _socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        bool forUs = environment("WATCHDOG_PID") is not { Length: > 0 } pid || pid == Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        if (forUs && long.TryParse(environment("WATCHDOG_USEC"), NumberStyles.None, CultureInfo.InvariantCulture, out long microseconds) && microseconds > 0)
            _watchdog = TimeSpan.FromMicroseconds(microseconds / 2.0); // half, as its manual advises
    }

    /// <summary>The connector is ready; the watchdog is fed as long as it is alive.</summary>
    public void Ready(Func<bool> isAlive, TimeProvider time)
    {
        Send("READY=1");
        if (_watchdog is not { } interval) return;
        _timer = time.CreateTimer(
            _ =>
            {
                if (isAlive()) Send("WATCHDOG=1");
            },
            null,
            interval,
            interval);
    }

    /// <summary>The configuration is read again.</summary>
    public void Reloading() => Send(string.Create(CultureInfo.InvariantCulture, $"RELOADING=1\nMONOTONIC_USEC={Environment.TickCount64 * 1000}"));

    /// <summary>It has been.</summary>
    public void Reloaded() => Send("READY=1");

    /// <summary>The connector stops.</summary>
    public void Stopping() => Send("STOPPING=1");

    /// <inheritdoc/>
    public void Dispose()
    {
        _timer?.Dispose();
        _socket?.Dispose();
    }

    private void Send(string state)
    {
        try
        {
            _socket?.SendTo(Encoding.UTF8.GetBytes(state), _address!);
        }
        catch (SocketException)
        {
            // systemd has gone, or gave a socket that a sandbox hides.
        }
    }
}
