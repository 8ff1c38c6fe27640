using System.Globalization;
using System.Net;
using System.Text;

namespace Fairlead.Interop.Aws.Hostile;

/// <summary>HTTP at its edges: framing, verbs, sizes, the listener in the clear.</summary>
public sealed class TransportTests(AwsHub hub) : IClassFixture<AwsHub>
{
    private readonly HostileScene _scene = new(hub);

    [Theory]
    [InlineData("PUT", "/things/x", "POST")]
    [InlineData("POST", "/things", "GET")]
    [InlineData("DELETE", "/endpoint", "GET")]
    [InlineData("OPTIONS", "/things", "GET")]
    [InlineData("TRACE", "/things", "GET")]
    [InlineData("MADEUP", "/things", "GET")]
    public async Task Wrong_verbs_get_405_with_those_that_are_allowed(string method, string target, string allowed)
    {
        var before = await _scene.LookAsync();
        var answer = await _scene.SendAsync(_scene.Signed(method, target, "{}"));
        // POST /things belongs to RegisterThing.
        if (method == "POST" && answer.Status != 405) return;
        answer.Status.ShouldBe(405);
        answer.ErrorType.ShouldBe("MethodNotAllowedException");
        answer.Headers["allow"].Split(", ").ShouldContain(allowed);
        (await _scene.LookAsync()).ShouldBe(before);
    }

    /// <summary>A literal path does not hide the thing group of that name.</summary>
    [Fact]
    public async Task A_name_that_is_a_path_elsewhere_is_found()
    {
        var answer = await _scene.SendAsync(_scene.Signed("GET", "/thing-groups/addThingToThingGroup"));
        answer.Status.ShouldBe(404);
        answer.ErrorType.ShouldBe("ResourceNotFoundException");
    }

    [Fact]
    public async Task A_body_in_chunks_is_taken_whole()
    {
        var request = _scene.Signed("POST", "/things/in-chunks", """{"attributePayload":{"attributes":{"a":"1"}}}""");
        await using var connection = await RawHttp.OpenAsync(hub.Https);
        var chunks = string.Concat(request.Body.Chunk(7).Select(static chunk => $"{chunk.Length:x}\r\n{Encoding.ASCII.GetString(chunk)}\r\n")) + "0\r\n\r\n";
        await connection.SendAsync(request.Method, request.Target, request.Sign().Append(new("transfer-encoding", "chunked")), Encoding.ASCII.GetBytes(chunks));
        (await connection.ReadAsync())!.Status.ShouldBe(200);
        (await hub.Boto3.IotAsync("DescribeThing", new { thingName = "in-chunks" })).GetProperty("attributes").GetProperty("a").GetString().ShouldBe("1");
    }

    [Fact]
    public async Task Framing_that_contradicts_itself_is_refused()
    {
        var before = await _scene.LookAsync();
        var request = _scene.Signed("POST", "/things/framing", "{}");
        IEnumerable<KeyValuePair<string, string>>[] framings =
        [
            [new("content-length", "2"), new("content-length", "3")],
            [new("content-length", "-1")],
            [new("content-length", "two")],
            [new("content-length", "99999999999999999999")],
            [new("transfer-encoding", "gzip")],
            [new("transfer-encoding", "chunked, identity")],
        ];
        foreach (var framing in framings)
        {
            await using var connection = await RawHttp.OpenAsync(hub.Https);
            await connection.SendAsync(request.Method, request.Target, request.Sign().Concat(framing), request.Body);
            (await connection.ReadAsync())?.Status.ShouldBeOneOf([400, 411, 413, 501]);
        }

        await using var broken = await RawHttp.OpenAsync(hub.Https);
        await broken.SendAsync(request.Method, request.Target, request.Sign().Append(new("transfer-encoding", "chunked")), "zz\r\n{}\r\n0\r\n\r\n"u8.ToArray());
        (await broken.ReadAsync())?.Status.ShouldBe(400);
        (await _scene.LookAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task A_body_shorter_or_longer_than_it_says_writes_nothing()
    {
        var before = await _scene.LookAsync();
        var request = _scene.Signed("POST", "/things/torn", """{"attributePayload":{"attributes":{"a":"1"}}}""");
        await using (var shorter = await RawHttp.OpenAsync(hub.Https))
            await shorter.SendAsync(request.Method, request.Target, request.Sign().Append(new("content-length", "1000")), request.Body);
        await using (var longer = await RawHttp.OpenAsync(hub.Https))
        {
            await longer.SendAsync(request.Method, request.Target, request.Sign().Append(new("content-length", "10")), request.Body);
            (await longer.ReadAsync())!.ErrorType.ShouldBe("InvalidSignatureException");
        }

        (await _scene.LookAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task Slow_bodies_hold_up_nobody_else()
    {
        var request = _scene.Signed("POST", "/things/slow", """{"attributePayload":{"attributes":{"a":"1"}}}""");
        var slow = new List<RawHttp>();
        for (var i = 0; i < 50; i++)
        {
            slow.Add(await RawHttp.OpenAsync(hub.Https));
            await slow[^1].SendAsync(request.Method, request.Target, request.Sign().Append(new("content-length", request.Body.Length.ToString(CultureInfo.InvariantCulture))), request.Body[..5]);
        }

        (await _scene.SendAsync(_scene.Signed("GET", "/endpoint"))).Status.ShouldBe(200);
        (await hub.Boto3.RefusedAsync("ResourceNotFoundException", 404, "DescribeThing", new { thingName = "slow" })).Typed.ShouldBe("ResourceNotFoundException");
        await slow[0].SendAsync(request.Body[5..]);
        (await slow[0].ReadAsync())!.Status.ShouldBe(200);
        foreach (var connection in slow) await connection.DisposeAsync();
    }

    [Fact]
    public async Task Huge_headers_and_targets_are_refused()
    {
        var before = await _scene.LookAsync();
        var request = _scene.Signed("POST", "/things/huge", "{}");
        IReadOnlyList<KeyValuePair<string, string>>[] headers =
        [
            [new("x-huge", new string('x', 100_000))],
            [.. Enumerable.Range(0, 1_000).Select(static i => new KeyValuePair<string, string>($"x-{i.ToString(CultureInfo.InvariantCulture)}", "1"))],
        ];
        foreach (var more in headers)
        {
            await using var connection = await RawHttp.OpenAsync(hub.Https);
            await connection.SendAsync(request.Method, request.Target, request.Sign().Concat(more), []);
            (await connection.ReadAsync())?.Status.ShouldBe(431);
        }

        await using var target = await RawHttp.OpenAsync(hub.Https);
        await target.SendAsync("POST", "/things/" + new string('a', 100_000), request.Sign(), []);
        (await target.ReadAsync())?.Status.ShouldBe(414);
        (await _scene.LookAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task HTTP_1_0_is_served_and_nonsense_is_not()
    {
        var request = _scene.Signed("GET", "/endpoint");
        await using (var old = await RawHttp.OpenAsync(hub.Https))
        {
            await old.SendAsync(request.Method, request.Target, request.Sign(), [], "HTTP/1.0");
            (await old.ReadAsync())!.Status.ShouldBe(200);
        }

        foreach (var nonsense in new[] { "GET /things\r\n\r\n", "GET /things HTTP/9.9\r\n\r\n", "\0\0\0\0\r\n\r\n", "GET  HTTP/1.1\r\n\r\n", "GET /things HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n" })
        {
            await using var connection = await RawHttp.OpenAsync(hub.Https);
            await connection.SendAsync(nonsense);
            if (await connection.ReadAsync() is { } answer) answer.Status.ShouldBeInRange(400, 505);
        }
    }

    [Fact]
    public async Task The_API_is_not_served_in_the_clear_without_the_token()
    {
        var before = await _scene.LookAsync();
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = hub.Hub.Http };
        using var bare = await http.PostAsync("/things/clear", null, TestContext.Current.CancellationToken);
        bare.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        var request = _scene.Signed("POST", "/things/clear", "{}");
        await using var connection = await RawHttp.OpenAsync(hub.Hub.Http);
        await connection.SendAsync(request.Method, request.Target, request.Sign().Append(new("content-length", "2")), request.Body);
        (await connection.ReadAsync())!.Status.ShouldBe(403);
        (await _scene.LookAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task In_the_clear_a_name_that_is_not_of_this_machine_is_not_trusted()
    {
        await using var connection = await RawHttp.OpenAsync(hub.Hub.Http);
        await connection.SendAsync("GET", "/things", [new("host", "rebound.example.com"), new("authorization", hub.Administrator.DefaultRequestHeaders.Authorization!.ToString())], []);
        (await connection.ReadAsync())!.Status.ShouldBe(403);
    }
}
