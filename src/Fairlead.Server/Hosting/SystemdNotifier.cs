using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Fairlead.Server.Hosting;

/// <summary>
/// Tells systemd how the hub is doing (<c>Type=notify</c>, sd_notify(3)): one datagram for each state. Does nothing when systemd did not
/// start the process. The watchdog is fed only while the broker answers.
/// </summary>
public sealed class SystemdNotifier : IDisposable
{
    private readonly Socket? _socket;
    private readonly Address? _address;
    private ITimer? _watchdog;
    private int _asking;

    /// <summary>Makes a notifier.</summary>
    /// <param name="environment">Reads an environment variable.</param>
    public SystemdNotifier(Func<string, string?> environment)
    {
        if (environment("NOTIFY_SOCKET") is not { Length: > 1 } path) return;
        _address = new Address(path[0] == '@' ? "\0" + path[1..] : path, WatchdogInterval(environment));
        _socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    }

    /// <summary>The hub is ready; from now on the watchdog is fed.</summary>
    /// <param name="answers">Asked before each feeding; as long as it has not answered it is not asked again, and nothing is fed.</param>
    /// <param name="time">Clock.</param>
    public void Ready(Func<Task<bool>> answers, TimeProvider time)
    {
        Send("READY=1");
        if (_address?.WatchdogInterval is not { } interval) return;
        _watchdog = time.CreateTimer(_ => _ = FeedAsync(answers), null, interval, interval);
    }

    /// <summary>The hub reads its files again, or has done so.</summary>
    /// <param name="done">Whether it has.</param>
    public void Reloading(bool done)
    {
        if (done) Send("READY=1");
        else Send(string.Create(CultureInfo.InvariantCulture, $"RELOADING=1\nMONOTONIC_USEC={Environment.TickCount64 * 1000}"));
    }

    /// <summary>The hub stops.</summary>
    public void Stopping() => Send("STOPPING=1");

    /// <inheritdoc/>
    public void Dispose()
    {
        _watchdog?.Dispose();
        _socket?.Dispose();
    }

    // Half of what systemd allows, as its manual advises.
    private static TimeSpan? WatchdogInterval(Func<string, string?> environment)
    {
        if (!long.TryParse(environment("WATCHDOG_USEC"), NumberStyles.None, CultureInfo.InvariantCulture, out var microseconds)) return null;
        var forUs = environment("WATCHDOG_PID") is not { Length: > 0 } pid || pid == Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        return forUs && microseconds > 0 ? TimeSpan.FromMicroseconds(microseconds / 2.0) : null;
    }

    private async Task FeedAsync(Func<Task<bool>> answers)
    {
        if (Interlocked.Exchange(ref _asking, 1) != 0) return;
        try
        {
            if (await answers()) Send("WATCHDOG=1");
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // The store is being closed, or cannot be written: no food this time.
        }
        finally
        {
            Volatile.Write(ref _asking, 0);
        }
    }

    private void Send(string state)
    {
        if (_socket is null) return;
        try
        {
            _socket.SendTo(Encoding.UTF8.GetBytes(state), new UnixDomainSocketEndPoint(_address!.Path));
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // systemd has gone, or gave a socket that a sandbox hides. The hub serves its clients all the same.
        }
    }

    private sealed record Address(string Path, TimeSpan? WatchdogInterval);
}
