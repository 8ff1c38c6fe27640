namespace Fairlead.Interop.Aws.Registry;

/// <summary>Thing types.</summary>
public sealed class ThingTypeTests(AwsHub hub) : IClassFixture<AwsHub>
{
    [Fact]
    public Task Registry_12_a_deprecated_type_cannot_be_assigned_until_that_is_taken_back() => Both.Run(hub, async (api, name) =>
    {
        await api.IotAsync("CreateThingType", new { thingTypeName = name });
        await api.IotAsync("CreateThing", new { thingName = $"{name}-old", thingTypeName = name });
        await api.IotAsync("DeprecateThingType", new { thingTypeName = name });
        var deprecated = (await api.IotAsync("DescribeThingType", new { thingTypeName = name })).GetProperty("thingTypeMetadata");
        deprecated.GetProperty("deprecated").GetBoolean().ShouldBeTrue();
        deprecated.GetProperty("deprecationDate").GetDouble().ShouldBeGreaterThanOrEqualTo(deprecated.GetProperty("creationDate").GetDouble());

        (await api.RefusedAsync("InvalidRequestException", 400, "CreateThing", new { thingName = name, thingTypeName = name })).Message!.ShouldContain("deprecated");
        await api.IotAsync("CreateThing", new { thingName = name });
        await api.RefusedAsync("InvalidRequestException", 400, "UpdateThing", new { thingName = name, thingTypeName = name });
        (await api.IotAsync("DescribeThing", new { thingName = $"{name}-old" })).Text("thingTypeName").ShouldBe(name, "things keep it");
        await api.IotAsync("UpdateThing", new { thingName = $"{name}-old", attributePayload = new { attributes = new { a = "1" } } });

        await api.IotAsync("DeprecateThingType", new { thingTypeName = name, undoDeprecate = true });
        var restored = (await api.IotAsync("DescribeThingType", new { thingTypeName = name })).GetProperty("thingTypeMetadata");
        restored.GetProperty("deprecated").GetBoolean().ShouldBeFalse();
        restored.Has("deprecationDate").ShouldBeFalse();
        await api.IotAsync("UpdateThing", new { thingName = name, thingTypeName = name });
    });

    [Fact]
    public Task Registry_12_delete_requires_a_type_that_is_deprecated_and_unused() => Both.Run(hub, async (api, name) =>
    {
        await api.IotAsync("CreateThingType", new { thingTypeName = name });
        await api.IotAsync("CreateThing", new { thingName = name, thingTypeName = name });
        (await api.RefusedAsync("InvalidRequestException", 400, "DeleteThingType", new { thingTypeName = name })).Message!.ShouldContain("deprecated");
        await api.IotAsync("DeprecateThingType", new { thingTypeName = name });
        (await api.RefusedAsync("InvalidRequestException", 400, "DeleteThingType", new { thingTypeName = name })).Message!.ShouldContain("1 things");
        await api.IotAsync("DeleteThing", new { thingName = name });
        await api.IotAsync("DeleteThingType", new { thingTypeName = name });
        foreach (var operation in new[] { "DescribeThingType", "DeleteThingType", "DeprecateThingType" })
            await api.RefusedAsync("ResourceNotFoundException", 404, operation, new { thingTypeName = name });
    });

    [Fact]
    public Task Registry_12_create_is_idempotent_and_tells_properties_again() => Both.Run(hub, async (api, name) =>
    {
        var input = new
        {
            thingTypeName = name,
            thingTypeProperties = new
            {
                thingTypeDescription = "Lamps (indoor), 2nd series",
                searchableAttributes = new[] { "wattage", "model" },
            },
        };
        var first = await api.IotAsync("CreateThingType", input);
        first.Text("thingTypeArn").ShouldBe($"arn:aws:iot:us-east-1:123456789012:thingtype/{name}");
        (await api.IotAsync("CreateThingType", input)).Text("thingTypeId").ShouldBe(first.Text("thingTypeId"));
        var error = await api.RefusedAsync("ResourceAlreadyExistsException", 409, "CreateThingType", new { thingTypeName = name });
        error.Members.Text("resourceId").ShouldBe(first.Text("thingTypeId"));
        error.Members.Text("resourceArn").ShouldBe(first.Text("thingTypeArn"));

        var described = await api.IotAsync("DescribeThingType", new { thingTypeName = name });
        described.Text("thingTypeId").ShouldBe(first.Text("thingTypeId"));
        described.Text("thingTypeArn").ShouldBe(first.Text("thingTypeArn"));
        var properties = described.GetProperty("thingTypeProperties");
        properties.Text("thingTypeDescription").ShouldBe("Lamps (indoor), 2nd series");
        properties.Texts("searchableAttributes").ShouldBe(["wattage", "model"]);
    });

    [Fact]
    public async Task Registry_12_update_changes_what_is_given_and_mqtt_5_attributes_are_kept()
    {
        // Debian's boto3 knows neither the operation nor the member.
        var (api, name) = (hub.JavaScript, $"js-{Guid.NewGuid():N}");
        var created = new
        {
            thingTypeDescription = "before",
            searchableAttributes = new[] { "a" },
            mqtt5Configuration = new { propagatingAttributes = new[] { new { userPropertyKey = "iot:Model", thingAttribute = "model" } } },
        };
        await api.IotAsync("CreateThingType", new { thingTypeName = name, thingTypeProperties = created });
        await api.IotAsync("CreateThingType", new { thingTypeName = name, thingTypeProperties = created });
        var propagating = (await PropertiesAsync()).GetProperty("mqtt5Configuration").GetProperty("propagatingAttributes")[0];
        propagating.Text("userPropertyKey").ShouldBe("iot:Model");
        propagating.Text("thingAttribute").ShouldBe("model");
        propagating.Has("connectionAttribute").ShouldBeFalse();

        var given = new { propagatingAttributes = new[] { new { userPropertyKey = "Client", connectionAttribute = "iot:ClientId" } } };
        await api.IotAsync("UpdateThingType", new { thingTypeName = name, thingTypeProperties = new { mqtt5Configuration = given } });
        await api.IotAsync("UpdateThingType", new { thingTypeName = name, thingTypeProperties = new { thingTypeDescription = "after" } });
        var properties = await PropertiesAsync();
        properties.Text("thingTypeDescription").ShouldBe("after");
        properties.Texts("searchableAttributes").ShouldBe(["a"]);
        properties.GetProperty("mqtt5Configuration").GetProperty("propagatingAttributes")[0].Text("connectionAttribute").ShouldBe("iot:ClientId");
        await api.RefusedAsync("ResourceNotFoundException", 404, "UpdateThingType", new { thingTypeName = $"{name}-none" });

        async Task<System.Text.Json.JsonElement> PropertiesAsync() => (await api.IotAsync("DescribeThingType", new { thingTypeName = name })).GetProperty("thingTypeProperties");
    }

    [Fact]
    public Task Registry_05_list_thing_types_pages_and_filters_by_the_beginning_of_names() => Both.Run(hub, async (api, name) =>
    {
        var names = Enumerable.Range(0, 5).Select(i => $"{name}-{i}").ToArray();
        foreach (var type in names) await api.IotAsync("CreateThingType", new { thingTypeName = type, thingTypeProperties = new { thingTypeDescription = type } });
        var pages = await hub.Boto3.PagesAsync("ListThingTypes", "thingTypes", 2, new { thingTypeName = name });
        pages.Select(static type => type.Text("thingTypeName")).ShouldBe(names);
        pages[0].Text("thingTypeArn").ShouldEndWith($":thingtype/{name}-0");
        pages[0].GetProperty("thingTypeProperties").Text("thingTypeDescription").ShouldBe($"{name}-0");
        pages[0].GetProperty("thingTypeMetadata").GetProperty("deprecated").GetBoolean().ShouldBeFalse();
        var one = await api.IotAsync("ListThingTypes", new { thingTypeName = $"{name}-4", maxResults = 1 });
        one.Texts("thingTypes", "thingTypeName").ShouldBe([$"{name}-4"]);
        one.Has("nextToken").ShouldBeFalse();
    });

    [Fact]
    public async Task Registry_01_broken_constraints_of_types_are_refused()
    {
        foreach (var (properties, part) in new (object, string)[]
        {
            (new { searchableAttributes = new[] { "a", "b", "c", "d" } }, "searchableAttributes"),
            (new { searchableAttributes = new[] { "a b" } }, "searchableAttributes"),
            (new { thingTypeDescription = new string('x', 2029) }, "thingTypeDescription"),
            (new { thingTypeDescription = "two\nlines" }, "thingTypeDescription"),
            (new { mqtt5Configuration = new { propagatingAttributes = new[] { new { userPropertyKey = "a b", thingAttribute = "a" } } } }, "userPropertyKey"),
            (new { mqtt5Configuration = new { propagatingAttributes = new[] { new { userPropertyKey = "a" } } } }, "connectionAttribute"),
        })
        {
            var error = await hub.JavaScript.RefusedAsync("InvalidRequestException", 400, "CreateThingType", new { thingTypeName = "constrained", thingTypeProperties = properties });
            error.Message!.ShouldContain(part);
        }

        await hub.JavaScript.RefusedAsync("ResourceNotFoundException", 404, "DescribeThingType", new { thingTypeName = "constrained" });
    }
}
