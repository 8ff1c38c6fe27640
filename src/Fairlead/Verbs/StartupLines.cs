using System.Text.Json;
using Fairlead.Server.Configuration;
using Fairlead.Server.Hosting;

namespace Fairlead.Verbs;

/// <summary>What a hub says on standard output when it is ready. Scripts read the JSON form and the lines <c>listening</c> and <c>ready</c>.</summary>
internal sealed class StartupLines(TextWriter output, bool json, bool throwAway)
{
    /// <summary>Writes everything at once.</summary>
    /// <param name="hub">The hub.</param>
    /// <param name="options">Its configuration.</param>
    /// <param name="gateway">Where the gateway beside it listens; null without one.</param>
    public void Write(Hub hub, HubOptions options, Uri? gateway = null)
    {
        if (json) WriteJson(hub, gateway);
        else WriteText(hub, options, gateway);
        output.Flush();
    }

    private static string Purpose(ListenUrl url, HubOptions options) => url.Kind switch
    {
        ListenerKind.Mqtt when options.DevMode => "dev mode only: no password, this machine only",
        ListenerKind.Mqtt => "plaintext",
        ListenerKind.Mqtts => "client certificate, or user name and password",
        ListenerKind.Ws when options.DevMode => "dev mode only: no password, this machine only",
        ListenerKind.Ws => "plaintext",
        ListenerKind.Wss => "user name and password",
        ListenerKind.Tls => "MQTT, HTTPS, WebSocket and AMQP",
        ListenerKind.Amqp => "Azure devices and services, this machine only",
        ListenerKind.Amqps => "Azure devices and services",
        _ => "health, metrics, administration",
    };

    private static string Title(ListenerKind kind) => kind switch
    {
        ListenerKind.Mqtt => "MQTT",
        ListenerKind.Mqtts => "MQTT/TLS",
        ListenerKind.Ws => "WebSocket",
        ListenerKind.Wss => "WebSocket/TLS",
        ListenerKind.Tls => "All on TLS",
        ListenerKind.Amqp => "AMQP",
        ListenerKind.Amqps => "AMQP/TLS",
        _ => "HTTP",
    };

    private void WriteJson(Hub hub, Uri? gateway)
    {
        foreach (var url in hub.Listening) output.Write($$"""{"event":"listening","url":"{{url}}"}{{'\n'}}""");
        if (gateway is not null) output.Write($$"""{"event":"gateway","url":"{{gateway.GetLeftPart(UriPartial.Authority)}}"}{{'\n'}}""");
        foreach (var note in hub.Notes) output.Write($$"""{"event":"note","msg":"{{JsonEncodedText.Encode(note)}}"}{{'\n'}}""");
        if (hub.MakeConsoleLink() is { } console) output.Write($$"""{"event":"console","url":"{{JsonEncodedText.Encode(console)}}"}{{'\n'}}""");
        output.Write("""{"event":"ready"}""" + "\n");
    }

    private void WriteText(Hub hub, HubOptions options, Uri? gateway)
    {
        var version = VersionVerb.Version.Split('+')[0];
        output.WriteLine(options.DevMode
            ? $"fairlead {version}  dev mode, data in {options.Data}{(throwAway ? " until it ends" : "")}"
            : $"fairlead {version}  data in {options.Data}");
        if (hub.MakeConsoleLink() is { } console)
            output.WriteLine(options.DevMode ? $"  {"Console",-14}{console}  (works once, 15 minutes)" : $"console {console} (works once, 15 minutes)");
        foreach (var url in hub.Listening)
        {
            output.WriteLine(options.DevMode
                ? $"  {Title(url.Kind),-14}{Friendly(url),-32}{Purpose(url, options)}"
                : $"listening {url}");
        }

        if (gateway is not null)
        {
            string url = $"http://localhost:{gateway.Port}";
            output.WriteLine($"  {"Gateway",-14}{url,-32}REST for devices: curl -d '{{\"t\":21}}' {url}/api/dev1");
        }

        foreach (var note in hub.Notes) output.WriteLine($"  {note}");
        if (options.DevMode && hub.Listening.FirstOrDefault(static url => url.Kind == ListenerKind.Http) is { } http)
        {
            string url = http.Port == 8080 ? "" : $" --url {Friendly(http)}";
            output.WriteLine($"  {"Next",-14}fairlead thing create lamp1 --out lamp1{url}");
            output.WriteLine($"  {"For Azure SDKs",-14} fairlead iothub device create dev1{url} && fairlead iothub connection-string --device dev1 --transport mqtt{url}");
        }

        output.WriteLine("ready");
    }

    // People type localhost; every address and the loopback address include it.
    private static string Friendly(ListenUrl url) =>
        (url.Host is "127.0.0.1" or "0.0.0.0" or "*" or "::" ? url with { Host = "localhost" } : url).ToString();
}
