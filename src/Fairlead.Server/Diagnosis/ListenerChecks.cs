using System.Net;
using System.Net.Sockets;
using Fairlead.Server.Configuration;
using Fairlead.Server.Listeners;

namespace Fairlead.Server.Diagnosis;

/// <summary>The listeners: reachable when the hub runs, else whether their ports are free, and who has them when not.</summary>
internal static class ListenerChecks
{
    private const string Area = "listeners";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static async Task<List<Finding>> RunAsync(HubOptions options, bool running, CancellationToken cancellationToken)
    {
        var findings = new List<Finding>();
        foreach (var url in options.Listen)
        {
            if (url.Port == 0) findings.Add(Finding.Ok(Area, $"{url} takes a free port"));
            else findings.Add(running ? await ReachAsync(url, cancellationToken) : Free(url));
        }

        return findings;
    }

    private static Finding Free(ListenUrl url)
    {
        var endPoint = new Listener(url).EndPoint;
        try
        {
            using var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            // As the hub itself does: an old connection that lingers does not count.
            if (!OperatingSystem.IsWindows()) socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            socket.Bind(endPoint);
            socket.Listen(1);
            return Finding.Ok(Area, $"{url} is free");
        }
        catch (SocketException exception)
        {
            return exception.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse => Finding.Fail(
                    Area, $"{url}: port {url.Port} is in use by {PortHolder.Find(url.Port) ?? "a process of another user"}", "end that process, or take another port with --listen"),
                SocketError.AccessDenied => Finding.Fail(
                    Area, $"{url}: this user may not take ports below 1024", "take a higher port, or grant it with AmbientCapabilities=CAP_NET_BIND_SERVICE in the systemd unit"),
                SocketError.AddressNotAvailable => Finding.Fail(Area, $"{url}: this machine has no such address", "take one that 'ip address' lists"),
                _ => Finding.Fail(Area, $"{url}: {exception.Message}", "take another address"),
            };
        }
    }

    private static async Task<Finding> ReachAsync(ListenUrl url, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            if (url.Kind == ListenerKind.Http) return await AskAsync(url, patience.Token);
            var endPoint = Reachable(url);
            using var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(endPoint, patience.Token);
            return Finding.Ok(Area, $"{url} takes connections");
        }
        catch (Exception exception) when (exception is SocketException or HttpRequestException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return Finding.Fail(Area, $"{url} cannot be reached: {(exception is OperationCanceledException ? "no answer" : exception.Message)}", "look into the log of the hub; was it started with another configuration?");
        }
    }

    private static async Task<Finding> AskAsync(ListenUrl url, CancellationToken cancellationToken)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var answer = await http.GetAsync($"http://{Reachable(url)}/healthz/ready", cancellationToken);
        return answer.IsSuccessStatusCode
            ? Finding.Ok(Area, $"{url} says that the hub is ready")
            : Finding.Fail(Area, $"{url} answers {(int)answer.StatusCode}: {(await answer.Content.ReadAsStringAsync(cancellationToken)).Trim()}", "look into the log of the hub");
    }

    // Every address of this machine is reached by its loopback address.
    private static IPEndPoint Reachable(ListenUrl url)
    {
        var endPoint = new Listener(url).EndPoint;
        if (endPoint.Address.Equals(IPAddress.Any)) return new IPEndPoint(IPAddress.Loopback, endPoint.Port);
        return endPoint.Address.Equals(IPAddress.IPv6Any) ? new IPEndPoint(IPAddress.IPv6Loopback, endPoint.Port) : endPoint;
    }
}
