using Fairlead.Features.Rules.Actions;
using Fairlead.Shared;
using Fairlead.Targets.Items;
using Fairlead.Targets.Tables;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Targets;

/// <summary>The dynamoDB actions before they reach a database (checklist line 28): definitions, keys, SQL.</summary>
public sealed class ItemActionTests : IAsyncLifetime
{
    private static readonly TableShape Shape = new("\"t\"",
    [
        new("id", "text", IsKey: true, IsMade: false), new("at", "timestamptz", IsKey: true, IsMade: false), new("temp", "float8", IsKey: false, IsMade: false),
        new("serial", "int8", IsKey: false, IsMade: true), new("doc", "jsonb", IsKey: false, IsMade: false),
    ]);

    private readonly ActionBench _bench = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public void Rules_28_an_array_is_no_item()
    {
        _bench.Options.DynamoDb = "http://127.0.0.1:1";
        var action = _bench.Create("dynamoDBv2", """{"roleArn":"r","putItem":{"tableName":"t"}}""");
        _bench.Prepare(action, "[1]").Result.ShouldBe(ActionResult.Fail("cannot put the result into table t: it is not a JSON object"));
    }

    [Fact]
    public void Keys_are_templates_and_numbers_must_be_numbers()
    {
        _bench.Options.DynamoDb = "http://127.0.0.1:1";
        var action = _bench.Create("dynamoDB", """
            {"roleArn":"r","tableName":"t-${topic(2)}","hashKeyField":"id","hashKeyValue":"${id}","rangeKeyField":"n","rangeKeyValue":"${n}",
             "rangeKeyType":"NUMBER","operation":"${op}"}
            """);
        var call = (ItemCall)_bench.Prepare(action, """{"id":"d7","n":5,"op":"UPDATE"}""");
        (call.Table, call.Operation, call.PayloadField).ShouldBe(("t-b", ItemOperation.Update, "payload"));
        call.Keys.ShouldBe([new ItemKey("id", "d7", IsNumber: false), new ItemKey("n", "5", IsNumber: true)]);
        _bench.Prepare(action, """{"id":"d7","n":"x","op":"UPDATE"}""").Result.Message.ShouldBe("cannot write to table t-b: the range key is to be a number, but its value is not");
        _bench.Prepare(action, """{"n":5,"op":"UPDATE"}""").Result.Message.ShouldBe("cannot write to table t-b: the hash key has no value");
        _bench.Prepare(action, """{"id":"d7","n":5,"op":"DROP"}""").Result.Message.ShouldBe("operation 'DROP' is none of INSERT, UPDATE, DELETE");
    }

    [Fact]
    public void What_is_put_replaces_the_row_and_what_updates_leaves_the_rest()
    {
        var row = TableRow.Read("""{"id":"a","at":1700000000123,"other":{"x":[1]}}"""u8.ToArray(), Shape);
        row.Rest.ShouldBe(["other"]);
        TableStatement.Write(Shape, row, ItemOperation.Put).CommandText.ShouldBe(
            "INSERT INTO \"t\" AS t (\"id\", \"at\", \"doc\") SELECT r.\"id\", r.\"at\", $1 - $2 " +
            "FROM jsonb_populate_record(NULL::\"t\", $1 || jsonb_build_object('at', to_timestamp(($1 ->> 'at')::double precision / 1000))) AS r " +
            "ON CONFLICT (\"id\", \"at\") DO UPDATE SET \"temp\" = excluded.\"temp\", \"doc\" = excluded.\"doc\"");
        TableStatement.Write(Shape, row, ItemOperation.Update).CommandText.ShouldEndWith("DO UPDATE SET \"doc\" = coalesce(t.\"doc\", '{}') || excluded.\"doc\"");
        TableStatement.Write(Shape, TableRow.Read("""{"id":"a"}"""u8.ToArray(), Shape), ItemOperation.Delete).CommandText.ShouldBe(
            "DELETE FROM \"t\" AS t USING jsonb_populate_record(NULL::\"t\", $1) AS r WHERE t.\"id\" = r.\"id\"");
    }

    [Theory]
    [InlineData("t", "\"t\"")]
    [InlineData("s.T", "\"s\".\"T\"")]
    [InlineData("t\"; DROP TABLE x; --", "\"t\"\"; DROP TABLE x; --\"")]
    [InlineData("a.b.c", null)]
    [InlineData(".t", null)]
    [InlineData("", null)]
    public void Names_of_tables_are_quoted(string name, string? quoted) => TableName.Quote(name).ShouldBe(quoted);

    [Fact]
    public void Without_a_target_the_rule_is_refused_with_the_settings_that_give_one()
    {
        _bench.Refusal("dynamoDBv2", """{"roleArn":"r","putItem":{"tableName":"t"}}""").ShouldStartWith("action dynamoDBv2: has no local target; the setting Rules:Tables gives one");
        _bench.Refusal("dynamoDB", """{"roleArn":"r","tableName":"t","hashKeyField":"a"}""").ShouldBe("action dynamoDB: hashKeyField and hashKeyValue belong together");
        _bench.Refusal("dynamoDB", """{"roleArn":"r","tableName":"t","hashKeyField":"a","hashKeyValue":"b","operation":"PUT"}""")
            .ShouldBe("action dynamoDB: operation must be one of INSERT, UPDATE, DELETE");
    }

    [Fact]
    public async Task A_database_that_is_not_there_may_come_back()
    {
        _bench.Options.Tables = $"Host=127.0.0.1;Port={FreePort.Take()};Username=u;Password=hidden;Database=d";
        var call = await _bench.RunAsync(_bench.Create("dynamoDBv2", """{"roleArn":"r","putItem":{"tableName":"t"}}"""), "{}");
        call.Result.Outcome.ShouldBe(ActionOutcome.Transient);
        call.Result.Message.ShouldStartWith("cannot write to table t of database d at 127.0.0.1: ");
        call.Result.Message!.ShouldNotContain("hidden");
    }
}
