using System.Net.Sockets;
using System.Text;
using Fairlead.Server.Hosting;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Server;

public sealed class SystemdNotifierTests
{
    [Fact]
    public void States_go_to_the_socket_and_the_watchdog_is_fed_only_while_the_broker_answers()
    {
        if (!OperatingSystem.IsLinux()) return;
        using var directory = new TemporaryDirectory();
        var path = Path.Combine(directory.Path, "notify");
        using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        socket.ReceiveTimeout = 5000;
        var time = new RingingTime();
        var responsive = true;
        using var notifier = new SystemdNotifier(name => name switch
        {
            "NOTIFY_SOCKET" => path,
            "WATCHDOG_USEC" => "20000000",
            _ => null,
        });
        var answer = new TaskCompletionSource<bool>();
        notifier.Ready(() => responsive ? Task.FromResult(true) : answer.Task, time);
        Receive().ShouldBe("READY=1");
        time.Period.ShouldBe(TimeSpan.FromSeconds(10));
        time.Ring();
        Receive().ShouldBe("WATCHDOG=1");
        responsive = false;
        time.Ring();
        responsive = true;
        time.Ring();
        answer.SetResult(false);
        notifier.Reloading(done: false);
        Receive().ShouldStartWith("RELOADING=1\nMONOTONIC_USEC=");
        notifier.Reloading(done: true);
        Receive().ShouldBe("READY=1");
        time.Ring();
        Receive().ShouldBe("WATCHDOG=1");
        notifier.Stopping();
        Receive().ShouldBe("STOPPING=1");

        string Receive()
        {
            var buffer = new byte[256];
            return Encoding.UTF8.GetString(buffer, 0, socket.Receive(buffer));
        }
    }

    [Fact]
    public void Without_systemd_nothing_happens()
    {
        using var notifier = new SystemdNotifier(static _ => null);
        notifier.Ready(static () => Task.FromResult(true), TimeProvider.System);
        notifier.Stopping();
    }

    /// <summary>A clock with one timer that rings when told.</summary>
    private sealed class RingingTime : TimeProvider
    {
        private Action? _ring;

        public TimeSpan Period { get; private set; }

        public void Ring() => _ring!();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _ring = () => callback(state);
            Period = period;
            return System.CreateTimer(static _ => { }, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }
}
