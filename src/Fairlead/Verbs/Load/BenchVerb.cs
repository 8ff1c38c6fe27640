using System.CommandLine;

namespace Fairlead.Verbs.Load;

/// <summary><c>fairlead bench conn|pub|sub|shadow|send</c>: a small load from one process, with a summary.</summary>
internal sealed class BenchVerb(Terminal terminal)
{
    public Command Create()
    {
        var command = new Command("bench", "Put a small load on a broker and measure.");
        command.Subcommands.Add(new ConnectBench(terminal).Create());
        command.Subcommands.Add(new PublishBench(terminal).Create());
        command.Subcommands.Add(new SubscribeBench(terminal).Create());
        command.Subcommands.Add(new ShadowBench(terminal).Create());
        command.Subcommands.Add(new SendBench(terminal).Create());
        return command;
    }
}
