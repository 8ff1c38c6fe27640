namespace Fairlead.Interop.Tools;

/// <summary>fairlead rule: rules from the command line.</summary>
public sealed class RuleVerbTests(CliHub hub) : IClassFixture<CliHub>
{
    private const string Sql = "SELECT temp FROM 'a/+' WHERE temp > 30";

    [Fact]
    public async Task A_statement_is_tried_and_the_clause_that_fails_is_told_with_its_values()
    {
        var matched = await hub.Cli.RunAsync("rule", "test", Sql, "--topic", "a/b", "--payload", """{"temp":31}""");
        matched.ShouldBeDone();
        matched.Output.ShouldBe("{\"temp\":31}\n");
        var cold = await hub.Cli.RunAsync("rule", "test", Sql, "--topic", "a/b", "--payload", """{"temp":29}""");
        (cold.ExitCode, cold.Output.Split('\n')[0]).ShouldBe((1, "no match: WHERE was false (29 > 30)"));
        var elsewhere = await hub.Cli.RunAsync("rule", "test", Sql, "--topic", "b", "--payload", """{"temp":31}""");
        elsewhere.ExitCode.ShouldBe(1);
        elsewhere.Output.ShouldStartWith("no match: FROM does not match");
        var wrong = await hub.Cli.RunAsync("rule", "test", "SELECT nothing(", "--topic", "b");
        wrong.ExitCode.ShouldBe(1);
        wrong.Errors.ShouldContain("line 1, column ");
        (await hub.Cli.RunAsync("rule", "test", Sql)).ExitCode.ShouldBe(2);
        (await hub.Cli.RunAsync("rule", "test", "SELECT * FROM 'never/seen'", "--last")).ExitCode.ShouldBe(4);
    }

    [Fact]
    public async Task A_rule_is_made_shown_changed_switched_and_removed()
    {
        (await hub.Cli.RunAsync("rule", "create", "told", "--sql", Sql, "--republish", "alarms/hot", "--qos", "1", "--description", "hot ones")).ShouldBeDone();
        (await hub.Cli.RunAsync("rule", "create", "told", "--sql", Sql, "--republish", "alarms/hot")).ExitCode.ShouldBe(1);
        (await hub.Cli.RunAsync("rule", "get", "told")).Output.ShouldContain(
            "rule told, enabled, SQL 2016-03-23\n  hot ones\n  SELECT temp FROM 'a/+' WHERE temp > 30\n  action {\"republish\":{\"roleArn\":\"none\",\"topic\":\"alarms/hot\",\"qos\":1}}\n");
        (await hub.Cli.RunAsync("rule", "set", "told", "--sql", "SELECT * FROM 'b'")).ShouldBeDone();
        var definition = await hub.Cli.RunAsync("rule", "get", "told", "--definition");
        definition.Output.ShouldContain("\"sql\":\"SELECT * FROM 'b'\"");
        definition.Output.ShouldContain("alarms/hot");
        (await hub.Cli.RunWithInputAsync(definition.Output, "rule", "create", "copy", "-")).ShouldBeDone();
        (await hub.Cli.RunAsync("rule", "disable", "told", "copy")).ShouldBeDone();
        (await hub.Cli.RunAsync("rule", "ls", "--disabled", "--topic", "b")).Output.ShouldContain("told\tb\tdisabled");
        (await hub.Cli.RunAsync("rule", "stats", "told")).Output.ShouldContain("matched:");
        (await hub.Cli.RunAsync("rule", "rm", "told")).ExitCode.ShouldBe(2);
        (await hub.Cli.RunAsync("rule", "rm", "told", "--yes")).ShouldBeDone();
        var gone = await hub.Cli.RunAsync("rule", "get", "told");
        gone.ExitCode.ShouldBe(4);
        gone.Errors.ShouldContain("there is no rule told");
        (await hub.Cli.RunAsync("rule", "create", "bad name", "--sql", Sql)).ExitCode.ShouldBe(1);
    }
}
