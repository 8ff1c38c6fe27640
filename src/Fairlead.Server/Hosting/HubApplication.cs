using Fairlead.Server.Configuration;
using Fairlead.Server.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fairlead.Server.Hosting;

/// <summary>Builds the smallest host that runs Kestrel: no configuration files, no logging providers, no signal handlers of its own.</summary>
internal static class HubApplication
{
    private const int KestrelBlock = 4096;

    public static WebApplication Build(HubOptions options, HubListeners listeners, HubHttp http, ILoggerFactory loggers)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "fairlead", EnvironmentName = "Production" });
        builder.Services.AddSingleton(loggers);
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        if (options.Server.ReceiveBlock > KestrelBlock)
            builder.Services.AddSingleton<IMemoryPoolFactory<byte>>(new BlockPool.Factory(options.Server.ReceiveBlock));
        builder.Services.Configure<SocketTransportOptions>(transport => Configure(transport, options.Server, listeners));
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            Configure(kestrel, options.Server);
            listeners.Bind(kestrel);
        });
        var application = builder.Build();
        application.UseWebSockets(new WebSocketOptions { KeepAliveInterval = TimeSpan.Zero });
        application.Run(http.RunAsync);
        return application;
    }

    private static void Configure(SocketTransportOptions transport, ServerOptions server, HubListeners listeners)
    {
        transport.UnsafePreferInlineScheduling = server.InlineScheduling;
        if (server.IoQueues > 0) transport.IOQueueCount = server.IoQueues;
        transport.Backlog = server.Backlog;
        transport.NoDelay = true;
        // An idle connection holds no receive block.
        transport.WaitForDataBeforeAllocatingBuffer = true;
        transport.MaxReadBufferSize = server.ReceiveBuffer;
        transport.MaxWriteBufferSize = server.SendBuffer;
        transport.CreateBoundListenSocket = listeners.CreateSocket;
    }

    private static void Configure(KestrelServerOptions kestrel, ServerOptions server)
    {
        kestrel.AddServerHeader = false;
        kestrel.AllowSynchronousIO = false;
        // The broker has limits of its own for connections; Kestrel's would cut MQTT without a word.
        kestrel.Limits.MaxConcurrentConnections = null;
        kestrel.Limits.MaxConcurrentUpgradedConnections = null;
        kestrel.Limits.MaxRequestBufferSize = server.ReceiveBuffer;
        kestrel.Limits.MaxResponseBufferSize = server.SendBuffer;
        kestrel.Limits.MaxRequestBodySize = 1024 * 1024;
    }

    /// <summary>Signals belong to the program, not to the host.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
