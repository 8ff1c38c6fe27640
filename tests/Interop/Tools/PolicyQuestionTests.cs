namespace Fairlead.Interop.Tools;

/// <summary>policy test and policy explain: what a device may do, told by the code that decides.</summary>
public sealed class PolicyQuestionTests(CliHub hub) : IClassFixture<CliHub>
{
    [Fact]
    public async Task A_question_about_a_policy_is_answered_with_its_policy()
    {
        (await hub.Cli.RunAsync("thing", "create", "asked", "--out", "asked", "--no-wait")).ShouldBeDone();
        var yes = await hub.Cli.RunAsync("policy", "test", "--thing", "asked", "publish", "asked/temp");
        yes.ShouldBeDone();
        yes.Output.ShouldBe("yes  publish asked/temp: allowed by asked-default\n");
        var no = await hub.Cli.RunAsync("policy", "test", "--thing", "asked", "publish", "asked/temp", "other/temp");
        no.ExitCode.ShouldBe(3);
        no.Output.ShouldStartWith("yes  publish asked/temp: allowed by asked-default\nno   publish other/temp: not allowed by any policy");
        (await hub.Cli.RunAsync("policy", "test", "--cert", hub.InHome("asked", "asked.cert.pem"), "--client-id", "asked", "connect", "asked")).ShouldBeDone();
        (await hub.Cli.RunAsync("policy", "test", "--thing", "asked", "subscribe", "asked/#", "--skip", "asked-default")).ExitCode.ShouldBe(3);
        await PolicyAsync("asked-deny", """{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"iot:Publish","Resource":"*"}]}""");
        (await hub.Cli.RunAsync("policy", "test", "--thing", "asked", "publish", "asked/temp", "--add", "asked-deny")).Output.ShouldStartWith("no   publish asked/temp: denied by asked-deny");
    }

    [Fact]
    public async Task A_denial_is_explained_statement_by_statement()
    {
        (await hub.Cli.RunAsync("thing", "create", "told", "--out", "told", "--no-wait")).ShouldBeDone();
        var no = await hub.Cli.RunAsync("policy", "explain", "--thing", "told", "publish", "other/temp");
        no.ExitCode.ShouldBe(3);
        no.Output.ShouldStartWith("no   iot:Publish on topic/other/temp by certificate ");
        no.Output.ShouldContain("     not allowed by anything: policy told-default allows topic/told/*\n");
        no.Output.ShouldContain("       statement 1 (allow): about other actions\n       statement 2 (allow): about other resources\n");
        var yes = await hub.Cli.RunAsync("policy", "explain", "--cert", hub.InHome("told", "told.cert.pem"), "connect", "told");
        yes.ShouldBeDone();
        yes.Output.ShouldContain("allowed by statement 1 of policy told-default");
        (await hub.Cli.RunAsync("policy", "explain", "--thing", "told", "iot:GetThingShadow", "thing/told", "--json")).Output.ShouldContain("\"decision\":\"ALLOWED\"");
        (await hub.Cli.RunAsync("policy", "explain", "publish", "a")).ExitCode.ShouldBe(2);
        (await hub.Cli.RunAsync("policy", "explain", "--client", "nobody", "publish", "a")).ExitCode.ShouldBe(4);
    }

    private async Task PolicyAsync(string name, string document) =>
        (await hub.Cli.RunWithInputAsync(document, "policy", "create", name, "-")).ShouldBeDone();
}
