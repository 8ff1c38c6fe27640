using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Fairlead.Chaos.Clients;
using Fairlead.Shared;

namespace Fairlead.Chaos.Edge;

/// <summary>The remote side is a stock mosquitto: once with TLS and client certificates, once with the test in the place of the shadow service.</summary>
public sealed class StockCloudTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly string _folder = Directory.CreateTempSubdirectory("fairlead-stock-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Edge_A_stock_mosquitto_with_client_certificates_gets_everything_over_kills_of_both_sides()
    {
        MosquittoProcess.Need();
        MakeCertificates();
        int tls = FreePort.Take();
        await using var cloud = await MosquittoProcess.StartAsync(port => string.Create(
            CultureInfo.InvariantCulture,
            $"""
            persistence true
            persistence_location {_folder}/
            listener {port} 127.0.0.1
            listener {tls} 127.0.0.1
            cafile {_folder}/ca.pem
            certfile {_folder}/server.pem
            keyfile {_folder}/server.key
            require_certificate true
            """));
        await using var local = await MosquittoProcess.StartAsync();
        await using var recorder = await Recorder.StartAsync(cloud.Url, "stock-recorder", "telemetry/#");
        await using var edge = await EdgeProcess.StartAsync(new()
        {
            ["address"] = $"tls://localhost:{tls}",
            ["caCert"] = $"{_folder}/ca.pem",
            ["cert"] = $"{_folder}/client.pem",
            ["key"] = $"{_folder}/client.key",
            ["deviceId"] = EdgeStage.Device,
            ["localAddress"] = $"tcp://127.0.0.1:{local.Port}",
            ["rate.profile"] = "none",
            ["reconnectMax"] = 1,
        });
        await local.UntilSubscribedAsync();
        await using var app = await AppAsync(local);
        await PublishAsync(app, 1, 400);
        await recorder.UntilAsync(static arrivals => Live.Numbers(arrivals).Distinct().Count() == 400, "the first part should arrive");
        await cloud.KillAsync();
        await PublishAsync(app, 401, 700);
        await edge.UntilBufferedAsync(static count => count >= 300, "the second part should wait");
        await edge.KillAsync();
        await cloud.LaunchAsync();
        await edge.RestartAsync();
        await PublishAsync(app, 701, 800);
        await recorder.UntilAsync(static arrivals => Live.Numbers(arrivals).Distinct().Count() == 800, "everything should arrive");
        Live.Numbers(recorder.Arrivals).Distinct().ShouldBe(Enumerable.Range(1, 800));
    }

    [Fact]
    public async Task Edge_V8_Refused_shadow_updates_are_tried_again_or_answered_and_hold_nobody_up()
    {
        MosquittoProcess.Need();
        await using var cloud = await MosquittoProcess.StartAsync();
        await using var local = await MosquittoProcess.StartAsync();
        await using var service = new PersistentClient(level: 4, "shadow-service") { BearsSilence = true };
        var attempts = new Dictionary<int, int>();
        service.OnMessage = message => Answer(service, message, attempts);
        await service.ConnectAsync(cloud.Url);
        foreach (string verb in new[] { "get", "update" })
        {
            (await service.SubscribeAsync($"$aws/things/+/shadow/{verb}", 1)).ShouldBeTrue();
            (await service.SubscribeAsync($"$aws/things/+/shadow/name/+/{verb}", 1)).ShouldBeTrue();
        }

        await using var recorder = await Recorder.StartAsync(cloud.Url, "stock-recorder", "event/#");
        await using var apps = await Recorder.StartAsync(local.Url, "local-recorder", "command/#");
        await using var edge = await EdgeProcess.StartAsync(new()
        {
            ["address"] = $"tcp://127.0.0.1:{cloud.Port}",
            ["deviceId"] = EdgeStage.Device,
            ["localAddress"] = $"tcp://127.0.0.1:{local.Port}",
            ["rate.profile"] = "none",
        });
        await local.UntilSubscribedAsync();
        await using var app = await AppAsync(local);
        foreach (int code in new[] { 413, 429, 500 })
            await app.PublishAsync("e", Live.Modify($"f{code}", code, string.Create(CultureInfo.InvariantCulture, $"\"response-required\":true,\"correlation-id\":\"c{code}\"")), 1);
        for (int n = 1; n <= 50; n++) await app.PublishAsync("e", Live.Message(n), 1);
        await recorder.UntilAsync(static arrivals => Live.Numbers(arrivals).Distinct().Count() == 50, "other traffic should go on");
        await apps.UntilAsync(static arrivals => HasError(arrivals, "c413", 413) && HasError(arrivals, "c500", 503), "the refused ones should be answered");
        await Wait.UntilAsync(() => AttemptsOf(429) >= 3, () => $"429 should be tried again\n{edge.Tail}", Patience);
        // On a machine that is very busy an answer may take longer than the connector waits for it; it counts those times.
        double late = await edge.SampleAsync("edge_shadow_requests_total", "op=\"update\"", "status=\"408\"") ?? 0;
        AttemptsOf(413).ShouldBeLessThanOrEqualTo(1 + (int)late);
        AttemptsOf(500).ShouldBeGreaterThan(1);
        HasError(apps.Arrivals, "c429", 429).ShouldBeFalse("it was accepted in the end");
        await edge.UntilBufferedAsync(static count => count == 0, "nothing should be left");

        int AttemptsOf(int n)
        {
            lock (attempts) return attempts.GetValueOrDefault(n);
        }
    }

    private static void Answer(PersistentClient service, RawPublish message, Dictionary<int, int> attempts)
    {
        using var request = JsonDocument.Parse(message.Payload.Length == 0 ? "{}" : message.Text);
        string token = request.RootElement.TryGetProperty("clientToken", out var given) ? given.GetString()! : "";
        if (message.Topic.EndsWith("/get", StringComparison.Ordinal))
        {
            Publish("rejected", new { code = 404, message = "No shadow exists", clientToken = token });
            return;
        }

        int n = request.RootElement.GetProperty("state").GetProperty("reported").GetProperty("n").GetInt32();
        int attempt;
        lock (attempts) attempt = attempts[n] = attempts.GetValueOrDefault(n) + 1;
        if (n == 429 && attempt > 2) Publish("accepted", new { state = new { reported = new { n } }, version = 1, timestamp = 1, clientToken = token });
        else Publish("rejected", new { code = n, message = "refused by the test", clientToken = token });

        void Publish(string suffix, object body) => _ = Task.Run(() => service.PublishAsync($"{message.Topic}/{suffix}", JsonSerializer.Serialize(body), 1));
    }

    private static bool HasError(List<Arrival> arrivals, string correlation, int status) => arrivals.Exists(arrival =>
        arrival.Topic.EndsWith("errors-response", StringComparison.Ordinal) && arrival.Text.Contains($"\"{correlation}\"", StringComparison.Ordinal)
        && arrival.Text.Contains(string.Create(CultureInfo.InvariantCulture, $"\"status\":{status}"), StringComparison.Ordinal));

    private static async Task<PersistentClient> AppAsync(MosquittoProcess local)
    {
        var app = new PersistentClient(level: 4, $"app-{Guid.NewGuid():N}") { BearsSilence = true };
        await app.ConnectAsync(local.Url);
        return app;
    }

    private static async Task PublishAsync(PersistentClient app, int first, int last)
    {
        for (int n = first; n <= last; n++) (await app.PublishAsync("t", Live.Message(n), 1)).ShouldBeTrue();
        await app.DrainAsync();
    }

    private void MakeCertificates()
    {
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Test CA", authorityKey, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var from = new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
        using var authority = request.CreateSelfSigned(from, from.AddYears(70));
        File.WriteAllText(Path.Combine(_folder, "ca.pem"), authority.ExportCertificatePem());
        foreach (string name in new[] { "server", "client" })
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var leaf = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName("localhost");
            leaf.CertificateExtensions.Add(names.Build());
            using var signed = leaf.Create(authority, from.AddDays(1), from.AddYears(69), RandomNumberGenerator.GetBytes(8));
            File.WriteAllText(Path.Combine(_folder, $"{name}.pem"), signed.ExportCertificatePem());
            File.WriteAllText(Path.Combine(_folder, $"{name}.key"), key.ExportPkcs8PrivateKeyPem());
        }
    }
}
