namespace Fairlead.Interop.Aws.Shadows;

/// <summary>Documents, merge and delta as MQTT.js sees them: spec/aws-shadow, checklist 10 to 34.</summary>
public sealed class ShadowDocumentTests(ShadowHub hub) : IClassFixture<ShadowHub>
{
    [Fact]
    public async Task Shadow_10_accepted_echoes_the_state_as_it_was_sent()
    {
        var room = await hub.OpenAsync();
        await room.UpdateAsync("""{"state":{"desired":{"b":1,"c":2}}}""");
        var accepted = (await room.UpdateAsync("""{ "state" : { "reported": null, "desired": {"z":null, "a":{"x":null,"y":[1.0, {"q":true}]}} } }"""))[0];
        accepted.Json.GetProperty("state").GetRawText().ShouldBe("""{"reported":null,"desired":{"z":null,"a":{"x":null,"y":[1.0,{"q":true}]}}}""");
    }

    [Fact]
    public async Task Shadow_11_accepted_has_a_time_for_each_leaf_of_the_request()
    {
        var room = await hub.OpenAsync();
        await room.UpdateAsync("""{"state":{"reported":{"old":1}}}""");
        var accepted = (await room.UpdateAsync("""{"state":{"reported":{"a":{"x":null,"y":[1,{"q":true},[]],"e":{}}},"desired":null}}"""))[0];
        ShadowRoom.Timeless(accepted.Json.GetProperty("metadata").GetRawText()).ShouldBe(
            """{"reported":{"a":{"x":{"timestamp":T},"y":[{"timestamp":T},{"q":{"timestamp":T}},[]],"e":{}}},"desired":{"timestamp":T}}""");
    }

    [Fact]
    public async Task Shadow_12_get_returns_all_with_delta_only_when_there_is_one()
    {
        var room = await hub.OpenAsync();
        await room.UpdateAsync("""{"state":{"desired":{"a":1},"reported":{"a":1,"b":2}}}""");
        ShadowRoom.Timeless(await room.AskAsync("get", "", "accepted")).ShouldBe(
            """{"state":{"desired":{"a":1},"reported":{"a":1,"b":2}},"metadata":{"desired":{"a":{"timestamp":T}},"reported":{"a":{"timestamp":T},"b":{"timestamp":T}}},"version":1,"timestamp":T}""");
        await room.UpdateAsync("""{"state":{"reported":{"a":2}}}""");
        (await room.StateAsync()).ShouldBe("""{"desired":{"a":1},"reported":{"a":2,"b":2},"delta":{"a":1}}""");
        foreach (var sdk in room.Sdks)
            ShadowRoom.Parse(await room.HttpGetAsync(sdk)).GetProperty("state").GetRawText().ShouldBe("""{"desired":{"a":1},"reported":{"a":2,"b":2},"delta":{"a":1}}""");
    }

    [Fact]
    public async Task Shadow_13_documents_have_previous_and_current_without_delta()
    {
        var room = await hub.OpenAsync();
        await room.UpdateAsync("""{"state":{"desired":{"a":1}}}""");
        var documents = (await room.UpdateAsync("""{"state":{"reported":{"a":2}},"clientToken":"d"}"""))[^1];
        documents.Timeless.ShouldBe(
            """{"previous":{"state":{"desired":{"a":1}},"metadata":{"desired":{"a":{"timestamp":T}}},"version":1},"current":{"state":{"desired":{"a":1},"reported":{"a":2}},"metadata":{"desired":{"a":{"timestamp":T}},"reported":{"a":{"timestamp":T}}},"version":2},"timestamp":T,"clientToken":"d"}""");
    }

    [Fact]
    public async Task Shadow_14_the_first_documents_have_no_previous()
    {
        var room = await hub.OpenAsync();
        (await room.UpdateAsync("""{"state":{"reported":{"a":2}}}"""))[^1].Timeless.ShouldBe(
            """{"current":{"state":{"reported":{"a":2}},"metadata":{"reported":{"a":{"timestamp":T}}},"version":1},"timestamp":T}""");
    }

    [Fact]
    public async Task Shadow_15_times_are_whole_seconds()
    {
        var room = await hub.OpenAsync();
        long before = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        long time = (await room.UpdateAsync("""{"state":{"reported":{"a":2}}}"""))[0].Json.GetProperty("timestamp").GetInt64();
        time.ShouldBeInRange(before, DateTimeOffset.UtcNow.ToUnixTimeSeconds());
        (await room.GetAsync()).GetProperty("metadata").GetProperty("reported").GetProperty("a").GetProperty("timestamp").GetInt64().ShouldBe(time);
    }

    [Fact]
    public async Task Shadow_16_unknown_members_are_ignored_but_not_in_state()
    {
        var room = await hub.OpenAsync();
        (await room.UpdateAsync("""{"more":[1,null],"state":{"reported":{"a":1}},"timestamp":5,"metadata":{}}"""))[0].Suffix.ShouldBe("update/accepted");
        foreach (string name in (string[])["wanted", "delta", "Desired"])
            (await room.AskAsync("update", $$$$$$"""{"state":{"reported":{},"{{{{{{name}}}}}}":{}}}""", "rejected")).ShouldBe($$"""{"code":400,"message":"State contains an invalid node: '{{name}}'"}""");
    }

    [Fact]
    public async Task Shadow_17_members_are_merged()
    {
        var room = await hub.OpenAsync();
        await room.UpdateAsync("""{"state":{"reported":{"keep":1,"scalar":1,"array":[1,2],"object":{"a":1,"b":2}}}}""");
        await room.UpdateAsync("""{"state":{"reported":{"scalar":"x","array":[3],"object":{"b":{"c":[]}},"new":true}}}""");
        (await room.StateAsync()).ShouldBe("""{"reported":{"keep":1,"scalar":"x","array":[3],"object":{"a":1,"b":{"c":[]}},"new":true}}""");
        await room.UpdateAsync("""{"state":{"reported":{"object":7,"scalar":{"now":"object"}}}}""");
        (await room.StateAsync()).ShouldBe("""{"reported":{"keep":1,"scalar":{"now":"object"},"array":[3],"object":7,"new":true}}""");
    }

    [Fact]
    public async Task Shadow_18_null_removes_a_member_and_its_metadata()
    {
        var room = await hub.OpenAsync();
        await room.UpdateAsync("""{"state":{"reported":{"a":1,"o":{"x":1}}}}""");
        await room.UpdateAsync("""{"state":{"reported":{"a":null,"never":null,"o":{"x":null},"p":{"q":null}}}}""");
        var document = await room.GetAsync();
        document.GetProperty("state").GetRawText().ShouldBe("""{"reported":{"o":{}}}""");
        document.GetProperty("metadata").GetRawText().ShouldBe("""{"reported":{"o":{}}}""");
    }

    [Fact]
    public async Task Shadow_19_null_sections_go_and_the_shadow_stays()
    {
        var room = await hub.OpenAsync();
        await room.UpdateAsync("""{"state":{"desired":{"a":1},"reported":{"a":1}}}""");
        await room.UpdateAsync("""{"state":{"desired":null}}""");
        (await room.StateAsync()).ShouldBe("""{"reported":{"a":1}}""");
        await room.UpdateAsync("""{"state":{"reported":null}}""");
        (await room.StateAsync()).ShouldBe("{}");
        await room.UpdateAsync("""{"state":{"desired":{"a":1},"reported":{"a":1}}}""");
        (await room.UpdateAsync("""{"state":null}"""))[0].Timeless.ShouldBe("""{"state":null,"metadata":{"timestamp":T},"version":5,"timestamp":T}""");
        ShadowRoom.Timeless(await room.AskAsync("get", "", "accepted")).ShouldBe("""{"state":{},"metadata":{},"version":5,"timestamp":T}""");
    }

    [Fact]
    public async Task Shadow_20_an_emptied_section_disappears()
    {
        var room = await hub.OpenAsync();
        await room.UpdateAsync("""{"state":{"desired":{"a":1},"reported":{}}}""");
        (await room.StateAsync()).ShouldBe("""{"desired":{"a":1},"delta":{"a":1}}""");
        await room.UpdateAsync("""{"state":{"desired":{"a":null}}}""");
        (await room.StateAsync()).ShouldBe("{}");
    }

    [Fact]
    public async Task Shadow_21_an_empty_state_changes_nothing_but_the_version()
    {
        var room = await hub.OpenAsync();
        await room.UpdateAsync("""{"state":{}}""");
        (await room.StateAsync()).ShouldBe("{}");
        await room.UpdateAsync("""{"state":{"reported":{"a":1}}}""");
        (await room.UpdateAsync("""{"state":{}}"""))[0].Timeless.ShouldBe("""{"state":{},"metadata":{},"version":3,"timestamp":T}""");
        (await room.StateAsync()).ShouldBe("""{"reported":{"a":1}}""");
    }

    [Fact]
    public async Task Shadow_22_explicit_empty_objects_are_stored()
    {
        var room = await hub.OpenAsync();
        await room.UpdateAsync("""{"state":{"desired":{"a":1,"b":{"c":3}}}}""");
        var messages = await room.UpdateAsync("""{"state":{"desired":{"b":{"c":{}},"d":{}}}}""");
        messages[1].Json.GetProperty("state").GetRawText().ShouldBe("""{"a":1,"b":{"c":{}},"d":{}}""");
        (await room.StateAsync()).ShouldBe("""{"desired":{"a":1,"b":{"c":{}},"d":{}},"delta":{"a":1,"b":{"c":{}},"d":{}}}""");
    }

    [Fact]
    public async Task Shadow_23_null_in_an_array_is_rejected()
    {
        var room = await hub.OpenAsync();
        foreach (string value in (string[])["[1,null]", "[[null]]", "[{\"x\":null}]"])
            (await room.AskAsync("update", $$$$"""{"state":{"reported":{"a":{{{{value}}}}}},"clientToken":"n"}""", "rejected")).ShouldBe("""{"code":400,"message":"Invalid JSON","clientToken":"n"}""");
        await room.AskAsync("get", "", "rejected");
    }

    [Fact]
    public async Task Shadow_25_a_member_called_timestamp_is_like_any_other()
    {
        var room = await hub.OpenAsync();
        await room.UpdateAsync("""{"state":{"desired":{"timestamp":5,"o":{"timestamp":6}}}}""");
        await room.UpdateAsync("""{"state":{"desired":{"timestamp":7}}}""");
        var document = await room.GetAsync();
        document.GetProperty("state").GetProperty("desired").GetRawText().ShouldBe("""{"timestamp":7,"o":{"timestamp":6}}""");
        ShadowRoom.Timeless(document.GetProperty("metadata").GetRawText()).ShouldBe("""{"desired":{"timestamp":{"timestamp":T},"o":{"timestamp":{"timestamp":T}}}}""");
    }

    [Fact]
    public async Task Shadow_26_numbers_keep_their_text()
    {
        const string Numbers = """{"a":1.0,"b":1e3,"c":1234567890123456789,"d":-0.10,"e":123456789012345678901234567890.5,"f":1E-400,"g":[2.50,1e+2]}""";
        var room = await hub.OpenAsync();
        var messages = await room.UpdateAsync($$$"""{"state":{"desired":{{{Numbers}}}}}""");
        messages[0].Json.GetProperty("state").GetProperty("desired").GetRawText().ShouldBe(Numbers);
        messages[1].Json.GetProperty("state").GetRawText().ShouldBe(Numbers);
        messages[2].Json.GetProperty("current").GetProperty("state").GetProperty("desired").GetRawText().ShouldBe(Numbers);
        (await room.GetAsync()).GetProperty("state").GetProperty("desired").GetRawText().ShouldBe(Numbers);
    }

    [Fact]
    public async Task Shadow_27_28_delta_follows_desired_and_keeps_paths()
    {
        var room = await hub.OpenAsync();
        await room.UpdateAsync("""{"state":{"reported":{"only":1,"fan":{"speed":2,"mode":"auto","reportedOnly":true}}}}""");
        var messages = await room.UpdateAsync("""{"state":{"desired":{"fan":{"speed":3,"mode":"auto","deep":{"er":1}}}}}""");
        messages[1].Json.GetProperty("state").GetRawText().ShouldBe("""{"fan":{"speed":3,"deep":{"er":1}}}""");
        ShadowRoom.Timeless(messages[1].Json.GetProperty("metadata").GetRawText()).ShouldBe("""{"fan":{"speed":{"timestamp":T},"deep":{"er":{"timestamp":T}}}}""");
    }

    [Theory]
    [InlineData("[1,2]", "[2,1]", "[1,2]")]
    [InlineData("[1,2]", "[1,2,3]", "[1,2]")]
    [InlineData("[1,{\"a\":1,\"b\":2}]", "[1.0,{\"b\":2e0,\"a\":1}]", null)]
    [InlineData("[]", "[]", null)]
    [InlineData("[[1]]", "[[2]]", "[[1]]")]
    [InlineData("28", "28.0", null)]
    [InlineData("\"28\"", "28", "\"28\"")]
    [InlineData("true", "1", "true")]
    [InlineData("\"\\u0061/\"", "\"a\\/\"", null)]
    [InlineData("{\"a\":1}", "1", "{\"a\":1}")]
    [InlineData("1", "{\"a\":1}", "1")]
    [InlineData("{}", "{}", null)]
    [InlineData("{}", "{\"a\":1}", null)]
    [InlineData("123456789012345678901", "123456789012345678902", "123456789012345678901")]
    public async Task Shadow_29_30_values_are_compared_by_kind_and_value(string desired, string reported, string? delta)
    {
        var room = await hub.OpenAsync();
        await room.PublishAsync("update", $$$$$$"""{"state":{"desired":{"v":{{{{{{desired}}}}}}},"reported":{"v":{{{{{{reported}}}}}}}}}""");
        var messages = await room.ReadUpdateAsync();
        if (delta is null) messages.Select(message => message.Suffix).ShouldBe(["update/accepted", "update/documents"]);
        else messages[1].Json.GetProperty("state").GetProperty("v").GetRawText().ShouldBe(delta);
    }

    [Fact]
    public async Task Shadow_31_32_33_34_delta_comes_with_every_update_that_leaves_a_difference()
    {
        var room = await hub.OpenAsync();
        var first = await room.UpdateAsync("""{"state":{"desired":{"rgb":[255,0,0],"x":1}}}""");
        long wanted = first[0].Json.GetProperty("timestamp").GetInt64();
        var messages = await room.UpdateAsync("""{"state":{"reported":{"other":1}},"clientToken":"t-34"}""");
        messages.Select(message => message.Suffix).ShouldBe(["update/accepted", "update/delta", "update/documents"]);
        var delta = messages[1].Json;
        delta.GetProperty("state").GetRawText().ShouldBe("""{"rgb":[255,0,0],"x":1}""");
        delta.GetProperty("metadata").GetRawText().ShouldBe($$$"""{"rgb":[{"timestamp":{{{wanted}}}},{"timestamp":{{{wanted}}}},{"timestamp":{{{wanted}}}}],"x":{"timestamp":{{{wanted}}}}}""");
        delta.GetProperty("clientToken").GetString().ShouldBe("t-34");
        delta.GetProperty("version").GetInt64().ShouldBe(2);
        (await room.UpdateAsync("""{"state":{"reported":{"rgb":[255,0,0],"x":1.0}}}""")).Select(message => message.Suffix).ShouldBe(["update/accepted", "update/documents"]);
        (await room.UpdateAsync("""{"state":{"reported":{"x":null}}}"""))[1].Json.GetProperty("state").GetRawText().ShouldBe("""{"x":1}""");
        (await room.UpdateAsync("""{"state":{"desired":{"x":null}}}""")).Select(message => message.Suffix).ShouldBe(["update/accepted", "update/documents"]);
    }
}
