using System.Text;
using System.Text.Json;
using Fairlead.Interop.Drivers;

namespace Fairlead.Interop.Aws.Provisioning;

/// <summary>Who gets the answers of the MQTT API, and in which encoding: MQTT.js, without help of an SDK.</summary>
public sealed class AnswerTests(AwsHub hub) : IClassFixture<AwsHub>
{
    [Fact]
    public async Task Answers_go_to_the_client_that_asked_and_to_no_other()
    {
        var claim = await Fleet.ClaimAsync(hub, "claims-answers");
        await using var driver = DriverProcess.Start(Foreign.MqttJs);
        await using var files = new ClaimFiles(claim);
        var asker = await ConnectAsync(driver, files, "asker");
        var spy = await ConnectAsync(driver, files, "spy");
        await spy.SubscribeAsync("$aws/certificates/create/json/accepted", 1);
        await spy.SubscribeAsync("$aws/certificates/#", 1);
        // Not even a subscription is needed to be answered.
        await asker.PublishAsync("$aws/certificates/create/json", "", 1);
        var answer = await asker.NextAsync();
        answer.Topic.ShouldBe("$aws/certificates/create/json/accepted");
        using var document = JsonDocument.Parse(answer.Payload);
        document.RootElement.GetProperty("privateKey").GetString()!.ShouldStartWith("-----BEGIN RSA PRIVATE KEY-----");
        // The spy asks too; what it gets first is its own.
        await spy.PublishAsync("$aws/certificates/create-from-csr/json", "{}", 1);
        var own = await spy.NextAsync();
        own.Topic.ShouldBe("$aws/certificates/create-from-csr/json/rejected");
        using var refused = JsonDocument.Parse(own.Payload);
        refused.RootElement.GetProperty("statusCode").GetInt32().ShouldBe(400);
    }

    [Fact]
    public async Task Registry_48_cbor_is_spoken_too()
    {
        await Fleet.CreateTemplateAsync(hub, "in-cbor");
        var claim = await Fleet.ClaimAsync(hub, "claims-cbor");
        await using var driver = DriverProcess.Start(Foreign.MqttJs);
        await using var files = new ClaimFiles(claim);
        var device = await ConnectAsync(driver, files, "cbor-device");
        await device.PublishAsync("$aws/certificates/create/cbor", "", 1);
        var made = Cbor.Read((await device.NextAsync()).Payload);
        ((string)made["certificatePem"]).ShouldStartWith("-----BEGIN CERTIFICATE-----");
        await device.PublishAsync(
            "$aws/provisioning-templates/in-cbor/provision/cbor",
            Cbor.Write(new Dictionary<string, object>
            {
                ["certificateOwnershipToken"] = made["certificateOwnershipToken"],
                ["parameters"] = new Dictionary<string, object> { ["Serial"] = "cbor" },
            }),
            1);
        var answer = await device.NextAsync();
        answer.Topic.ShouldBe("$aws/provisioning-templates/in-cbor/provision/cbor/accepted");
        var done = Cbor.Read(answer.Payload);
        done["thingName"].ShouldBe("lamp-cbor");
        ((Dictionary<string, object>)done["deviceConfiguration"])["Fixed"].ShouldBe("yes");
        await device.PublishAsync("$aws/provisioning-templates/in-cbor/provision/cbor", "not cbor", 0);
        var refused = Cbor.Read((await device.NextAsync()).Payload);
        refused["statusCode"].ShouldBe(400L);
        refused["errorCode"].ShouldBe("InvalidRequest");
    }

    [Fact]
    public async Task Nobody_in_particular_is_refused_and_other_names_below_the_prefixes_are_nobodys()
    {
        await using var driver = DriverProcess.Start(Foreign.MqttJs);
        var client = new ForeignClient(driver, new Peer(Foreign.MqttJs, 5), "anonymous-device");
        client.Connected = await driver.RequestAsync("connect", client.Name, new { url = hub.Hub.Mqtt.OriginalString, version = 5, clientId = client.Name, clean = true, keepAlive = 60 });
        client.Connected.Ok.ShouldBeTrue(client.Connected.Error);
        await client.PublishAsync("$aws/certificates/create/json", "{}", 1);
        var answer = await client.NextAsync();
        answer.Topic.ShouldBe("$aws/certificates/create/json/rejected");
        using var refused = JsonDocument.Parse(answer.Payload);
        refused.RootElement.GetProperty("statusCode").GetInt32().ShouldBe(401);
        foreach (var topic in new[] { "$aws/certificates/create/xml", "$aws/certificates/create/json/accepted", "$aws/provisioning-templates/t/provision", "$aws/certificates/" })
            (await client.TryPublishAsync(topic, "{}", 1)).ReasonCode.ShouldBe(0x90, topic);
    }

    private async Task<ForeignClient> ConnectAsync(DriverProcess driver, ClaimFiles files, string clientId)
    {
        var client = new ForeignClient(driver, new Peer(Foreign.MqttJs, 4, Route.Tls), clientId);
        client.Connected = await driver.RequestAsync("connect", clientId, new
        {
            url = $"mqtts://localhost:{hub.Hub.Listener("mqtts").Port}",
            version = 4,
            clientId,
            clean = true,
            keepAlive = 60,
            ca = hub.Ca,
            cert = files.Certificate,
            key = files.PrivateKey,
        });
        client.Connected.Ok.ShouldBeTrue(client.Connected.Error);
        return client;
    }

    /// <summary>A claim on the disk, for clients that take files.</summary>
    private sealed class ClaimFiles : IAsyncDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fairlead-claim-");

        public ClaimFiles(Claim claim)
        {
            File.WriteAllText(Certificate, claim.CertificatePem);
            File.WriteAllText(PrivateKey, claim.PrivateKey);
        }

        public string Certificate => Path.Combine(_folder.FullName, "cert.pem");

        public string PrivateKey => Path.Combine(_folder.FullName, "key.pem");

        public ValueTask DisposeAsync()
        {
            _folder.Delete(recursive: true);
            return default;
        }
    }

    /// <summary>As much CBOR (RFC 8949) as these payloads need, written against the standard and not against the hub.</summary>
    private static class Cbor
    {
        public static byte[] Write(Dictionary<string, object> map)
        {
            using var bytes = new MemoryStream();
            Write(bytes, map);
            return bytes.ToArray();
        }

        public static Dictionary<string, object> Read(byte[] payload)
        {
            var at = 0;
            var map = (Dictionary<string, object>)Item(payload, ref at);
            at.ShouldBe(payload.Length);
            return map;
        }

        private static void Write(MemoryStream bytes, object item)
        {
            if (item is string text)
            {
                var utf8 = Encoding.UTF8.GetBytes(text);
                Head(bytes, 3, utf8.Length);
                bytes.Write(utf8);
                return;
            }

            var map = (Dictionary<string, object>)item;
            Head(bytes, 5, map.Count);
            foreach (var (name, value) in map)
            {
                Write(bytes, name);
                Write(bytes, value);
            }
        }

        private static void Head(MemoryStream bytes, int major, int length)
        {
            if (length < 24)
            {
                bytes.WriteByte((byte)((major << 5) | length));
                return;
            }

            bytes.WriteByte((byte)((major << 5) | 25));
            bytes.WriteByte((byte)(length >> 8));
            bytes.WriteByte((byte)length);
        }

        private static object Item(byte[] payload, ref int at)
        {
            var head = payload[at++];
            long length = head & 31;
            if (length >= 24)
            {
                var size = 1 << (int)(length - 24);
                length = 0;
                for (var i = 0; i < size; i++) length = (length << 8) | payload[at++];
            }

            switch (head >> 5)
            {
                case 0:
                    return length;
                case 3:
                    at += (int)length;
                    return Encoding.UTF8.GetString(payload, at - (int)length, (int)length);
                default:
                    var map = new Dictionary<string, object>(StringComparer.Ordinal);
                    for (var i = 0; i < length; i++)
                    {
                        var name = (string)Item(payload, ref at);
                        map[name] = Item(payload, ref at);
                    }

                    return map;
            }
        }
    }
}
