using System.Text;
using Fairlead.Interop.Drivers;

namespace Fairlead.Interop.Aws.Shadows;

/// <summary>Versions, delete, tokens and errors: spec/aws-shadow, checklist 35 to 48.</summary>
public sealed class ShadowVersionTests(ShadowHub hub) : IClassFixture<ShadowHub>
{
    [Fact]
    public async Task Shadow_35_only_the_present_version_is_accepted()
    {
        var room = await hub.OpenAsync();
        const string Conflict = """{"code":409,"message":"Version conflict","clientToken":"v"}""";
        (await room.AskAsync("update", """{"state":{},"version":1,"clientToken":"v"}""", "rejected")).ShouldBe(Conflict);
        (await room.UpdateAsync("""{"state":{"reported":{"a":1}},"version":0}"""))[0].Json.GetProperty("version").GetInt64().ShouldBe(1);
        await room.UpdateAsync("""{"state":{"reported":{"a":2}},"version":1}""");
        foreach (string version in (string[])["0", "1", "3", "99999999999999999999"])
            (await room.AskAsync("update", $$$"""{"state":{"reported":{"a":9}},"version":{{{version}}},"clientToken":"v"}""", "rejected")).ShouldBe(Conflict);
        (await room.UpdateAsync("""{"state":{"reported":{"a":3}},"version":null}"""))[0].Json.GetProperty("version").GetInt64().ShouldBe(3);
        foreach (var sdk in room.Sdks)
            (await room.HttpRefusedAsync(sdk, "ConflictException", 409, "UpdateThingShadow", """{"state":{},"version":7}""")).Message.ShouldBe("Version conflict");
        (await room.StateAsync()).ShouldBe("""{"reported":{"a":3}}""");
    }

    [Fact]
    public async Task Shadow_36_of_two_updates_with_one_version_one_succeeds()
    {
        var room = await hub.OpenAsync();
        await room.UpdateAsync("""{"state":{"reported":{"n":0}}}""");
        for (int round = 1; round <= 10; round++)
        {
            string update = $$$"""{"state":{"reported":{"n":{{{round}}}}},"version":{{{round}}}}""";
            var answers = await Task.WhenAll(room.Sdks.Concat(room.Sdks).Select(sdk => sdk.SendAsync("iot-data", "UpdateThingShadow", new { thingName = room.Thing, payload = new { base64 = Convert.ToBase64String(Encoding.UTF8.GetBytes(update)) } })));
            answers.Count(static answer => answer.Error is null).ShouldBe(1);
            answers.Where(static answer => answer.Error is not null).ShouldAllBe(static answer => answer.Error!.Code == "ConflictException");
            (await room.ReadUpdateAsync())[0].Json.GetProperty("version").GetInt64().ShouldBe(round + 1);
        }
    }

    [Fact]
    public async Task Shadow_37_38_a_deleted_shadow_comes_back_with_a_higher_version_and_nothing_old()
    {
        var room = await hub.OpenAsync();
        for (int i = 1; i <= 5; i++) await room.UpdateAsync("""{"state":{"reported":{"old":1}}}""");
        ShadowRoom.Timeless(await room.AskAsync("delete", """{"clientToken":"bye"}""", "accepted")).ShouldBe("""{"version":5,"timestamp":T,"clientToken":"bye"}""");
        (await room.AskAsync("delete", "", "rejected")).ShouldBe($$"""{"code":404,"message":"No shadow exists with name: '{{room.Thing}}'"}""");
        (await room.AskAsync("update", """{"state":{},"version":5}""", "rejected")).ShouldContain("409");
        var messages = await room.UpdateAsync("""{"state":{"desired":{"new":1}},"version":6}""");
        messages[0].Json.GetProperty("version").GetInt64().ShouldBe(7);
        messages[^1].Json.TryGetProperty("previous", out _).ShouldBeFalse();
        (await room.StateAsync()).ShouldBe("""{"desired":{"new":1},"delta":{"new":1}}""");
        ShadowRoom.Timeless(await room.HttpDeleteAsync(hub.Aws.Boto3)).ShouldBe("""{"version":7,"timestamp":T}""");
        await room.NextAsync();
        (await room.HttpRefusedAsync(hub.Aws.JavaScript, "ResourceNotFoundException", 404, "DeleteThingShadow")).Message!.ShouldContain(room.Thing);
    }

    [Fact]
    public async Task Shadow_40_the_token_is_echoed_everywhere_and_only_when_sent()
    {
        var room = await hub.OpenAsync();
        foreach (string token in (string[])["\"t\"", "\"\"", "\"\\u00e9\\\"\"", "\"\u00e9\""])
        {
            foreach (var message in await room.UpdateAsync($$$"""{"state":{"desired":{"a":1}},"clientToken":{{{token}}}}"""))
                message.Text.ShouldEndWith($",\"clientToken\":{token}}}");
        }

        foreach (var message in await room.UpdateAsync("""{"state":{"desired":{"a":1}}}""")) message.Text.ShouldNotContain("clientToken");
        (await room.AskAsync("update", """{"clientToken":"r","state":1}""", "rejected")).ShouldBe("""{"code":400,"message":"State node must be an object","clientToken":"r"}""");
    }

    [Fact]
    public async Task Shadow_41_a_token_has_64_bytes()
    {
        var room = await hub.OpenAsync();
        (await room.UpdateAsync($$$"""{"state":{},"clientToken":"{{{new string('x', 64)}}}"}"""))[0].Suffix.ShouldBe("update/accepted");
        (await room.UpdateAsync($$$"""{"state":{},"clientToken":"{{{string.Concat(Enumerable.Repeat("\\u0078", 64))}}}"}"""))[0].Suffix.ShouldBe("update/accepted");
        foreach (string token in (string[])[new string('x', 65), new string('\u00e9', 33)])
            (await room.AskAsync("update", $$$"""{"state":{},"clientToken":"{{{token}}}"}""", "rejected")).ShouldBe("""{"code":400,"message":"Invalid clientToken"}""");
    }

    [Fact]
    public async Task Shadow_42_get_and_delete_echo_their_token_and_ignore_everything_else()
    {
        var room = await hub.OpenAsync();
        await room.UpdateAsync("""{"state":{}}""");
        (await room.AskAsync("get", """{"clientToken":"x","version":9}""", "accepted")).ShouldEndWith(",\"clientToken\":\"x\"}");
        foreach (string odd in (string[])["no JSON", "[]", "{\"clientToken\":7}", "{}", "\"x\""])
            (await room.AskAsync("get", odd, "accepted")).ShouldNotContain("clientToken");
        (await room.AskAsync("delete", """{"clientToken":"x"}""", "accepted")).ShouldEndWith(",\"clientToken\":\"x\"}");
        (await room.AskAsync("get", """{"clientToken":"y"}""", "rejected")).ShouldEndWith(",\"clientToken\":\"y\"}");
    }

    [Theory]
    [InlineData("", """{"code":400,"message":"Invalid JSON"}""")]
    [InlineData("""{"state":""", """{"code":400,"message":"Invalid JSON"}""")]
    [InlineData("""[]""", """{"code":400,"message":"Invalid JSON"}""")]
    [InlineData("""{"state":{}} x""", """{"code":400,"message":"Invalid JSON"}""")]
    [InlineData("""{"clientToken":"x"}""", """{"code":400,"message":"Missing required node: state","clientToken":"x"}""")]
    [InlineData("""{"state":"on","clientToken":"x"}""", """{"code":400,"message":"State node must be an object","clientToken":"x"}""")]
    [InlineData("""{"state":{"desired":[1]}}""", """{"code":400,"message":"Desired node must be an object"}""")]
    [InlineData("""{"state":{"reported":5}}""", """{"code":400,"message":"Reported node must be an object"}""")]
    [InlineData("""{"state":{"wanted":{}}}""", """{"code":400,"message":"State contains an invalid node: 'wanted'"}""")]
    [InlineData("""{"state":{},"version":"3"}""", """{"code":400,"message":"Invalid version"}""")]
    [InlineData("""{"state":{},"version":-1}""", """{"code":400,"message":"Invalid version"}""")]
    [InlineData("""{"state":{},"version":1.0}""", """{"code":400,"message":"Invalid version"}""")]
    [InlineData("""{"state":{},"clientToken":7}""", """{"code":400,"message":"Invalid clientToken"}""")]
    public async Task Shadow_43_44_each_mistake_has_its_message(string payload, string rejected)
    {
        var room = await hub.OpenAsync();
        (await room.AskAsync("update", payload, "rejected")).ShouldBe(rejected);
        var expected = ShadowRoom.Parse(rejected);
        var error = await room.HttpRefusedAsync(hub.Aws.Boto3, "InvalidRequestException", 400, "UpdateThingShadow", payload);
        error.Message.ShouldBe(expected.GetProperty("message").GetString());
        using var raw = await hub.Aws.Administrator.PostAsync($"/things/{room.Thing}/shadow", new StringContent(payload), TestContext.Current.CancellationToken);
        (await raw.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldBe(rejected);
        await room.QuietAsync();
    }

    [Fact]
    public async Task Shadow_45_a_document_has_8192_bytes_of_state()
    {
        var room = await hub.OpenAsync();
        // {"d":"..."} and {"r":"..."}: 8 bytes around the text each.
        string Fill(int bytes) => $$$$$$"""{"state":{"desired":{"d":"{{{{{{new string('d', 4000)}}}}}}"},"reported":{"r":"{{{{{{new string('r', bytes - 4000 - 16)}}}}}}"}}}""";
        (await room.UpdateAsync(Fill(8192)))[0].Suffix.ShouldBe("update/accepted");
        (await room.AskAsync("update", Fill(8193), "rejected")).ShouldBe("""{"code":413,"message":"The payload exceeds the maximum size allowed"}""");
        await room.HttpRefusedAsync(hub.Aws.Boto3, "RequestEntityTooLargeException", 413, "UpdateThingShadow", """{"state":{"desired":{"x":1}}}""");
        (await room.GetAsync()).GetProperty("version").GetInt64().ShouldBe(1);
        await room.UpdateAsync("""{"state":{"reported":null}}""");
        // What is removed and what is white space counts for nothing.
        (await room.UpdateAsync($$$$$$"""{"state":{"desired":{"d":null,"x":  {{{{{{new string(' ', 9000)}}}}}} 1}}}"""))[0].Suffix.ShouldBe("update/accepted");
        (await room.AskAsync("update", $$$"""{"state":{},"pad":"{{{new string(' ', 131_072)}}}"}""", "rejected")).ShouldContain("413");
    }

    [Fact]
    public async Task Shadow_46_a_scalar_may_lie_8_keys_deep()
    {
        string Nest(int keys) => string.Concat(Enumerable.Repeat("{\"k\":", keys)) + "1" + new string('}', keys);
        var room = await hub.OpenAsync();
        await room.UpdateAsync($$$"""{"state":{"desired":{{{Nest(8)}}}}}""");
        (await room.GetAsync()).GetProperty("state").GetProperty("desired").GetRawText().ShouldBe(Nest(8));
        (await room.AskAsync("update", $$$"""{"state":{"desired":{{{Nest(9)}}}}}""", "rejected")).ShouldBe("""{"code":400,"message":"JSON contains too many levels of nesting; maximum is 8"}""");
        (await room.AskAsync("update", """{"state":{"reported":{"a":[[[[[[[[1]]]]]]]]}}}""", "rejected")).ShouldContain("too many levels");
        (await room.UpdateAsync("""{"state":{"reported":{"a":[[[[[[[]]]]]]]}}}"""))[0].Suffix.ShouldBe("update/accepted"); // empty containers add none
    }

    [Fact]
    public async Task Shadow_47_a_flood_is_throttled_and_what_was_accepted_has_consecutive_versions()
    {
        var room = await hub.OpenAsync();
        var flood = Enumerable.Range(0, 200).Select(i => room.PublishAsync("update", $$$$$$"""{"state":{"reported":{"n":{{{{{{i}}}}}}}}}""")).ToArray();
        await Task.WhenAll(flood);
        var versions = new List<long>();
        int throttled = 0;
        while (versions.Count + throttled < flood.Length)
        {
            var message = await room.NextAsync();
            if (message.Suffix == "update/rejected")
            {
                message.Text.ShouldBe("""{"code":429,"message":"Too many requests"}""");
                throttled++;
            }
            else if (message.Suffix == "update/accepted")
            {
                versions.Add(message.Json.GetProperty("version").GetInt64());
            }
        }

        versions.ShouldBe(Enumerable.Range(1, versions.Count).Select(static version => (long)version));
    }

    [Fact]
    public async Task Shadow_48_what_is_no_UTF_8_is_415()
    {
        var room = await hub.OpenAsync();
        byte[] latin = [.. "{\"state\":{\"reported\":{\"a\":\""u8, 0xE9, .. "\"}}}"u8];
        await room.PublishAsync("update", latin);
        (await room.NextAsync()).ShouldBe(new ShadowMessage("update/rejected", """{"code":415,"message":"Unsupported documented encoding; supported encoding is UTF-8"}"""));
        await hub.Aws.Boto3.RefusedAsync(
            "UnsupportedDocumentEncodingException", 415, "UpdateThingShadow", new { thingName = room.Thing, payload = new { base64 = Convert.ToBase64String(latin) } }, "iot-data");
        (await room.UpdateAsync("""{"state":{"reported":{"ä€😀":"ä€😀"}}}"""))[0].Json.GetProperty("state").GetProperty("reported").GetProperty("ä€😀").GetString().ShouldBe("ä€😀");
    }

    [Theory]
    [InlineData(Foreign.Paho, 4)]
    [InlineData(Foreign.Paho, 5)]
    [InlineData(Foreign.MqttJs, 4)]
    [InlineData(Foreign.AwsSdk, 4)]
    [InlineData(Foreign.AwsSdk, 5)]
    public async Task Every_client_speaks_to_shadows_on_the_raw_topics(Foreign library, int version)
    {
        var room = await hub.OpenAsync(new Peer(library, version));
        (await room.UpdateAsync("""{"state":{"desired":{"a":1}}}""")).Count.ShouldBe(3);
        (await room.StateAsync()).ShouldBe("""{"desired":{"a":1},"delta":{"a":1}}""");
        await room.AskAsync("delete", "", "accepted");
    }
}
