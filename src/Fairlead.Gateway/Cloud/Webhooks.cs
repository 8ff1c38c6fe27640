using System.Collections.Concurrent;
using Fairlead.Gateway.Cloud.Hooks;
using Fairlead.Gateway.Configuration;
using Fairlead.Gateway.Devices;
using Fairlead.Gateway.Health;
using Fairlead.Gateway.Hosting;
using Microsoft.Extensions.Logging;

namespace Fairlead.Gateway.Cloud;

/// <summary>The webhooks of devices and the gateway's callbacks (spec sections 1.2 and 9.2).</summary>
internal sealed class Webhooks : IDisposable
{
    private readonly GatewayOptions _options;
    private readonly ILogger _log;
    private readonly WebhookClient _client;
    private readonly ConcurrentDictionary<(bool ByPolicy, string DeviceId), Webhook> _registered = new();
    private readonly ConcurrentDictionary<(bool ByPolicy, string DeviceId), WebhookConsumer> _running = new();
    private readonly Lock _writing = new();

    /// <summary>Reads what was registered before.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public Webhooks(GatewayOptions options, GatewayMetrics metrics, ILogger log, TimeProvider time)
    {
        (_options, _log) = (options, log);
        Guard = new WebhookGuard(options);
        _client = new WebhookClient(options, Guard, metrics, time);
        if (options.DataDirectory is null) return;
        foreach (var webhook in WebhookFile.Read(options.DataDirectory)) _registered[(webhook.ByPolicy, webhook.DeviceId)] = webhook;
    }

    /// <summary>Which URLs may be registered.</summary>
    public WebhookGuard Guard { get; }

    /// <summary>Webhooks registered.</summary>
    public int Count => _registered.Count;

    /// <summary>Devices of the policy that have one: they are served from the start on.</summary>
    public IEnumerable<string> StandingDevices => _registered.Values.Where(static webhook => webhook.ByPolicy).Select(static webhook => webhook.DeviceId);

    /// <summary>The webhook of a device; null for none.</summary>
    public Webhook? Find(HubDevice device) => _registered.GetValueOrDefault((device.ByPolicy, device.Id));

    /// <summary>A device has an entry: whatever serves it without its doing begins.</summary>
    public void Attach(HubDevice device)
    {
        if (_options.CloudMessageCallback is { } messages)
            device.Cloud.Add(new WebhookConsumer(device, new WebhookTarget(messages, _options.CallbackSecret), 2, _client, static () => { }));
        if (_options.DirectMethodCallback is { } methods)
            device.Methods.Add(new WebhookConsumer(device, new WebhookTarget(methods, _options.CallbackSecret), 2, _client, static () => { }));
        if (Find(device) is { } webhook) Begin(device, webhook);
    }

    /// <summary>Registers a webhook in place of the one before.</summary>
    /// <returns>False when there are too many.</returns>
    public bool TryRegister(HubDevice device, WebhookTarget target, IReadOnlyList<string> kinds)
    {
        var key = (device.ByPolicy, device.Id);
        if (!_registered.ContainsKey(key) && _registered.Count >= _options.MaximumWebhooks) return false;
        var webhook = new Webhook(device.Id, device.ByPolicy, target, kinds);
        _registered[key] = webhook;
        Save();
        End(device);
        Begin(device, webhook);
        return true;
    }

    /// <summary>Takes a webhook away.</summary>
    /// <returns>False when there was none.</returns>
    public bool TryRemove(HubDevice device)
    {
        bool was = _registered.TryRemove((device.ByPolicy, device.Id), out _);
        if (was) Save();
        End(device);
        return was;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var consumer in _running.Values) consumer.Dispose();
        _client.Dispose();
    }

    private void Begin(HubDevice device, Webhook webhook)
    {
        var consumer = new WebhookConsumer(device, webhook.Target, 1, _client, () => TryRemove(device));
        _running[(device.ByPolicy, device.Id)] = consumer;
        if (webhook.Kinds.Contains("messages") && _options.CloudMessagesEnabled) device.Cloud.Add(consumer);
        if (webhook.Kinds.Contains("methods") && _options.DirectMethodEnabled) device.Methods.Add(consumer);
        if (webhook.Kinds.Contains("desired")) device.Twin.Add(consumer);
    }

    private void End(HubDevice device)
    {
        if (!_running.TryRemove((device.ByPolicy, device.Id), out var consumer)) return;
        consumer.Dispose();
        device.CloudIfAny?.Remove(consumer);
        device.MethodsIfAny?.Remove(consumer);
        device.Twin.Remove(consumer);
    }

    private void Save()
    {
        if (_options.DataDirectory is not { } directory) return;
        try
        {
            lock (_writing) WebhookFile.Write(directory, _registered.Values);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _log.WebhooksNotWritten(directory, exception.Message);
        }
    }
}
