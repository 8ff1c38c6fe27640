using Fairlead.Edge.Twin;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Edge.Twin;

/// <summary>modify means replace: the examples of spec/kanto-edge, section 13.6, and the defects that must not come back.</summary>
public sealed class TwinNullTests
{
    [Fact]
    public void Edge_45_only_keys_that_went_become_null()
    {
        var stage = TwinStage.Connected().Given("/features/test/properties", """{"status":100,"obsolete":"true"}""");
        stage.Command("modify", "/features/test/properties", """{"status":200}""");
        stage.Requests.ShouldBe(["""test update {"reported":{"obsolete":null,"status":200}}"""]);
    }

    [Fact]
    public void Edge_45_below_the_properties_only_the_subtree_is_touched()
    {
        var stage = TwinStage.Connected().Given("/features/test/properties", """{"status":{"error":{"code":200,"message":"x","obsolete":true}},"other":1}""");
        stage.Command("modify", "/features/test/properties/status/error", """{"code":404,"message":"y"}""");
        stage.Requests.ShouldBe(["""test update {"reported":{"status":{"error":{"code":404,"message":"y","obsolete":null}}}}"""]);
    }

    [Fact]
    public void Edge_45_an_object_takes_the_place_of_a_scalar_as_it_is()
    {
        var stage = TwinStage.Connected().Given("/features/test/properties", """{"status":5}""");
        stage.Command("modify", "/features/test/properties/status", """{"code":1}""");
        stage.Requests.ShouldBe(["""test update {"reported":{"status":{"code":1}}}"""]);
    }

    [Fact]
    public void Edge_45_defect_1_an_accepted_part_does_not_wipe_the_memory()
    {
        var stage = TwinStage.Connected().Given("/features/f/properties", """{"a":1,"b":2}""").Given("/features/f/properties/a", "3");
        stage.Command("modify", "/features/f/properties", """{"c":1}""");
        stage.Requests.ShouldBe(["""f update {"reported":{"a":null,"b":null,"c":1}}"""]);
        stage.Hub.State("f").ShouldBe("""{"reported":{"c":1}}""");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Edge_46_defect_2_after_a_restart_obsolete_keys_go_all_the_same(bool keepsStore)
    {
        var before = TwinStage.Connected().Given("/features/f/properties", """{"old":1,"n":1}""");
        var stage = keepsStore ? before.Restarted() : new TwinStage(hub: before.Hub);
        stage.Connect();
        stage.Command("modify", "/features/f/properties", """{"n":2}""");
        stage.Hub.State("f").ShouldBe("""{"reported":{"n":2}}""");
        if (keepsStore) stage.Requests.ShouldBe(["""f update {"reported":{"n":2,"old":null}}"""]);
        else stage.Requests.ShouldBe(["""f update {"reported":{"n":2}}""", """f update {"reported":{"old":null}}"""]); // unknown: sent, fetched, mended
    }

    [Fact]
    public void Edge_47_defect_3_arrays_are_sent_whole_and_without_nulls()
    {
        var stage = TwinStage.Connected().Given("/features/f/properties", """{"l":[{"p":1,"q":1},{"p":2,"q":3}]}""");
        stage.Command("modify", "/features/f/properties", """{"l":[{"p":1},{"p":2}]}""");
        stage.Requests.ShouldBe(["""f update {"reported":{"l":[{"p":1},{"p":2}]}}"""]);
    }

    [Fact]
    public void Edge_48_defect_4_the_properties_leave_the_definition_alone()
    {
        var stage = TwinStage.Connected().Given("/features/f", """{"definition":["a:b:1"],"properties":{"x":1}}""");
        stage.Command("modify", "/features/f/properties", """{"y":1}""");
        stage.Requests.ShouldBe(["""f update {"reported":{"x":null,"y":1}}"""]);
        stage.Hub.State("f").ShouldBe("""{"reported":{"definition":["a:b:1"],"y":1}}""");
    }

    [Fact]
    public void Edge_45_defect_5_create_replaces_too()
    {
        var stage = TwinStage.Connected().Given("/features/f/properties", """{"x":1}""");
        stage.Command("create", "/features/f", """{"properties":{"y":1}}""");
        stage.Requests.ShouldBe(["""f update {"reported":{"x":null,"y":1}}"""]);
    }

    [Fact]
    public void Edge_45_defect_6_an_attribute_called_properties_is_an_attribute()
    {
        var stage = TwinStage.Connected().Given("/attributes", """{"properties":{"a":1,"b":2},"features":{"x":{"properties":{"y":1}}}}""");
        stage.Command("modify", "/attributes/properties", """{"b":3}""");
        stage.Command("modify", "/attributes/features/x/properties", """{"z":1}""");
        stage.Requests.ShouldBe(
        [
            """classic update {"reported":{"properties":{"a":null,"b":3}}}""",
            """classic update {"reported":{"features":{"x":{"properties":{"y":null,"z":1}}}}}""",
        ]);
    }

    [Fact]
    public void Edge_45_defect_7_pointers_are_unescaped()
    {
        var stage = TwinStage.Connected();
        stage.Command("modify", "/features/a~1b/properties/c~0d", "1");
        stage.Requests.ShouldBe(["""a$2Fb update {"reported":{"c~d":1}}"""]);
    }

    [Fact]
    public void Edge_45_defect_8_numbers_keep_their_text()
    {
        var stage = TwinStage.Connected();
        stage.Command("modify", "/features/f/properties", """{"big":12345678901234567890,"dec":1.10,"exp":1e400,"b":2,"a":-0.0}""");
        stage.Published[0].Payload.ShouldStartWith("""{"state":{"reported":{"big":12345678901234567890,"dec":1.10,"exp":1e400,"b":2,"a":-0.0}},"clientToken":""");
    }

    [Fact]
    public void Edge_45_defect_9_commands_from_many_threads_all_arrive()
    {
        var stage = new TwinStage();
        Parallel.For(0, 200, i =>
        {
            var verdict = stage.Twin.Accept(System.Text.Encoding.UTF8.GetBytes(TwinStage.Envelope("modify", $"/features/f/properties/k{i}", $"{i}")));
            verdict.Fate.ShouldBe(TwinFate.Spool);
        });
        stage.Command("retrieve", "/features/f/properties");
        var value = (SortedDictionary<string, object>)stage.LocalOf("retrieve-response").ShouldHaveSingleItem()["value"];
        value.Count.ShouldBe(200);
    }

    [Fact]
    public void Edge_45_defect_10_an_update_of_desired_alone_is_understood()
    {
        var stage = TwinStage.Connected().Given("/features/f/properties", """{"x":1}""");
        stage.Cloud("f", "update", """{"state":{"desired":{"x":2}}}""");
        stage.Command("modify", "/features/f/properties", """{"y":1}""");
        stage.Requests.ShouldBe(["""f update {"reported":{"x":null,"y":1}}"""]);
        stage.Twin.Counters.Strangers.ShouldBe(0);
    }

    [Fact]
    public void Edge_45_what_is_under_way_counts_as_known()
    {
        var stage = TwinStage.Connected().Given("/features/f/properties", """{"x":1}""");
        stage.IsHolding = true;
        stage.Command("modify", "/features/f/properties", """{"a":1}""");
        stage.Command("modify", "/features/f/properties", """{"b":1}""");
        stage.Requests.ShouldBe(["""f update {"reported":{"a":1,"x":null}}""", """f update {"reported":{"a":null,"b":1}}"""]);
        stage.IsHolding = false;
        stage.Release();
        stage.Hub.State("f").ShouldBe("""{"reported":{"b":1}}""");
    }

    [Fact]
    public void Edge_45_the_minimal_patch_says_only_what_changed()
    {
        var stage = TwinStage.Connected(new TwinOptions { DeviceId = TwinStage.Device, Patch = TwinPatch.Minimal });
        stage.Given("/features/f/properties", """{"a":1,"b":{"c":1,"d":2},"e":[1]}""");
        stage.Command("modify", "/features/f/properties", """{"a":1,"b":{"c":3},"e":[1]}""");
        stage.Command("modify", "/features/f/properties", """{"a":1,"b":{"c":3},"e":[1]}""");
        stage.Command("delete", "/features/f/properties/none");
        stage.Command("delete", "/features/none");
        stage.Requests.ShouldBe(["""f update {"reported":{"b":{"c":3,"d":null}}}""", "none delete"]);
    }
}
