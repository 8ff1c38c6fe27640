using System.CommandLine;

namespace Fairlead.Verbs.Demo;

/// <summary><c>fairlead demo</c>: a tour through everything, for real, on data that goes with it.</summary>
internal sealed class DemoVerb(Terminal terminal)
{
    private const string Examples =
        """
        fairlead demo                       # step by step: Enter goes on, Ctrl-C ends
        fairlead demo --yes                 # without waiting; then the console stays open until Ctrl-C
        fairlead demo --yes --exit --json   # for scripts: one JSON object a step, exit code 1 when one failed
        """;

    /// <summary>Makes the command.</summary>
    public Command Create()
    {
        var yes = new Option<bool>("--yes", "-y") { Description = "Do not wait for Enter between the steps; so it is without a terminal." };
        var exit = new Option<bool>("--exit") { Description = "End after the last step; so it is without a terminal." };
        var json = new Option<bool>("--json") { Description = "One JSON object for each step." };
        var command = new Command(
            "demo", "A tour on throw-away data that runs every part for real: things, shadows, direct messages, a last will, an edge connector, the gateway, both cloud dialects.")
        {
            yes, exit, json,
        };
        HelpWithExamples.AddTo(command, Examples);
        // Not an asynchronous action: the command line library would then handle Ctrl-C itself.
        command.SetAction(result =>
        {
            bool asJson = result.GetValue(json);
            bool isInteractive = terminal is { IsInputInteractive: true, IsOutputInteractive: true } && !asJson;
            var run = new DemoRun(terminal, new DemoNarrator(terminal, asJson))
            {
                Waits = isInteractive && !result.GetValue(yes),
                Stays = terminal.IsOutputInteractive && !result.GetValue(exit),
            };
            return run.Run();
        });
        return command;
    }
}
