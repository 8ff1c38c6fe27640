using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fairlead.Gateway.Configuration;
using Fairlead.Gateway.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fairlead.Gateway.Hosting;

/// <summary>A gateway that listens (spec section 9). It begins when <see cref="StartAsync"/> comes back, and ends in order with <see cref="StopAsync"/>.</summary>
internal sealed class GatewayHost : IAsyncDisposable
{
    private readonly GatewayOptions _options;
    private readonly GatewayParts _parts;
    private readonly ILogger _log;
    private readonly TimeProvider _time;
    private readonly WebApplication _application;
    private readonly TraceExport? _traces;
    private int _stopped;

    private GatewayHost(GatewayOptions options, IReadOnlyList<Uri> listen, GatewayParts parts, ILogger log, TimeProvider time, WebApplication application)
    {
        (_options, _parts, _log, _time, _application) = (options, parts, log, time, application);
        _traces = options.OtlpEndpoint is null ? null : new TraceExport(options);
        // In the order of the settings; the server knows http and https alone.
        var bound = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        Listening = [.. bound.Zip(listen, static (text, wanted) => new UriBuilder(text) { Scheme = wanted.Scheme }.Uri)];
    }

    /// <summary>Addresses on which it listens, with real ports.</summary>
    public IReadOnlyList<Uri> Listening { get; }

    /// <summary>Its parts.</summary>
    internal GatewayParts Parts => _parts;

    /// <summary>Starts a gateway.</summary>
    /// <param name="options">Settings.</param>
    /// <param name="loggers">Log.</param>
    /// <param name="time">Clock.</param>
    /// <param name="portIsPreference">Whether a port that is taken may be replaced by a free one.</param>
    /// <exception cref="GatewayStartException">It cannot start.</exception>
    public static async Task<GatewayHost> StartAsync(GatewayOptions options, ILoggerFactory loggers, TimeProvider time, bool portIsPreference = false)
    {
        var log = loggers.CreateLogger("Fairlead.Gateway");
        GatewayParts parts;
        try
        {
            parts = GatewayParts.Create(options, log, time);
        }
        catch (IOException exception)
        {
            throw new GatewayStartException(exception.Message, exception);
        }

        var listen = options.Listen;
        while (true)
        {
            var application = Build(options, listen, parts.Http, loggers);
            try
            {
                await application.StartAsync();
                var host = new GatewayHost(options, listen, parts, log, time, application);
                host.Begin();
                return host;
            }
            catch (IOException exception) when (portIsPreference && exception.InnerException is AddressInUseException && listen.Any(static url => url.Port != 0))
            {
                await application.DisposeAsync();
                listen = [.. listen.Select(static url => new UriBuilder(url) { Port = 0 }.Uri)];
            }
            catch (Exception exception) when (exception is IOException or System.Net.Sockets.SocketException)
            {
                await application.DisposeAsync();
                await parts.DisposeAsync();
                throw new GatewayStartException($"cannot listen on {string.Join(", ", listen)}: {exception.Message}", exception);
            }
        }
    }

    /// <summary>Ends in order: not ready, streams end, requests finish, locks go back, links detach, connections close (spec section 9.4 item 11).</summary>
    /// <param name="reason">Why, for the log.</param>
    public async Task StopAsync(string reason)
    {
        if (Interlocked.Exchange(ref _stopped, 1) != 0) return;
        _log.Stopping(reason);
        using var deadline = new CancellationTokenSource(_options.ShutdownTimeout, _time);
        await _parts.Services.State.DrainAsync(deadline.Token);
        if (_parts.Services.State.Requests is var left and > 0) _log.StopTimedOut(left, _options.ShutdownTimeout.TotalSeconds);
        using var grace = new CancellationTokenSource(TimeSpan.FromMilliseconds(500), _time);
        await _application.StopAsync(grace.Token);
        await _parts.CloseAsync();
        _traces?.Dispose();
        _log.Stopped();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync("disposed");
        await _application.DisposeAsync();
        await _parts.DisposeAsync();
    }

    private void Begin()
    {
        string modes = _options.Policy is { } policy ? $"tokens and policy {policy}" : "tokens";
        _log.Starts(_options.InstanceId, _options.HubHostName, _options.HubAddress.GetLeftPart(UriPartial.Authority), modes);
        foreach (var url in Listening)
        {
            _log.Listening(url.ToString());
            if (_options.Policy is not null && _options.ApiKey is null && !url.IsLoopback) _log.PolicyModeOpen(url.ToString());
        }

        _parts.Start();
    }

    private static WebApplication Build(GatewayOptions options, IReadOnlyList<Uri> listen, GatewayHttp http, ILoggerFactory loggers)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "fairlead-gateway", EnvironmentName = "Production" });
        builder.Services.AddSingleton<ILoggerFactory>(new RequestSilence(loggers));
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.Configure<SocketTransportOptions>(static transport =>
        {
            transport.Backlog = 4096;
            transport.NoDelay = true;
            transport.WaitForDataBeforeAllocatingBuffer = true;
            transport.CreateBoundListenSocket = GatewaySocket.Listen;
        });
        builder.WebHost.UseKestrelCore();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            Configure(kestrel, options);
            foreach (var url in listen)
            {
                kestrel.Listen(GatewayOptionsBuilder.ListenAddress(url) ?? IPAddress.Loopback, url.Port, endpoint =>
                {
                    if (url.Scheme == Uri.UriSchemeHttps) endpoint.UseHttps(LoadCertificate(options));
                    // In the clear nothing tells the two apart before the first byte: a port is for one of them.
                    if (url.Scheme == GatewayOptionsBuilder.ClearHttp2) endpoint.Protocols = HttpProtocols.Http2;
                });
            }
        });
        var application = builder.Build();
        application.UseWebSockets(new WebSocketOptions { KeepAliveInterval = TimeSpan.FromSeconds(15), KeepAliveTimeout = TimeSpan.FromSeconds(30) });
        application.Run(http.RunAsync);
        return application;
    }

    private static void Configure(KestrelServerOptions kestrel, GatewayOptions options)
    {
        kestrel.AddServerHeader = false;
        kestrel.AllowSynchronousIO = false;
        kestrel.Limits.MaxRequestHeadersTotalSize = 16 * 1024;
        kestrel.Limits.MaxRequestHeaderCount = 64;
        // The endpoints have limits of their own; beyond this one the connection is cut.
        kestrel.Limits.MaxRequestBodySize = Math.Max(8L * 1024 * 1024, options.MaximumBody * 8L);
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromMinutes(2);
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
    }

    private static X509Certificate2 LoadCertificate(GatewayOptions options)
    {
        try
        {
            using var loaded = X509Certificate2.CreateFromPemFile(options.CertificateFile!, options.KeyFile);
            // A key that came from PEM alone cannot be used by every platform's TLS.
            return X509CertificateLoader.LoadPkcs12(loaded.Export(X509ContentType.Pkcs12), null);
        }
        catch (Exception exception) when (exception is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new GatewayStartException($"the certificate {options.CertificateFile} with the key {options.KeyFile} cannot be used: {exception.Message}", exception);
        }
    }

    /// <summary>
    /// Lets the web host have every log but the one on requests: as long as that is there, each request gets an <see cref="System.Diagnostics.Activity"/>
    /// with its ids, which the gateway's own log does not use and which an open stream holds as long as it lives.
    /// </summary>
    private sealed class RequestSilence(ILoggerFactory loggers) : ILoggerFactory
    {
        public ILogger CreateLogger(string categoryName) => categoryName == "Microsoft.AspNetCore.Hosting.Diagnostics" ? NullLogger.Instance : loggers.CreateLogger(categoryName);

        public void AddProvider(ILoggerProvider provider) => loggers.AddProvider(provider);

        public void Dispose()
        {
            // The log belongs to the program.
        }
    }

    /// <summary>Signals belong to the program, not to the host.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
