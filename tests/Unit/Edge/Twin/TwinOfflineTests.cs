using Fairlead.Edge.Json;
using Fairlead.Edge.Twin;
using Fairlead.Edge.Twin.Shadows;
using Fairlead.Edge.Twin.Storage;
using Fairlead.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Edge.Twin;

/// <summary>Losing the hub, and finding it again (spec/kanto-edge, sections 13.7 and 17.13).</summary>
public sealed class TwinOfflineTests
{
    private static TwinOptions Options => new() { DeviceId = TwinStage.Device };

    [Fact]
    public void Edge_51_at_most_ten_requests_are_without_an_answer()
    {
        var stage = TwinStage.Connected();
        stage.IsHolding = true;
        string features = string.Join(',', Enumerable.Range(0, 25).Select(static i => $$$"""
            "f{{{i}}}":{"properties":{"x":{{{i}}}}}
            """.Trim()));
        stage.Command("modify", "/features", $"{{{features}}}");
        stage.Command("modify", "/attributes/a", "1");
        stage.HeldCount.ShouldBe(10);
        stage.SpooledCount.ShouldBe(2);
        stage.Release(3);
        stage.HeldCount.ShouldBe(10);
        stage.IsHolding = false;
        stage.Release();
        stage.SpooledCount.ShouldBe(0);
        stage.Hub.State("f24").ShouldBe("""{"reported":{"x":24}}""");
        stage.Hub.State("").ShouldBe("""{"reported":{"a":1}}""");
    }

    [Fact]
    public void Edge_51_gets_after_a_reconnect_keep_to_the_window_too()
    {
        var stage = TwinStage.Connected();
        for (int i = 0; i < 30; i++) stage.Given($"/features/f{i}/properties/x", "1");
        stage.Disconnect();
        stage.Clear();
        stage.IsHolding = true;
        stage.Connect();
        stage.HeldCount.ShouldBe(10);
        stage.IsHolding = false;
        stage.Release();
        stage.Gets.Count.ShouldBe(31);
    }

    [Fact]
    public void Edge_22_each_queued_command_is_sent_in_its_order()
    {
        var stage = new TwinStage();
        for (int i = 1; i <= 5; i++) stage.Command("modify", "/features/f/properties/n", $"{i}");
        stage.Connect();
        stage.Requests.ShouldBe(Enumerable.Range(1, 5).Select(static i => $$$"""f update {"reported":{"n":{{{i}}}}}"""));
        stage.Hub.Version("f").ShouldBe(5);
        stage.SpooledCount.ShouldBe(0);
    }

    [Fact]
    public void Edge_21_a_command_is_done_when_the_hub_has_it_and_sent_again_when_not()
    {
        var stage = TwinStage.Connected();
        stage.IsHolding = true;
        stage.Command("modify", "/features/f/properties/n", "1");
        stage.SpooledCount.ShouldBe(1);
        stage.Disconnect();
        stage.SpooledCount.ShouldBe(1);
        stage.IsHolding = false;
        stage.Connect();
        stage.SpooledCount.ShouldBe(0);
        stage.Hub.State("f").ShouldBe("""{"reported":{"n":1}}""");
    }

    [Fact]
    public void Edge_46_coalescing_sends_one_update_for_each_changed_shadow()
    {
        var stage = TwinStage.Connected(Options with { Offline = TwinOffline.Coalesce }).Given("/features/f/properties", """{"n":0,"old":1}""");
        stage.Hub.State("f").ShouldBe("""{"reported":{"n":0,"old":1}}""");
        stage.Disconnect();
        for (int i = 1; i <= 100; i++) stage.Command("modify", "/features/f/properties", $$"""{"n":{{i}}}""").ShouldBe(TwinFate.Taken);
        stage.Command("modify", "/attributes", """{"a":1}""");
        stage.Command("modify", "/features/f/desiredProperties/w", "1");
        var again = stage.Restarted();
        again.Command("retrieve", "/features/f/properties");
        again.LocalOf("retrieve-response").Count.ShouldBe(1);
        again.Connect();
        again.Requests.ShouldBe(["""classic update {"reported":{"a":1}}""", """f update {"desired":{"w":1},"reported":{"n":100,"old":null}}"""], ignoreOrder: true);
        again.Hub.State("f").ShouldBe("""{"desired":{"w":1},"reported":{"n":100}}""");
        again.Disconnect();
        again.Clear();
        again.Connect();
        again.Requests.ShouldBeEmpty();
    }

    [Fact]
    public void Edge_46_coalescing_deletes_and_reports_refusals()
    {
        var stage = TwinStage.Connected(Options with { Offline = TwinOffline.Coalesce, ResponseDefault = true }).Given("/features/f/properties/n", "1");
        stage.Disconnect();
        stage.Command("delete", "/features/f", headers: """{"correlation-id":"d"}""");
        stage.Command("modify", "/features/g/properties/n", "1", """{"correlation-id":"g1"}""");
        stage.Hub.Refusal = static (topic, _) => topic.Contains("/g/update", StringComparison.Ordinal) ? 413 : null;
        stage.Connect();
        stage.Hub.State("f").ShouldBeNull();
        stage.LocalOf("errors-response").Count.ShouldBe(1);
        stage.LocalOf("deleted").ShouldBeEmpty();
    }

    [Fact]
    public void Edge_46_coalescing_while_online_has_one_update_of_a_shadow_under_way()
    {
        var stage = TwinStage.Connected(Options with { Offline = TwinOffline.Coalesce, Ack = TwinAck.Cloud }).Given("/features/f/properties/n", "0");
        stage.IsHolding = true;
        for (int i = 1; i <= 9; i++) stage.Command("modify", "/features/f/properties/n", $"{i}", $$"""{"response-required":true,"correlation-id":"c{{i}}"}""");
        stage.HeldCount.ShouldBe(1);
        stage.IsHolding = false;
        stage.Release();
        stage.Requests.ShouldBe(["""f update {"reported":{"n":1}}""", """f update {"reported":{"n":9}}"""]);
        stage.LocalOf("modify-response").Count.ShouldBe(9);
    }

    [Fact]
    public void Edge_53_desired_of_the_hub_wins_and_reported_of_the_device()
    {
        var stage = TwinStage.Connected().Given("/features/f", """{"properties":{"n":1},"desiredProperties":{"w":1}}""");
        stage.Disconnect();
        stage.Given("/features/f/properties/n", "2");
        stage.Cloud("f", "update", """{"state":{"reported":{"n":77},"desired":{"w":5}}}""");
        stage.Connect();
        stage.Hub.State("f").ShouldBe("""{"desired":{"w":5},"reported":{"n":2}}""");
        stage.Clear();
        stage.Command("retrieve", "/features/f");
        stage.Local[0].Payload.ShouldContain("""{"properties":{"n":2},"desiredProperties":{"w":5}}""");
    }

    [Fact]
    public void Edge_53_a_command_that_was_lost_on_its_way_is_made_up_for()
    {
        var store = new MemoryTwinStore();
        var before = new TwinStage(store: store);
        before.Connect();
        before.Given("/features/f/properties", """{"n":1}""");
        before.Disconnect();
        before.Given("/features/f/properties/n", "2");
        var stage = new TwinStage(store: store, hub: before.Hub); // whose spool has dropped the command
        stage.Connect();
        stage.Hub.State("f").ShouldBe("""{"reported":{"n":2}}""");
        stage.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public void Edge_54_an_answer_that_never_comes_frees_its_place_and_the_get_tells()
    {
        var stage = TwinStage.Connected().Given("/features/f/properties/n", "1");
        stage.IsHolding = true;
        stage.Command("modify", "/features/f/properties/n", "2");
        stage.IsHolding = false;
        stage.Advance(16);
        stage.Hub.State("f").ShouldBe("""{"reported":{"n":2}}"""); // seen missing by the get, and sent again
        stage.Gets.ShouldBe(["f"]);
        stage.Twin.Counters.Requests.ShouldContain(("update", 408, 1));
    }

    [Fact]
    public async Task Edge_55_the_file_keeps_everything()
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory().FullName, "twin.db");
        var stage = TwinStage.Connected().Given("/features/f", """{"definition":["d"],"properties":{"n":12345678901234567890},"desiredProperties":{"w":1.10}}""");
        stage.Disconnect();
        stage.Given("/features/f/properties", """{"n":2}""").Given("/attributes/a", "1", thing: "test/device:ch").Given("/features/f/desiredProperties/v", "1");
        var records = stage.Store.Load();
        await using (var store = new TwinStore(path, TimeProvider.System, NullLogger<TwinStore>.Instance))
        {
            foreach (var record in records) store.Save(record);
            await store.FlushAsync(TestContext.Current.CancellationToken);
        }

        await using (var store = new TwinStore(path, TimeProvider.System, NullLogger<TwinStore>.Instance))
        {
            store.Load().Select(static record => record.ToString()).ShouldBe(records.Select(static record => record.ToString()));
            store.Save(records[0] with { Version = 77 });
            await store.FlushAsync(TestContext.Current.CancellationToken);
            store.Load()[0].Version.ShouldBe(77);
        }

        await File.WriteAllTextAsync(path, "this is no database, and long enough to be taken for a damaged one", TestContext.Current.CancellationToken);
        await using (var store = new TwinStore(path, TimeProvider.System, NullLogger<TwinStore>.Instance)) store.Load().ShouldBeEmpty();
        Directory.GetFiles(Path.GetDirectoryName(path)!, "*.damaged-*").Length.ShouldBe(1);
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
    }

    [Fact]
    public void Edge_54_edits_that_wait_for_another_try_outlive_a_restart()
    {
        var stage = TwinStage.Connected().Given("/features/f/properties", """{"n":0,"old":1}""").Given("/features/g", """{"properties":{"x":1}}""");
        stage.Hub.Refusal = static (topic, _) => topic.EndsWith("/get", StringComparison.Ordinal) ? null : 429;
        stage.Command("modify", "/features/f/properties", """{"n":1,"m":1}""");
        stage.Command("modify", "/features/f/properties/n", "2");
        stage.Command("delete", "/features/g");
        stage.SpooledCount.ShouldBe(0, "the spool has let go of them");
        stage.Store.Load().Count(static record => record.Edits is not null).ShouldBe(2);

        stage.Hub.Refusal = static (_, _) => null;
        var again = stage.Restarted();
        again.Connect();
        again.Requests.ShouldBe(["""f update {"reported":{"m":1,"n":2,"old":null}}""", "g delete"], ignoreOrder: true);
        again.Hub.State("f").ShouldBe("""{"reported":{"m":1,"n":2}}""");
        again.Hub.State("g").ShouldBeNull();
        again.Store.Load().ShouldAllBe(static record => record.Edits == null);
    }

    [Fact]
    public void Edge_54_a_request_that_the_hub_has_and_did_not_answer_is_done_again_after_a_restart()
    {
        var stage = TwinStage.Connected().Given("/features/f/properties", """{"n":0}""");
        stage.Hub.Refusal = static (_, _) => 0; // acknowledged as a message, and answered with what the twin does not know
        stage.IsHolding = true;
        stage.Command("modify", "/features/f/properties/n", "1");
        stage.Store.Load().ShouldAllBe(static record => record.Edits == null); // the spool has it still
        stage.LoseAnswers();
        stage.Hub.Refusal = static (_, _) => null;
        var again = stage.Restarted();
        again.Connect();
        again.Hub.State("f").ShouldBe("""{"reported":{"n":1}}""");
        again.SpooledCount.ShouldBe(0);
        again.Store.Load().ShouldAllBe(static record => record.Edits == null);
    }

    [Fact]
    public async Task Edge_55_a_file_of_the_first_version_gets_a_place_for_edits()
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory().FullName, "twin.db");
        await using (var store = new TwinStore(path, TimeProvider.System, NullLogger<TwinStore>.Instance))
            store.Save(new TwinRecord("f", new ShadowAddress("", "f")) { Version = 3 });
        using (var database = Database.Open(path)) database.Execute("ALTER TABLE shadows DROP COLUMN edits; PRAGMA user_version = 1");
        var edits = KeptEdits.Write(
        [
            new ShadowEdit(new ShadowAddress("", "f"), new SectionWrite(["a/b", "c"], JsonValue.Null, Replaces: true, "definition", EvenEmpty: true)),
            ShadowEdit.Delete(new ShadowAddress("", "f")),
        ]);
        await using (var store = new TwinStore(path, TimeProvider.System, NullLogger<TwinStore>.Instance))
        {
            var record = store.Load().ShouldHaveSingleItem();
            (record.Version, record.Edits).ShouldBe((3, null));
            store.Save(record with { Edits = edits });
            await store.FlushAsync(TestContext.Current.CancellationToken);
            var kept = KeptEdits.Read(store.Load()[0].Edits, record.Address).ToList();
            (kept.Count, kept[1].IsDelete).ShouldBe((2, true));
            var write = kept[0].Reported!;
            (string.Join('|', write.Path), write.Value.Kind, write.Replaces, write.Spared, write.EvenEmpty).ShouldBe(("a/b|c", JsonKind.Null, true, "definition", true));
        }

        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
    }
}
