using Fairlead.Edge.Twin;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Edge.Twin;

/// <summary>What a command becomes: every example of spec/kanto-edge, section 13.3, and every cell of the table of 13.4.</summary>
public sealed class TwinTableTests
{
    /// <summary>Commands on a device of which nothing is known yet; requests are separated by a bar.</summary>
    public static TheoryData<string, string, string?, string> OnNothing => new()
    {
        // the examples
        { "modify", "/attributes/test", "200", """classic update {"reported":{"test":200}}""" },
        { "modify", "/features/acc/properties/x", "3", """acc update {"reported":{"x":3}}""" },
        { "modify", "/features/acc", """{"definition":["a:b:1.0.0"],"properties":{"x":3}}""", """acc update {"reported":{"definition":["a:b:1.0.0"],"x":3}}""" },
        { "delete", "/attributes/a/b", null, """classic update {"reported":{"a":{"b":null}}}""" },
        { "modify", "/attributes/test", """{"attributes":{"a":1},"features":{"f":{"properties":{"x":1}}}}""", """classic update {"reported":{"test":{"attributes":{"a":1},"features":{"f":{"properties":{"x":1}}}}}}""" },
        { "modify", "/", """{"features":{"f":{"properties":{"x":1}}},"attributes":{"a":1}}""", """classic update {"reported":{"a":1}}|f update {"reported":{"x":1}}""" },

        // path /
        { "create", "/", """{"attributes":{"a":1},"features":{"f":{"properties":{"x":1}},"g":{"properties":{"y":2}}}}""", """classic update {"reported":{"a":1}}|f update {"reported":{"x":1}}|g update {"reported":{"y":2}}""" },
        { "merge", "/", """{"attributes":{"a":1},"features":{"f":{"properties":{"x":1}}}}""", """classic update {"reported":{"a":1}}|f update {"reported":{"x":1}}""" },
        { "merge", "/", """{"features":{"f":{"properties":{"x":1}}}}""", """f update {"reported":{"x":1}}""" },
        { "delete", "/", null, "classic delete" },

        // /attributes and below
        { "modify", "/attributes", """{"a":1}""", """classic update {"reported":{"a":1}}""" },
        { "create", "/attributes", """{"a":1}""", """classic update {"reported":{"a":1}}""" },
        { "merge", "/attributes", """{"a":1}""", """classic update {"reported":{"a":1}}""" },
        { "modify", "/attributes", "null", """classic update {"reported":null}""" },
        { "merge", "/attributes", "null", """classic update {"reported":null}""" },
        { "delete", "/attributes", null, "classic delete" },
        { "create", "/attributes/p", "true", """classic update {"reported":{"p":true}}""" },
        { "merge", "/attributes/p/q", "\"s\"", """classic update {"reported":{"p":{"q":"s"}}}""" },
        { "delete", "/attributes/p", null, """classic update {"reported":{"p":null}}""" },

        // /features
        { "modify", "/features", """{"f":{"properties":{"x":1}},"g":{"definition":["a:b:1"]}}""", """f update {"reported":{"x":1}}|g update {"reported":{"definition":["a:b:1"]}}""" },
        { "merge", "/features", """{"f":{"properties":{"x":1}}}""", """f update {"reported":{"x":1}}""" },
        { "merge", "/features", """{"f":null}""", """f update {"reported":null}""" },
        { "modify", "/features", """{"f":null}""", """f update {"reported":null}""" },
        { "delete", "/features", null, "" },

        // /features/F
        { "create", "/features/f", """{"properties":{"x":1}}""", """f update {"reported":{"x":1}}""" },
        { "merge", "/features/f", """{"properties":{"x":1}}""", """f update {"reported":{"x":1}}""" },
        { "modify", "/features/f", "null", """f update {"reported":null}""" },
        { "merge", "/features/f", "null", "f delete" },
        { "delete", "/features/f", null, "f delete" },
        { "modify", "/features/f", """{"definition":["d"],"properties":{"definition":1,"x":2}}""", """f update {"reported":{"definition":["d"],"x":2}}""" },

        // /features/F/properties and below
        { "modify", "/features/f/properties", """{"x":1}""", """f update {"reported":{"x":1}}""" },
        { "merge", "/features/f/properties", """{"x":1}""", """f update {"reported":{"x":1}}""" },
        { "merge", "/features/f/properties", "{}", "" },
        { "create", "/features/f/properties/p/q", "[1,2]", """f update {"reported":{"p":{"q":[1,2]}}}""" },
        { "merge", "/features/f/properties/p", """{"q":null}""", """f update {"reported":{"p":{"q":null}}}""" },
        { "delete", "/features/f/properties/p", null, """f update {"reported":{"p":null}}""" },

        // /features/F/definition
        { "modify", "/features/f/definition", """["a:b:1"]""", """f update {"reported":{"definition":["a:b:1"]}}""" },
        { "merge", "/features/f/definition", """["a:b:1"]""", """f update {"reported":{"definition":["a:b:1"]}}""" },
        { "delete", "/features/f/definition", null, """f update {"reported":{"definition":null}}""" },

        // desired properties
        { "modify", "/features/f/desiredProperties", """{"x":1}""", """f update {"desired":{"x":1}}""" },
        { "merge", "/features/f/desiredProperties/x", "1", """f update {"desired":{"x":1}}""" },
        { "delete", "/features/f/desiredProperties/x", null, """f update {"desired":{"x":null}}""" },
        { "modify", "/features/f", """{"properties":{"x":1},"desiredProperties":{"x":2}}""", """f update {"desired":{"x":2},"reported":{"x":1}}""" },
    };

    /// <summary>
    /// Commands on a device that has attributes <c>{"a":1,"b":{"c":2}}</c> and features f (definition <c>["d"]</c>, x, y, desired w) and g (z).
    /// </summary>
    public static TheoryData<string, string, string?, string> OnSomething => new()
    {
        { "modify", "/", """{"attributes":{"a":3},"features":{"f":{"properties":{"x":5}}}}""", """classic update {"reported":{"a":3,"b":null}}|f update {"reported":{"definition":null,"x":5,"y":null}}|g delete""" },
        { "modify", "/", """{"features":{"g":{"properties":{"z":1}}}}""", """classic update {"reported":{"a":null,"b":null}}|g update {"reported":{"z":1}}|f delete""" },
        { "merge", "/", """{"attributes":{"a":3},"features":{"f":{"properties":{"x":5}}}}""", """classic update {"reported":{"a":3}}|f update {"reported":{"x":5}}""" },
        { "delete", "/", null, "classic delete|f delete|g delete" },
        { "modify", "/attributes", """{"a":3}""", """classic update {"reported":{"a":3,"b":null}}""" },
        { "create", "/attributes", """{"b":{"d":4}}""", """classic update {"reported":{"a":null,"b":{"c":null,"d":4}}}""" },
        { "modify", "/attributes", "{}", """classic update {"reported":{"a":null,"b":null}}""" },
        { "modify", "/attributes/b", """{"d":4}""", """classic update {"reported":{"b":{"c":null,"d":4}}}""" },
        { "merge", "/attributes/b", """{"d":4}""", """classic update {"reported":{"b":{"d":4}}}""" },
        { "modify", "/features", """{"g":{"properties":{"z":9}}}""", """g update {"reported":{"z":9}}|f delete""" },
        { "delete", "/features", null, "f delete|g delete" },
        { "modify", "/features/f", "{}", """f update {"reported":{"definition":null,"x":null,"y":null}}""" },
        { "modify", "/features/f", """{"definition":["e"],"properties":{"x":7}}""", """f update {"reported":{"definition":["e"],"x":7,"y":null}}""" },
        { "modify", "/features/f/properties", "{}", """f update {"reported":{"x":null,"y":null}}""" },
        { "modify", "/features/f/properties", "null", """f update {"reported":{"x":null,"y":null}}""" },
        { "merge", "/features/f/properties", "null", """f update {"reported":{"x":null,"y":null}}""" },
        { "delete", "/features/f/properties", null, """f update {"reported":{"x":null,"y":null}}""" },
        { "modify", "/features/f/properties", """{"x":8}""", """f update {"reported":{"x":8,"y":null}}""" },
        { "modify", "/features/f/desiredProperties", """{"v":1}""", """f update {"desired":{"v":1,"w":null}}""" },
        { "delete", "/features/f/desiredProperties", null, """f update {"desired":{"w":null}}""" },
        { "merge", "/features/f", "null", "f delete" },
    };

    /// <summary>Messages that go out as they came.</summary>
    public static TheoryData<string> NotConverted =>
    [
        """{"topic":"test/device/things/live/messages/m","path":"/","value":1}""",
        """{"topic":"test/device/things/live/commands/modify","path":"/attributes/a","value":1}""",
        """{"topic":"test/device/things/twin/events/modified","path":"/attributes/a","value":1}""",
        """{"topic":"test/device/things/twin/commands/modify","path":"/attributes/a","value":1,"status":204}""",
        """{"topic":"test/devicex/things/twin/commands/modify","path":"/attributes/a","value":1}""",
        """{"topic":"other/device/things/twin/commands/modify","path":"/attributes/a","value":1}""",
        """{"topic":"_/_/things/twin/commands/modify","path":"/attributes/a","value":1}""",
        """{"topic":"test/device/policies/twin/commands/modify","path":"/","value":{}}""",
        """{"topic":"test/device/things/twin/search/subscribe","path":"/","value":{}}""",
        """{"topic":"test/device/things/twin/commands/retrieve","path":"/"}""",
        """{"topic":"test/device/things/twin/commands/modify","path":"/policyId","value":"p"}""",
        """{"topic":"test/device/things/twin/commands/modify","path":"/definition","value":"a:b:1"}""",
        """{"topic":"test/device/things/twin/commands/modify","path":"/features/f/other","value":1}""",
        """{"topic":"test/device/things/twin/commands/modify","path":"/features/f","value":{"x":1}}""",
        """{"topic":"test/device/things/twin/commands/delete","path":"/definition"}""",
        """{"topic":"no topic","path":"/attributes/a","value":1}""",
        """{"topic":1}""",
        """{"temp":5}""",
        "[1,2]",
        "hello",
        "",
        """{"topic":"test/device/things/twin/commands/modify","path":"/attributes/a","value":""",
    ];

    [Theory]
    [MemberData(nameof(OnNothing))]
    public void Edge_42_a_command_on_nothing_becomes_these_requests(string action, string path, string? value, string expected)
    {
        var stage = TwinStage.Connected();
        stage.Command(action, path, value);
        string.Join('|', stage.Requests).ShouldBe(expected);
    }

    [Theory]
    [MemberData(nameof(OnSomething))]
    public void Edge_42_a_command_on_something_becomes_these_requests(string action, string path, string? value, string expected)
    {
        var stage = TwinStage.Connected();
        stage.Given("/attributes", """{"a":1,"b":{"c":2}}""");
        stage.Given("/features/f", """{"definition":["d"],"properties":{"x":1,"y":2},"desiredProperties":{"w":1}}""");
        stage.Given("/features/g/properties", """{"z":0}""");
        stage.Command(action, path, value);
        string.Join('|', stage.Requests).ShouldBe(expected);
    }

    [Fact]
    public void Edge_42_a_child_has_shadows_of_its_own()
    {
        var stage = TwinStage.Connected();
        stage.Command("modify", "/features/acc/properties/x", "3", thing: "test/device:edge:containers");
        stage.Command("modify", "/attributes/a", "1", thing: "test/device:edge:containers");
        stage.Requests.ShouldBe(["""edge:containers:acc update {"reported":{"x":3}}""", """edge:containers update {"reported":{"a":1}}"""]);
        stage.Published[0].Topic.ShouldBe("$aws/things/test:device/shadow/name/edge:containers:acc/update");
    }

    [Theory]
    [MemberData(nameof(NotConverted))]
    public void Edge_43_other_messages_go_out_as_they_came(string payload)
    {
        var stage = new TwinStage();
        stage.Accept(payload).ShouldBe(TwinFate.Forward);
        stage.Local.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("modify", "/attributes", "5")]
    [InlineData("modify", "/attributes", null)]
    [InlineData("modify", "/features", "[]")]
    [InlineData("modify", "/features/f", "\"x\"")]
    [InlineData("merge", "/features/f/properties", "1")]
    [InlineData("merge", "/features/f/desiredProperties", "[1]")]
    [InlineData("modify", "/features/f", """{"properties":7}""")]
    [InlineData("modify", "/", "7")]
    public void Edge_54_a_value_of_the_wrong_type_is_refused_with_400(string action, string path, string? value)
    {
        var stage = TwinStage.Connected();
        stage.Command(action, path, value, """{"response-required":true,"correlation-id":"c1"}""").ShouldBe(TwinFate.Taken);
        stage.Requests.ShouldBeEmpty();
        stage.LocalOf("errors-response").Count.ShouldBe(1);
    }

    [Fact]
    public void Edge_12_the_thing_name_option_names_the_topics()
    {
        var stage = TwinStage.Connected(new TwinOptions { DeviceId = "org.eclipse:device", ThingName = "lamp-1" });
        stage.Command("modify", "/attributes/a", "1", thing: "org.eclipse/device");
        stage.Published[0].Topic.ShouldBe("$aws/things/lamp-1/shadow/update");
        stage.Twin.Subscriptions.Count.ShouldBe(14);
        stage.Twin.Subscriptions.ShouldContain("$aws/things/lamp-1/shadow/name/+/update/delta");
        stage.Twin.Subscriptions.ShouldAllBe(filter => filter.StartsWith("$aws/things/lamp-1/shadow/", StringComparison.Ordinal) && !filter.Contains('#'));
    }
}
