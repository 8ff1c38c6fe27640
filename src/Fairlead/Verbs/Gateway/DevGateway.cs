using Fairlead.Gateway.Configuration;
using Fairlead.Gateway.Hosting;
using Fairlead.Server.Configuration;
using Fairlead.Server.Hosting;
using Microsoft.Extensions.Logging;

namespace Fairlead.Verbs.Gateway;

/// <summary>The gateway in <c>fairlead dev</c>: in the same process, in policy mode, before its own hub, so that one curl reaches a rule.</summary>
internal static class DevGateway
{
    private const int PreferredPort = 8088;

    /// <summary>Starts it; null when the hub has no AMQP listener that it could use, or when the listeners were chosen by hand.</summary>
    /// <param name="hub">The hub.</param>
    /// <param name="options">Its configuration.</param>
    /// <param name="loggers">Log.</param>
    /// <param name="time">Clock.</param>
    /// <param name="port">Port to listen on when it is free, else any; 0 for any.</param>
    /// <exception cref="GatewayStartException">It cannot start.</exception>
    public static async Task<GatewayHost?> StartAsync(Hub hub, HubOptions options, ILoggerFactory loggers, TimeProvider time, int port = PreferredPort)
    {
        if (!options.DevMode || !options.PortsArePreferences) return null;
        if (hub.Listening.FirstOrDefault(static url => url.Kind == ListenerKind.Amqp) is not { } amqp || hub.DevicePolicyKey.Length == 0) return null;
        var settings = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["IoTHubHostName"] = "localhost",
            ["HubAddress"] = $"amqp://127.0.0.1:{amqp.Port}",
            ["Listen"] = $"http://127.0.0.1:{port}",
            ["SharedAccessPolicyKeyEnabled"] = "true",
            ["AccessPolicyName"] = "device",
            ["AccessPolicyKey"] = hub.DevicePolicyKey,
            ["CloudMessagesEnabled"] = "true",
            ["DirectMethodEnabled"] = "true",
            ["WebhookAllow"] = "localhost 127.0.0.0/8 ::1/128",
            ["AuthorisationRate"] = "5000",
            ["ReconnectInit"] = "0.1",
            ["ReconnectMax"] = "2",
            ["DataDirectory"] = Path.Combine(options.Data, "gateway"),
        };
        var configuration = GatewayConfiguration.Load([], [], settings);
        if (configuration.Options is not { } checkedOptions) throw new GatewayStartException(string.Join("; ", configuration.Problems));
        return await GatewayHost.StartAsync(checkedOptions, loggers, time, portIsPreference: true);
    }
}
