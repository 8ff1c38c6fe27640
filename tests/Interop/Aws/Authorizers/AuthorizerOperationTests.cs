using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Fairlead.Interop.Aws.Authorizers;

/// <summary>The operations on custom authorizers, through both SDKs.</summary>
public sealed class AuthorizerOperationTests(AwsHub hub) : IClassFixture<AwsHub>
{
    public static TheoryData<AwsTool> Tools => [AwsTool.Boto3, AwsTool.JavaScript];

    [Theory]
    [MemberData(nameof(Tools))]
    public async Task Authorizer_lives_from_creation_to_deletion(AwsTool tool)
    {
        var api = Api(tool);
        var name = $"life-{tool}";
        using var rsa = RSA.Create(2048);
        var pem = rsa.ExportSubjectPublicKeyInfoPem();
        var made = await api.IotAsync("CreateAuthorizer", new
        {
            authorizerName = name,
            authorizerFunctionArn = "https://functions.example/decide",
            tokenKeyName = "token",
            tokenSigningPublicKeys = new { first = pem },
            status = "ACTIVE",
            enableCachingForHttp = true,
            tags = new[] { new { Key = "team", Value = "doors" } },
        });
        var arn = made.GetProperty("authorizerArn").GetString()!;
        arn.ShouldBe($"arn:aws:iot:us-east-1:123456789012:authorizer/{name}");
        (await api.IotAsync("ListTagsForResource", new { resourceArn = arn })).GetProperty("tags")[0].GetProperty("Value").GetString().ShouldBe("doors");
        var shown = (await api.IotAsync("DescribeAuthorizer", new { authorizerName = name })).GetProperty("authorizerDescription");
        shown.GetProperty("authorizerFunctionArn").GetString().ShouldBe("https://functions.example/decide");
        shown.GetProperty("tokenKeyName").GetString().ShouldBe("token");
        shown.GetProperty("tokenSigningPublicKeys").GetProperty("first").GetString().ShouldBe(pem);
        shown.GetProperty("status").GetString().ShouldBe("ACTIVE");
        shown.GetProperty("signingDisabled").GetBoolean().ShouldBeFalse();
        shown.GetProperty("enableCachingForHttp").GetBoolean().ShouldBeTrue();
        shown.GetProperty("creationDate").GetDouble().ShouldBeGreaterThan(1_700_000_000);

        await api.RefusedAsync("DeleteConflictException", 409, "DeleteAuthorizer", new { authorizerName = name });
        await api.IotAsync("UpdateAuthorizer", new { authorizerName = name, status = "INACTIVE", tokenKeyName = "other" });
        shown = (await api.IotAsync("DescribeAuthorizer", new { authorizerName = name })).GetProperty("authorizerDescription");
        shown.GetProperty("status").GetString().ShouldBe("INACTIVE");
        shown.GetProperty("tokenKeyName").GetString().ShouldBe("other");
        await api.IotAsync("DeleteAuthorizer", new { authorizerName = name });
        foreach (var operation in new[] { "DescribeAuthorizer", "UpdateAuthorizer", "DeleteAuthorizer", "SetDefaultAuthorizer", "TestInvokeAuthorizer" })
            await api.RefusedAsync("ResourceNotFoundException", 404, operation, new { authorizerName = name });
    }

    [Theory]
    [MemberData(nameof(Tools))]
    public async Task Creation_refuses_what_would_not_work(AwsTool tool)
    {
        var api = Api(tool);
        var name = $"refused-{tool}";
        using var rsa = RSA.Create(2048);
        using var weak = RSA.Create(1024);
        var pem = rsa.ExportSubjectPublicKeyInfoPem();
        const string Function = "https://functions.example/decide";
        foreach (var (input, because) in new (object, string)[]
        {
            (new { authorizerName = name, authorizerFunctionArn = Function }, "tokenKeyName"),
            (new { authorizerName = name, authorizerFunctionArn = Function, tokenKeyName = "token" }, "tokenSigningPublicKeys"),
            (new { authorizerName = name, authorizerFunctionArn = Function, tokenKeyName = "token", tokenSigningPublicKeys = new { k = "no key" } }, "PEM"),
            (new { authorizerName = name, authorizerFunctionArn = Function, tokenKeyName = "token", tokenSigningPublicKeys = new { k = weak.ExportSubjectPublicKeyInfoPem() } }, "2048"),
            (new { authorizerName = name, authorizerFunctionArn = Function, tokenKeyName = "token", tokenSigningPublicKeys = new { k = rsa.ExportPkcs8PrivateKeyPem() } }, "public key"),
            (new { authorizerName = name, authorizerFunctionArn = "arn:aws:lambda:us-east-1:123456789012:function:gone", signingDisabled = true }, "Aws:Functions"),
            (new { authorizerName = name, authorizerFunctionArn = "http://functions.example/", signingDisabled = true }, "https"),
            (new { authorizerName = name, authorizerFunctionArn = "urn:fairlead:jwt", tokenKeyName = "token", tokenSigningPublicKeys = new { k = pem } }, "signingDisabled"),
            (new { authorizerName = name, authorizerFunctionArn = "urn:fairlead:jwt", signingDisabled = true }, "tokenSigningPublicKeys"),
        })
        {
            (await api.RefusedAsync("InvalidRequestException", 400, "CreateAuthorizer", input)).Message!.ShouldContain(because);
        }

        await api.IotAsync("CreateAuthorizer", new { authorizerName = name, authorizerFunctionArn = Function, signingDisabled = true });
        var taken = await api.RefusedAsync(
            "ResourceAlreadyExistsException", 409, "CreateAuthorizer", new { authorizerName = name, authorizerFunctionArn = Function, signingDisabled = true });
        taken.Members.GetProperty("resourceId").GetString().ShouldBe(name);
    }

    [Fact]
    public async Task Default_authorizer_is_set_shown_kept_active_and_cleared()
    {
        var api = hub.Boto3;
        await using var function = FunctionServer.Start(static _ => new { isAuthenticated = false });
        await api.IotAsync("CreateAuthorizer", new { authorizerName = "the-default", authorizerFunctionArn = function.Url, signingDisabled = true });
        await api.RefusedAsync("ResourceNotFoundException", 404, "DescribeDefaultAuthorizer");
        await api.RefusedAsync("ResourceNotFoundException", 404, "ClearDefaultAuthorizer");
        (await api.IotAsync("SetDefaultAuthorizer", new { authorizerName = "the-default" })).GetProperty("authorizerName").GetString().ShouldBe("the-default");
        var shown = await hub.JavaScript.IotAsync("DescribeDefaultAuthorizer");
        shown.GetProperty("authorizerDescription").GetProperty("authorizerName").GetString().ShouldBe("the-default");
        await api.RefusedAsync("InvalidRequestException", 400, "UpdateAuthorizer", new { authorizerName = "the-default", status = "INACTIVE" });
        await hub.JavaScript.IotAsync("ClearDefaultAuthorizer");
        await hub.JavaScript.RefusedAsync("ResourceNotFoundException", 404, "DescribeDefaultAuthorizer");
        await api.IotAsync("UpdateAuthorizer", new { authorizerName = "the-default", status = "INACTIVE" });
        await hub.JavaScript.RefusedAsync("InvalidRequestException", 400, "SetDefaultAuthorizer", new { authorizerName = "the-default" });
    }

    [Fact]
    public async Task Registry_05_authorizers_are_listed_in_pages_and_by_status()
    {
        for (var i = 0; i < 5; i++)
        {
            await hub.JavaScript.IotAsync("CreateAuthorizer", new
            {
                authorizerName = $"page-{i}",
                authorizerFunctionArn = "https://functions.example/",
                signingDisabled = true,
                status = i == 4 ? "INACTIVE" : "ACTIVE",
            });
        }

        var all = await hub.Boto3.PagesAsync("ListAuthorizers", "authorizers", 2, new { ascendingOrder = true });
        all.Select(static one => one.GetProperty("authorizerName").GetString()!).Where(static name => name.StartsWith("page-", StringComparison.Ordinal))
            .ShouldBe(["page-0", "page-1", "page-2", "page-3", "page-4"]);
        var inactive = await hub.JavaScript.IotAsync("ListAuthorizers", new { status = "INACTIVE", pageSize = 250 });
        inactive.GetProperty("authorizers").EnumerateArray().ShouldContain(static one => one.GetProperty("authorizerName").GetString() == "page-4");
        inactive.GetProperty("authorizers").EnumerateArray().ShouldNotContain(static one => one.GetProperty("authorizerName").GetString() == "page-0");
        await hub.Boto3.RefusedAsync("InvalidRequestException", 400, "ListAuthorizers", new { marker = "AAAA*" });
    }

    [Theory]
    [MemberData(nameof(Tools))]
    public async Task TestInvokeAuthorizer_shows_what_the_function_is_told_and_says(AwsTool tool)
    {
        var api = Api(tool);
        var name = $"tested-{tool}";
        using var rsa = RSA.Create(2048);
        var reply = "";
        await using var function = FunctionServer.StartText(_ => Volatile.Read(ref reply));
        await api.IotAsync("CreateAuthorizer", new
        {
            authorizerName = name,
            authorizerFunctionArn = function.Url,
            tokenKeyName = "token",
            tokenSigningPublicKeys = new { k = rsa.ExportSubjectPublicKeyInfoPem() },
        });
        var signature = Convert.ToBase64String(rsa.SignData(Encoding.UTF8.GetBytes("secret"), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
        var call = new
        {
            authorizerName = name,
            token = "secret",
            tokenSignature = signature,
            mqttContext = new { username = "door", password = new { base64 = Convert.ToBase64String("pw"u8) }, clientId = "door-1" },
            httpContext = new { headers = new { color = "red" }, queryString = "?a=b" },
            tlsContext = new { serverName = "hub.example" },
        };
        Volatile.Write(ref reply, JsonSerializer.Serialize(new
        {
            isAuthenticated = true,
            principalId = "door1",
            policyDocuments = new object[] { Policies.All },
            refreshAfterInSeconds = 300,
            disconnectAfterInSeconds = 86400,
        }));
        var result = await api.IotAsync("TestInvokeAuthorizer", call);
        result.GetProperty("isAuthenticated").GetBoolean().ShouldBeTrue();
        result.GetProperty("principalId").GetString().ShouldBe("door1");
        result.GetProperty("policyDocuments")[0].GetString().ShouldBe(Policies.All);
        result.GetProperty("refreshAfterInSeconds").GetInt32().ShouldBe(300);
        result.GetProperty("disconnectAfterInSeconds").GetInt32().ShouldBe(86400);
        function.Events.TryDequeue(out var told).ShouldBeTrue();
        told.GetProperty("token").GetString().ShouldBe("secret");
        told.GetProperty("signatureVerified").GetBoolean().ShouldBeTrue();
        told.GetProperty("protocols").EnumerateArray().Select(static p => p.GetString()).ShouldBe(["tls", "http", "mqtt"]);
        var data = told.GetProperty("protocolData");
        data.GetProperty("mqtt").GetProperty("password").GetString().ShouldBe(Convert.ToBase64String("pw"u8));
        data.GetProperty("http").GetProperty("headers").GetProperty("color").GetString().ShouldBe("red");
        data.GetProperty("tls").GetProperty("serverName").GetString().ShouldBe("hub.example");

        // A wrong signature is not even asked about.
        var wrong = await api.IotAsync("TestInvokeAuthorizer", new { authorizerName = name, token = "other", tokenSignature = signature });
        wrong.GetProperty("isAuthenticated").GetBoolean().ShouldBeFalse();
        function.Events.ShouldBeEmpty();

        foreach (var rubbish in new[] { "so so", "{}", """{"isAuthenticated":true}""", """{"isAuthenticated":true,"principalId":"a b","policyDocuments":[]}""", """{"isAuthenticated":true,"principalId":"a","policyDocuments":["{}"]}""" })
        {
            Volatile.Write(ref reply, rubbish);
            await api.RefusedAsync("InvalidResponseException", 400, "TestInvokeAuthorizer", call);
        }
    }

    private AwsApi Api(AwsTool tool) => tool == AwsTool.Boto3 ? hub.Boto3 : hub.JavaScript;
}
