using System.Security.Cryptography;
using System.Text;
using Fairlead.Features;
using Fairlead.Features.AccessKeys;
using Fairlead.Features.Api;
using Fairlead.Features.Api.Signing;
using Microsoft.AspNetCore.Http;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Signing;

/// <summary>Signature Version 4: the vectors of spec/aws-messaging, section 4.3, and everything around them that must fail.</summary>
public sealed class SignatureTests
{
    private const string KeyId = "AKIDEXAMPLE";
    private const string Secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
    private const string PublishSignature = "cd44b2762551cb50e199371215e5e6fa1ca9e70c7ffd15b0b37cd6d4f48c9fd7";
    private const string SocketSignature = "11d04b894c534fd3e1aaac84d62ed9e3251f57dac29f5d84f18eb5c383096fec";
    private const string PublishTarget = "/topics/a%2Fb?retain=false&qos=1";
    private const string Socket =
        "/mqtt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F20260102%2Fus-east-1%2Fiotdevicegateway%2Faws4_request" +
        "&X-Amz-Date=20260102T030405Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=";

    private static readonly DateTimeOffset SignedAt = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly string[] Data = ["iotdata", "iotdevicegateway"];

    private readonly HubScope _scope = new();
    private DateTimeOffset _now = SignedAt;
    private AccessKey? _key = new(KeyId, Secret, true, 0);

    [Fact]
    public void Messaging_84_vector_of_the_header_form_verifies()
    {
        var (key, service) = Publish();
        key.Id.ShouldBe(KeyId);
        service.ShouldBe("iotdata");
    }

    [Fact]
    public void Messaging_84_vector_of_the_query_form_verifies() => Open(Socket + SocketSignature).Service.ShouldBe("iotdevicegateway");

    [Fact]
    public void Messaging_84_flipping_one_byte_of_anything_fails()
    {
        for (var i = 0; i < PublishSignature.Length; i++)
        {
            var flipped = PublishSignature.ToCharArray();
            flipped[i] = flipped[i] == '0' ? '1' : '0';
            Wrong(() => Publish(signature: new string(flipped)));
        }

        Wrong(() => Publish(target: "/topics/a%2Fc?retain=false&qos=1"));
        Wrong(() => Publish(target: "/topics/a%2Fb?retain=false&qos=0"));
        Wrong(() => Publish(target: "/topics/a%2Fb?retain=false&qos=1&x=1"));
        Wrong(() => Publish(target: "/topics/a/b?retain=false&qos=1"));
        Wrong(() => Publish(body: "{\"a\":2}"));
        Wrong(() => Publish(body: ""));
        Wrong(() => Publish(method: "PUT"));
        Wrong(() => Publish(host: "hub.example.org"));
        Wrong(() => Open(Socket.Replace("/mqtt?", "/mqtt2?", StringComparison.Ordinal) + SocketSignature));
        Wrong(() => Open(Socket.Replace("86400", "86401", StringComparison.Ordinal) + SocketSignature));
        Wrong(() => Open(Socket + SocketSignature + "&more=1"));
    }

    [Fact]
    public void Messaging_86_the_path_is_signed_encoded_twice_and_in_one_form()
    {
        // The order of parameters does not matter, nor do empty and dot segments.
        Publish(target: "/topics/a%2Fb?qos=1&retain=false");
        Publish(target: "/./topics//a%2Fb?retain=false&qos=1");
        Publish(target: "/x/../topics/a%2Fb?retain=false&qos=1");
        Wrong(() => Publish(target: "/topics/a%252Fb?retain=false&qos=1"));
        Wrong(() => Publish(target: "/topics/a%2fb?retain=false&qos=1"));
    }

    [Fact]
    public void The_port_may_be_left_out_of_what_is_signed() => Publish(host: "hub.example.com:8443").Service.ShouldBe("iotdata");

    [Fact]
    public void A_session_token_may_be_appended_after_signing_and_must_be_that_of_the_key()
    {
        _key = _key! with { SessionToken = "t/+=" };
        Open(Socket + SocketSignature + "&X-Amz-Security-Token=t%2F%2B%3D").Service.ShouldBe("iotdevicegateway");
        Refused("UnrecognizedClientException", () => Open(Socket + SocketSignature + "&X-Amz-Security-Token=other"));
        Refused("UnrecognizedClientException", () => Open(Socket + SocketSignature));
    }

    [Fact]
    public void Messaging_85_scope_must_name_service_region_and_day()
    {
        Wrong(() => Publish(services: ["iot", "execute-api"]));
        _scope.Region = "eu-west-1";
        Wrong(() => Publish());
        _scope.IgnoreArnScope = true;
        Publish().Service.ShouldBe("iotdata");
        Refused("InvalidSignatureException", () => Publish(credential: $"{KeyId}/20260103/us-east-1/iotdata/aws4_request"));
    }

    [Theory]
    [InlineData(299, true)]
    [InlineData(-299, true)]
    [InlineData(301, false)]
    [InlineData(-301, false)]
    [InlineData(360, false)]
    public void Messaging_87_the_clock_may_be_five_minutes_off(int seconds, bool isAccepted)
    {
        _now = SignedAt.AddSeconds(seconds);
        if (isAccepted) Publish();
        else Wrong(() => Publish());
    }

    [Fact]
    public void Messaging_07_the_query_form_lives_as_long_as_it_says_and_five_minutes_without()
    {
        _now = SignedAt.AddSeconds(86_400);
        Open(Socket + SocketSignature);
        _now = SignedAt.AddSeconds(86_401);
        Wrong(() => Open(Socket + SocketSignature));
        _now = SignedAt;
        foreach (var expires in new[] { "0", "604801", "-1", "x" })
            Should.Throw<ApiException>(() => Open(Socket.Replace("Expires=86400", $"Expires={expires}", StringComparison.Ordinal) + SocketSignature));
    }

    [Fact]
    public void Keys_that_are_unknown_disabled_or_expired_are_refused()
    {
        var key = _key!;
        _key = null;
        Refused("UnrecognizedClientException", () => Publish());
        _key = key with { IsEnabled = false };
        Refused("UnrecognizedClientException", () => Publish());
        _key = key with { ExpiresAt = SignedAt.ToUnixTimeMilliseconds() };
        Refused("ExpiredTokenException", () => Publish());
        _key = key with { Secret = Secret[..^1] + "Z" };
        Wrong(() => Publish());
    }

    [Theory]
    [InlineData("AWS4-HMAC-SHA256")]
    [InlineData("AWS4-HMAC-SHA256 ")]
    [InlineData("AWS4-HMAC-SHA256 Credential=a")]
    [InlineData("AWS4-HMAC-SHA256 Credential=a/b/c/d/aws4_request, SignedHeaders=host")]
    [InlineData("AWS4-HMAC-SHA256 Credential=a/b/c/d, SignedHeaders=host, Signature=0")]
    [InlineData("AWS4-HMAC-SHA256 Credential=a/b/c/d/aws5_request, SignedHeaders=host, Signature=0")]
    [InlineData("AWS4-HMAC-SHA256 Credential=a/b/c/d/aws4_request, SignedHeaders=x-amz-date, Signature=0")]
    [InlineData("AWS4-HMAC-SHA256 Credential=,SignedHeaders=,Signature=")]
    public void Malformed_authorization_is_incomplete(string authorization)
    {
        var refusal = Should.Throw<ApiException>(() => Verify("POST", PublishTarget, Headers("hub.example.com", authorization), "{\"a\":1}", Data));
        refusal.Type.ShouldBe("IncompleteSignatureException");
        refusal.Status.ShouldBe(400);
    }

    [Fact]
    public void The_declared_hash_must_be_that_of_the_body_unless_it_says_that_there_is_none()
    {
        var headers = Headers("hub.example.com", Authorization());
        headers["x-amz-content-sha256"] = Convert.ToHexStringLower(SHA256.HashData("{\"a\":1}"u8));
        Verify("POST", PublishTarget, headers, "{\"a\":1}", Data);
        headers["x-amz-content-sha256"] = new string('0', 64);
        Wrong(() => Verify("POST", PublishTarget, headers, "{\"a\":1}", Data));
        // It changes what is signed, so that nobody else can say it.
        headers["x-amz-content-sha256"] = "UNSIGNED-PAYLOAD";
        Wrong(() => Verify("POST", PublishTarget, headers, "{\"a\":1}", Data));
    }

    [Fact]
    public void A_header_that_is_signed_must_be_there_once_and_as_it_was()
    {
        var headers = Headers("hub.example.com", Authorization(signed: "host;x-amz-date;x-other"));
        Wrong(() => Verify("POST", PublishTarget, headers, "{\"a\":1}", Data));
        var twice = Headers("hub.example.com", Authorization());
        twice["x-amz-date"] = new Microsoft.Extensions.Primitives.StringValues(["20260102T030405Z", "20260102T030406Z"]);
        Should.Throw<ApiException>(() => Verify("POST", PublishTarget, twice, "{\"a\":1}", Data)).Type.ShouldBe("InvalidSignatureException");
    }

    private static string Authorization(string signature = PublishSignature, string? credential = null, string signed = "host;x-amz-date") =>
        $"AWS4-HMAC-SHA256 Credential={credential ?? $"{KeyId}/20260102/us-east-1/iotdata/aws4_request"}, SignedHeaders={signed}, Signature={signature}";

    private static HeaderDictionary Headers(string host, string? authorization)
    {
        var headers = new HeaderDictionary { ["Host"] = host, ["X-Amz-Date"] = "20260102T030405Z" };
        if (authorization is not null) headers["Authorization"] = authorization;
        return headers;
    }

    private static void Wrong(Action request) => Refused("InvalidSignatureException", request);

    private static void Wrong(Func<(AccessKey Key, string Service)> request) => Refused("InvalidSignatureException", request);

    private static void Refused(string type, Func<(AccessKey Key, string Service)> request) => Refused(type, () => { request(); });

    private static void Refused(string type, Action request)
    {
        var refusal = Should.Throw<ApiException>(request);
        refusal.Type.ShouldBe(type, refusal.Message);
        refusal.Status.ShouldBe(403);
    }

    private (AccessKey Key, string Service) Publish(
        string target = PublishTarget, string body = "{\"a\":1}", string method = "POST", string host = "hub.example.com", string signature = PublishSignature,
        string[]? services = null, string? credential = null) =>
        Verify(method, target, Headers(host, Authorization(signature, credential)), body, services ?? Data);

    private (AccessKey Key, string Service) Open(string target) => Verify("GET", target, new HeaderDictionary { ["Host"] = "hub.example.com" }, "", Data);

    private (AccessKey Key, string Service) Verify(string method, string target, HeaderDictionary headers, string body, string[] services)
    {
        RawTarget.TryParse(target, out var parsed).ShouldBeTrue();
        var check = new SignatureCheck(_scope, id => id == _key?.Id ? _key : null, new Clock(_now));
        return check.Verify(method, parsed, headers, Encoding.UTF8.GetBytes(body), services);
    }

    private sealed class Clock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
