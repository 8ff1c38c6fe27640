using System.Buffers.Text;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Fairlead.Interop.Drivers;

namespace Fairlead.Interop.Aws.Authorizers;

/// <summary>Custom authorizers at work, over MQTT, WebSocket and HTTP (spec/aws-messaging, section 1.1).</summary>
public sealed class CustomAuthTests(AwsHub hub) : IClassFixture<AwsHub>
{
    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Messaging_03_09_the_device_sdk_authenticates_by_alpn_mqtt_with_user_name_and_password(int version)
    {
        await using var function = FunctionServer.Start(static called =>
            Encoding.UTF8.GetString(Convert.FromBase64String(called.GetProperty("protocolData").GetProperty("mqtt").GetProperty("password").GetString()!)) == "open sesame"
                ? Policies.LetIn("door", Policies.Mine)
                : new { isAuthenticated = false });
        var name = $"sdk-{version}";
        await hub.JavaScript.IotAsync("CreateAuthorizer", new { authorizerName = name, authorizerFunctionArn = function.Url, signingDisabled = true });
        await using var sdk = DriverProcess.Start(Foreign.AwsSdk);
        var client = await ConnectAsync(sdk, Foreign.AwsSdk, version, $"door-{version}", "open sesame", name, "tls");
        client.Connected.Ok.ShouldBeTrue(client.Connected.Error);
        function.Events.TryDequeue(out var told).ShouldBeTrue();
        var mqtt = told.GetProperty("protocolData").GetProperty("mqtt");
        mqtt.GetProperty("clientId").GetString().ShouldBe($"door-{version}");
        mqtt.GetProperty("username").GetString()!.ShouldStartWith("user?");
        told.GetProperty("protocolData").GetProperty("tls").GetProperty("serverName").GetString().ShouldBe("localhost");
        told.GetProperty("protocols").EnumerateArray().Select(static p => p.GetString()).ShouldBe(["tls", "mqtt"]);

        // Its policy is in force: below mine/ it may publish, elsewhere not.
        (await client.PublishAsync("mine/state", "on", 1)).ShouldBeLessThan(0x80);
        if (version == 5)
        {
            var denied = await client.TryPublishAsync("theirs/state", "on", 1);
            denied.ReasonCode.ShouldBe(0x87);
        }

        var wrong = await ConnectAsync(sdk, Foreign.AwsSdk, version, $"door-{version}b", "shut", name, "tls");
        wrong.Connected.Ok.ShouldBeFalse();
    }

    [Fact]
    public async Task Messaging_09_a_signed_token_is_verified_before_the_function_is_asked()
    {
        using var rsa = RSA.Create(2048);
        await using var function = FunctionServer.Start(static _ => Policies.LetIn("signed", Policies.All));
        await hub.JavaScript.IotAsync("CreateAuthorizer", new
        {
            authorizerName = "signed",
            authorizerFunctionArn = function.Url,
            tokenKeyName = "doorToken",
            tokenSigningPublicKeys = new { k = rsa.ExportSubjectPublicKeyInfoPem() },
        });
        var signature = Uri.EscapeDataString(Convert.ToBase64String(rsa.SignData("t0k"u8, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)));
        await using var paho = DriverProcess.Start(Foreign.Paho);
        var right = await ConnectAsync(paho, Foreign.Paho, 5, "signed-1", null, null, "mqtt", $"u?x-amz-customauthorizer-name=signed&x-amz-customauthorizer-signature={signature}&doorToken=t0k");
        right.Connected.Ok.ShouldBeTrue(right.Connected.Error);
        function.Events.TryDequeue(out var told).ShouldBeTrue();
        told.GetProperty("token").GetString().ShouldBe("t0k");
        told.GetProperty("signatureVerified").GetBoolean().ShouldBeTrue();
        foreach (var user in new[]
        {
            $"u?x-amz-customauthorizer-name=signed&x-amz-customauthorizer-signature={signature}&doorToken=t0l",
            "u?x-amz-customauthorizer-name=signed&x-amz-customauthorizer-signature=AAAA&doorToken=t0k",
            "u?x-amz-customauthorizer-name=signed&doorToken=t0k",
            $"u?x-amz-customauthorizer-name=signed&x-amz-customauthorizer-signature={signature}",
        })
        {
            var refused = await ConnectAsync(paho, Foreign.Paho, 5, "signed-2", null, null, "mqtt", user);
            refused.Connected.Ok.ShouldBeFalse();
            refused.Connected.ReasonCode.ShouldBe(0x87);
        }

        function.Events.ShouldBeEmpty();
    }

    [Fact]
    public async Task Messaging_09_websocket_takes_values_from_query_headers_and_connect()
    {
        await using var function = FunctionServer.Start(static _ => Policies.LetIn("browser", Policies.All));
        await hub.JavaScript.IotAsync("CreateAuthorizer", new { authorizerName = "web", authorizerFunctionArn = function.Url, signingDisabled = true, tokenKeyName = "webToken" });
        await using var js = DriverProcess.Start(Foreign.MqttJs);
        const string Query = "?x-amz-customauthorizer-name=web&webToken=abc";
        foreach (var (clientId, query, headers, username) in new (string, string, object?, string?)[]
        {
            ("ws-query", Query, null, null),
            ("ws-headers", "", new Dictionary<string, string> { ["x-amz-customauthorizer-name"] = "web", ["webToken"] = "abc" }, null),
            ("ws-connect", "", null, "me?x-amz-customauthorizer-name=web&webToken=abc"),
        })
        {
            var client = new ForeignClient(js, new Peer(Foreign.MqttJs, 5, Route.WssOnTls), clientId);
            client.Connected = await js.RequestAsync("connect", clientId, new
            {
                url = $"wss://localhost:{hub.Hub.Listener("tls").Port}/mqtt{query}",
                version = 5,
                clientId,
                clean = true,
                keepAlive = 60,
                ca = hub.Ca,
                headers,
                username,
            });
            client.Connected.Ok.ShouldBeTrue($"{clientId}: {client.Connected.Error}");
            function.Events.TryDequeue(out var told).ShouldBeTrue();
            told.GetProperty("token").GetString().ShouldBe("abc", clientId);
            told.GetProperty("protocols").EnumerateArray().Select(static p => p.GetString()).ShouldBe(["tls", "http", "mqtt"]);
            if (query.Length > 0) told.GetProperty("protocolData").GetProperty("http").GetProperty("queryString").GetString().ShouldBe(query);
            (await client.PublishAsync("web/hello", clientId, 1)).ShouldBeLessThan(0x80);
        }
    }

    [Fact]
    public async Task Messaging_81_http_requests_are_let_in_by_an_authorizer()
    {
        await using var function = FunctionServer.Start(static called =>
            called.TryGetProperty("token", out var token) && token.GetString() == "abc" ? Policies.LetIn("caller", Policies.Mine) : new { isAuthenticated = false });
        await hub.JavaScript.IotAsync("CreateAuthorizer", new
        {
            authorizerName = "http",
            authorizerFunctionArn = function.Url,
            signingDisabled = true,
            tokenKeyName = "httpToken",
            enableCachingForHttp = true,
        });
        using var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            // The authority of the hub is in no store of this machine; what is tested lies above.
            SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = static (_, _, _, _) => true },
        };
        using var http = new HttpClient(handler) { BaseAddress = hub.Https };
        (await PostAsync("topics/mine/a?qos=0", "http", "abc")).ShouldBe(HttpStatusCode.OK);
        (await PostAsync("topics/mine/a?qos=0&x-amz-customauthorizer-name=http&httpToken=abc", null, null)).ShouldBe(HttpStatusCode.OK);
        // The answer holds for the connection: the function was asked once.
        function.Events.Count.ShouldBe(1);
        (await PostAsync("topics/theirs/a?qos=0", "http", "abc")).ShouldBe(HttpStatusCode.Forbidden);
        (await PostAsync("topics/mine/a?qos=0", "http", "wrong")).ShouldBe(HttpStatusCode.Forbidden);
        (await PostAsync("topics/mine/a?qos=0", "nobody", "abc")).ShouldBe(HttpStatusCode.Forbidden);

        async Task<HttpStatusCode> PostAsync(string path, string? authorizer, string? token)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent("hello") };
            if (authorizer is not null) request.Headers.Add("x-amz-customauthorizer-name", authorizer);
            if (token is not null) request.Headers.Add("httpToken", token);
            using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
            return response.StatusCode;
        }
    }

    [Fact]
    public async Task Web_tokens_are_verified_without_a_function()
    {
        using var rsa = RSA.Create(2048);
        using var curve = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var secret = RandomNumberGenerator.GetBytes(32);
        await hub.JavaScript.IotAsync("CreateAuthorizer", new
        {
            authorizerName = "jwt",
            authorizerFunctionArn = "urn:fairlead:jwt",
            signingDisabled = true,
            tokenKeyName = "jwt",
            tokenSigningPublicKeys = new { r = rsa.ExportSubjectPublicKeyInfoPem(), e = curve.ExportSubjectPublicKeyInfoPem(), h = "HS256:" + Convert.ToBase64String(secret) },
        });
        var shown = await hub.Boto3.IotAsync("DescribeAuthorizer", new { authorizerName = "jwt" });
        shown.GetProperty("authorizerDescription").GetProperty("tokenSigningPublicKeys").GetProperty("h").GetString().ShouldBe("HS256:***");
        var later = DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeSeconds();
        var claims = new { sub = "device7", exp = later, policyDocuments = new[] { Policies.Mine } };
        await using var paho = DriverProcess.Start(Foreign.Paho);
        var number = 0;
        foreach (var token in new[]
        {
            Token("RS256", claims, signed => rsa.SignData(signed, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)),
            Token("ES256", claims, signed => curve.SignData(signed, HashAlgorithmName.SHA256)),
            Token("HS256", claims, signed => HMACSHA256.HashData(secret, signed)),
        })
        {
            var client = await ConnectAsync(paho, Foreign.Paho, 5, $"jwt-{++number}", token, null, "mqtt", "any?x-amz-customauthorizer-name=jwt");
            client.Connected.Ok.ShouldBeTrue(client.Connected.Error);
        }

        foreach (var token in new[]
        {
            Token("HS256", new { sub = "device7", exp = later - 7200, policyDocuments = new[] { Policies.Mine } }, signed => HMACSHA256.HashData(secret, signed)),
            Token("HS256", claims, static signed => HMACSHA256.HashData(new byte[32], signed)),
            // The public key taken for a secret, and no signature at all.
            Token("HS256", claims, signed => HMACSHA256.HashData(Encoding.UTF8.GetBytes(rsa.ExportSubjectPublicKeyInfoPem()), signed)),
            Token("none", claims, static _ => []),
            "no.token.atall",
        })
        {
            var refused = await ConnectAsync(paho, Foreign.Paho, 5, "jwt-refused", token, null, "mqtt", "any?x-amz-customauthorizer-name=jwt");
            refused.Connected.ReasonCode.ShouldBe(0x87);
        }

        static string Token(string algorithm, object claims, Func<byte[], byte[]> sign)
        {
            var head = Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(new { alg = algorithm, typ = "JWT" }));
            var signed = $"{head}.{Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(claims))}";
            return $"{signed}.{Base64Url.EncodeToString(sign(Encoding.ASCII.GetBytes(signed)))}";
        }
    }

    private async Task<ForeignClient> ConnectAsync(
        DriverProcess driver, Foreign library, int version, string clientId, string? password, string? authorizer, string listener, string? username = null)
    {
        var client = new ForeignClient(driver, new Peer(library, version), $"{clientId}-{Guid.NewGuid():N}");
        client.Connected = await driver.RequestAsync("connect", client.Name, new
        {
            url = listener == "mqtt" ? hub.Hub.Mqtt.OriginalString : $"mqtts://localhost:{hub.Hub.Listener(listener).Port}",
            version,
            clientId,
            clean = true,
            keepAlive = 60,
            username = username ?? "user",
            password,
            ca = listener == "mqtt" ? null : hub.Ca,
            builder = authorizer is null ? null : "custom-auth",
            authorizer,
        });
        return client;
    }
}
