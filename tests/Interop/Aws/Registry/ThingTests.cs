using System.Text.Json;

namespace Fairlead.Interop.Aws.Registry;

/// <summary>Things: create, describe, update, delete.</summary>
public sealed class ThingTests(AwsHub hub) : IClassFixture<AwsHub>
{
    [Fact]
    public Task Registry_06_create_thing_twice_alike_is_one_thing_and_otherwise_a_conflict() => Both.Run(hub, async (api, name) =>
    {
        await api.IotAsync("CreateThingType", new { thingTypeName = name });
        await api.IotAsync("CreateBillingGroup", new { billingGroupName = name });
        var input = new { thingName = name, thingTypeName = name, billingGroupName = name, attributePayload = new { attributes = new { colour = "red", empty = "" } } };
        var first = await api.IotAsync("CreateThing", input);
        first.Text("thingName").ShouldBe(name);
        first.Text("thingArn").ShouldBe($"arn:aws:iot:us-east-1:123456789012:thing/{name}");
        Guid.Parse(first.Text("thingId")).ToString().ShouldBe(first.Text("thingId"));
        (await api.IotAsync("CreateThing", input)).Text("thingId").ShouldBe(first.Text("thingId"));

        object[] others =
        [
            new { thingName = name },
            new { thingName = name, thingTypeName = name, billingGroupName = name, attributePayload = new { attributes = new { colour = "blue" } } },
            new { thingName = name, thingTypeName = name, attributePayload = new { attributes = new { colour = "red" } } },
        ];
        foreach (var other in others)
        {
            var error = await api.RefusedAsync("ResourceAlreadyExistsException", 409, "CreateThing", other);
            error.Typed.ShouldBe("ResourceAlreadyExistsException");
            error.Members.Text("resourceId").ShouldBe(first.Text("thingId"));
            error.Members.Text("resourceArn").ShouldBe(first.Text("thingArn"));
        }
    });

    [Fact]
    public Task Registry_04_describe_thing_leaves_absent_members_out_and_tells_the_others() => Both.Run(hub, async (api, name) =>
    {
        await api.IotAsync("CreateThing", new { thingName = name });
        var bare = await api.IotAsync("DescribeThing", new { thingName = name });
        bare.EnumerateObject().Select(static member => member.Name).Order(StringComparer.Ordinal)
            .ShouldBe(["attributes", "defaultClientId", "thingArn", "thingId", "thingName", "version"]);
        bare.Text("defaultClientId").ShouldBe(name);
        bare.Number("version").ShouldBe(1);
        bare.Map("attributes").ShouldBe("");

        await api.IotAsync("CreateThingType", new { thingTypeName = name });
        await api.IotAsync("CreateBillingGroup", new { billingGroupName = name });
        await api.IotAsync("UpdateThing", new { thingName = name, thingTypeName = name, attributePayload = new { attributes = new Dictionary<string, string> { ["a.b@c/d:e#f-g,h"] = "1=[2]" } } });
        await api.IotAsync("AddThingToBillingGroup", new { thingName = name, billingGroupName = name });
        var full = await api.IotAsync("DescribeThing", new { thingName = name });
        full.Text("thingTypeName").ShouldBe(name);
        full.Text("billingGroupName").ShouldBe(name);
        full.Map("attributes").ShouldBe("a.b@c/d:e#f-g,h=1=[2]");
        await api.RefusedAsync("ResourceNotFoundException", 404, "DescribeThing", new { thingName = $"{name}-none" });
    });

    [Fact]
    public async Task Registry_04_nothing_in_an_answer_is_null()
    {
        var name = $"raw-{Guid.NewGuid():N}";
        foreach (var (method, path) in new[] { ("POST", $"/things/{name}"), ("POST", $"/thing-types/{name}"), ("POST", $"/thing-groups/{name}"), ("POST", $"/billing-groups/{name}") })
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path);
            using var response = await hub.Administrator.SendAsync(request, TestContext.Current.CancellationToken);
            response.EnsureSuccessStatusCode();
            response.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
            response.Headers.Contains("x-amzn-RequestId").ShouldBeTrue();
            foreach (var read in new[] { path, path[..path.LastIndexOf('/')] })
                (await hub.Administrator.GetStringAsync(read, TestContext.Current.CancellationToken)).ShouldNotContain("null");
        }
    }

    [Fact]
    public Task Registry_02_names_in_paths_are_decoded_once() => Both.Run(hub, async (api, name) =>
    {
        var thing = $"{name}:A_b-1";
        (await api.IotAsync("CreateThing", new { thingName = thing })).Text("thingArn").ShouldEndWith($":thing/{thing}");
        (await api.IotAsync("DescribeThing", new { thingName = thing })).Text("thingName").ShouldBe(thing);
        await api.IotAsync("CreateThingGroup", new { thingGroupName = thing });
        await api.IotAsync("AddThingToThingGroup", new { thingArn = $"arn:aws:iot:us-east-1:123456789012:thing/{thing}", thingGroupArn = $"arn:aws:iot:us-east-1:123456789012:thinggroup/{thing}" });
        (await api.IotAsync("ListThingsInThingGroup", new { thingGroupName = thing })).Texts("things").ShouldBe([thing]);
        using var twice = await hub.Administrator.GetAsync($"/things/{thing.Replace(":", "%253A", StringComparison.Ordinal)}", TestContext.Current.CancellationToken);
        ((int)twice.StatusCode).ShouldBe(400);
    });

    [Fact]
    public Task Registry_07_update_thing_replaces_or_merges_attributes_and_an_empty_value_deletes() => Both.Run(hub, async (api, name) =>
    {
        await api.IotAsync("CreateThing", new { thingName = name, attributePayload = new { attributes = new { a = "1", b = "2" } } });
        (await After(new { merge = true, attributes = new { b = "3", c = "4" } })).ShouldBe("a=1 b=3 c=4");
        (await After(new { merge = true, attributes = new { a = "", c = "5" } })).ShouldBe("b=3 c=5");
        (await After(new { merge = false, attributes = new { d = "6", e = "7", f = "" } })).ShouldBe("d=6 e=7");
        (await After(new { attributes = new { g = "8" } })).ShouldBe("g=8");
        (await After(null)).ShouldBe("g=8");
        (await After(new { attributes = new { } })).ShouldBe("");

        async Task<string> After(object? payload)
        {
            await api.IotAsync("UpdateThing", payload is null ? new { thingName = name } : new { thingName = name, attributePayload = payload });
            return (await api.IotAsync("DescribeThing", new { thingName = name })).Map("attributes");
        }
    });

    [Fact]
    public Task Registry_08_versions_start_at_1_count_changes_and_are_expected() => Both.Run(hub, async (api, name) =>
    {
        await api.IotAsync("CreateThing", new { thingName = name });
        await api.IotAsync("UpdateThing", new { thingName = name, expectedVersion = 1, attributePayload = new { attributes = new { a = "1" } } });
        (await VersionAsync()).ShouldBe(2);
        await api.IotAsync("UpdateThing", new { thingName = name, expectedVersion = 2, attributePayload = new { attributes = new { a = "1" } } });
        (await VersionAsync()).ShouldBe(2, "nothing changed");
        await api.IotAsync("CreateThingType", new { thingTypeName = name });
        await api.IotAsync("UpdateThing", new { thingName = name, thingTypeName = name });
        await api.IotAsync("UpdateThing", new { thingName = name, removeThingType = true });
        (await VersionAsync()).ShouldBe(4);

        var error = await api.RefusedAsync("VersionConflictException", 409, "UpdateThing", new { thingName = name, expectedVersion = 1 });
        error.Typed.ShouldBe("VersionConflictException");
        await api.RefusedAsync("VersionConflictException", 409, "DeleteThing", new { thingName = name, expectedVersion = 1 });
        await api.IotAsync("DeleteThing", new { thingName = name, expectedVersion = 4 });

        async Task<long> VersionAsync() => (await api.IotAsync("DescribeThing", new { thingName = name })).Number("version");
    });

    [Fact]
    public Task Registry_09_delete_thing_forgives_unknown_ones_and_takes_memberships_along() => Both.Run(hub, async (api, name) =>
    {
        await api.IotAsync("DeleteThing", new { thingName = name });
        var first = await api.IotAsync("CreateThing", new { thingName = name });
        await api.IotAsync("CreateThingGroup", new { thingGroupName = name });
        await api.IotAsync("AddThingToThingGroup", new { thingGroupName = name, thingName = name });
        await api.IotAsync("DeleteThing", new { thingName = name });
        await api.RefusedAsync("ResourceNotFoundException", 404, "DescribeThing", new { thingName = name });
        (await api.IotAsync("ListThingsInThingGroup", new { thingGroupName = name })).Texts("things").ShouldBeEmpty();
        (await api.IotAsync("CreateThing", new { thingName = name })).Text("thingId").ShouldNotBe(first.Text("thingId"));
        (await api.IotAsync("ListThingGroupsForThing", new { thingName = name })).Texts("thingGroups", "groupName").ShouldBeEmpty();
    });

    [Fact]
    public Task Registry_09_shadows_survive_the_deletion_of_their_thing() => Both.Run(hub, async (api, name) =>
    {
        await api.IotAsync("CreateThing", new { thingName = name });
        var state = Convert.ToBase64String("""{"state":{"reported":{"on":true}}}"""u8);
        await api.DataAsync("UpdateThingShadow", new { thingName = name, payload = new { base64 = state } });
        await api.IotAsync("DeleteThing", new { thingName = name });
        var shadow = (await api.DataAsync("GetThingShadow", new { thingName = name })).GetProperty("payload").Text("base64");
        using var document = JsonDocument.Parse(Convert.FromBase64String(shadow));
        document.RootElement.GetProperty("state").GetProperty("reported").GetProperty("on").GetBoolean().ShouldBeTrue();
    });

    [Fact]
    public Task Registry_10_three_attributes_without_a_type_and_fifty_with_one() => Both.Run(hub, async (api, name) =>
    {
        await api.RefusedAsync("InvalidRequestException", 400, "CreateThing", new { thingName = name, attributePayload = new { attributes = Attributes(4) } });
        await api.IotAsync("CreateThing", new { thingName = name, attributePayload = new { attributes = Attributes(3) } });
        await api.RefusedAsync("InvalidRequestException", 400, "UpdateThing", new { thingName = name, attributePayload = new { merge = true, attributes = new { x = "1" } } });
        await api.IotAsync("CreateThingType", new { thingTypeName = name });
        await api.IotAsync("UpdateThing", new { thingName = name, thingTypeName = name, attributePayload = new { attributes = Attributes(50) } });
        var error = await api.RefusedAsync("InvalidRequestException", 400, "UpdateThing", new { thingName = name, attributePayload = new { attributes = Attributes(51) } });
        error.Message!.ShouldContain("attributes");
        error.Message!.ShouldContain("50");
        await api.RefusedAsync("InvalidRequestException", 400, "UpdateThing", new { thingName = name, removeThingType = true });
        (await api.IotAsync("DescribeThing", new { thingName = name })).GetProperty("attributes").EnumerateObject().Count().ShouldBe(50);

        static Dictionary<string, string> Attributes(int count) => Enumerable.Range(0, count).ToDictionary(static i => $"a{i}", static i => $"{i}");
    });

    [Fact]
    public Task Registry_06_create_thing_refuses_what_is_not_there() => Both.Run(hub, async (api, name) =>
    {
        await api.RefusedAsync("ResourceNotFoundException", 404, "CreateThing", new { thingName = name, thingTypeName = name });
        await api.RefusedAsync("ResourceNotFoundException", 404, "CreateThing", new { thingName = name, billingGroupName = name });
        await api.RefusedAsync("ResourceNotFoundException", 404, "UpdateThing", new { thingName = name });
        await api.IotAsync("CreateThing", new { thingName = name });
        await api.RefusedAsync("ResourceNotFoundException", 404, "UpdateThing", new { thingName = name, thingTypeName = name });
        await api.RefusedAsync("InvalidRequestException", 400, "UpdateThing", new { thingName = name, thingTypeName = name, removeThingType = true });
    });

    [Fact]
    public async Task Registry_01_broken_constraints_name_member_value_and_rule()
    {
        // JavaScript sends what boto3 would refuse by itself.
        var api = hub.JavaScript;
        await Refused("CreateThing", new { thingName = "no spaces" }, "thingName", "no spaces", "[a-zA-Z0-9:_-]+");
        await Refused("CreateThing", new { thingName = "slash/ed" }, "thingName", "slash/ed", "[a-zA-Z0-9:_-]+");
        await Refused("CreateThing", new { thingName = new string('a', 129) }, "thingName", "129", "128");
        await Refused("CreateThing", new { thingName = "t", thingTypeName = "ü" }, "thingTypeName", "ü", "[a-zA-Z0-9:_-]+");
        await Refused("CreateThing", new { thingName = "t", attributePayload = new { attributes = new Dictionary<string, string> { ["a b"] = "1" } } }, "attributes", "a b", "[a-zA-Z0-9_.,@/:#-]+");
        await Refused("CreateThing", new { thingName = "t", attributePayload = new { attributes = new { a = "x y" } } }, "attributes.a", "x y", "[a-zA-Z0-9_.,@/:#=");
        await Refused("CreateThing", new { thingName = "t", attributePayload = new { attributes = new { a = new string('x', 801) } } }, "attributes.a", "801", "800");
        await Refused("ListThings", new { maxResults = 251 }, "maxResults", "251", "250");
        await Refused("ListThings", new { maxResults = 0 }, "maxResults", "0", "1");
        await Refused("ListThings", new { attributeValue = "x" }, "attributeValue", "attributeName");

        async Task Refused(string operation, object parameters, params string[] parts)
        {
            var error = await api.RefusedAsync("InvalidRequestException", 400, operation, parameters);
            error.Typed.ShouldBe("InvalidRequestException");
            foreach (var part in parts) error.Message!.ShouldContain(part);
        }
    }

    [Fact]
    public async Task Registry_01_bodies_that_are_no_documents_are_refused_and_write_nothing()
    {
        var name = $"raw-{Guid.NewGuid():N}";
        foreach (var body in new[] { "[", "[]", "null", "\"x\"", "{\"attributePayload\":{\"attributes\":{\"a\":1}}}", "{\"attributePayload\":{\"attributes\":{\"a\":null}}}", "{\"thingTypeName\":7}" })
        {
            using var content = new StringContent(body);
            using var response = await hub.Administrator.PostAsync($"/things/{name}", content, TestContext.Current.CancellationToken);
            ((int)response.StatusCode).ShouldBe(400, body);
            response.Headers.GetValues("x-amzn-ErrorType").ShouldBe(["InvalidRequestException"]);
            using var error = JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
            error.RootElement.Text("message").ShouldNotBeEmpty();
        }

        await hub.JavaScript.RefusedAsync("ResourceNotFoundException", 404, "DescribeThing", new { thingName = name });
    }
}
