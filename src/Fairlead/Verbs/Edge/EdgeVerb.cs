using System.CommandLine;
using Fairlead.Edge.Hosting;

namespace Fairlead.Verbs.Edge;

/// <summary>
/// <c>fairlead edge</c>. The flags of the connector are in Kanto's syntax, which the command line library does not know: what follows the verb goes to
/// it as it is. The command here is what help and completion see. What is asked of a hub, <c>enroll</c> and <c>ls</c>, are verbs like others.
/// </summary>
internal static class EdgeVerb
{
    private const string Name = "edge";

    /// <summary>Makes the command.</summary>
    public static Command Create(Terminal terminal)
    {
        var edge = new Command(Name, "Run an edge connector: a local broker on one side, one connection to a hub on the other, a spool on disk between them.");
        edge.Add(Forward("run", "Run an edge connector; the same as 'edge'. --config FILE names its configuration."));
        edge.Add(Forward("check-config", "Explain every setting: value, where it comes from, what is wrong with it."));
        edge.Add(Forward("status", "Ask a running connector: link, buffer, last cause."));
        edge.Add(new EdgeEnrollment(terminal).Create());
        edge.Add(new EdgeList(terminal).Create());
        edge.SetAction(static _ => EdgeCommandLine.Run([]));
        return edge;
    }

    /// <summary>Whether a command line is for the connector; then it is run without the command line library.</summary>
    public static bool TryRun(string[] arguments, out int exitCode)
    {
        exitCode = 0;
        if (arguments.Length == 0 || arguments[0] != Name || arguments is [_, "enroll" or "ls", ..]) return false;
        exitCode = EdgeCommandLine.Run(arguments[1..]);
        return true;
    }

    private static Command Forward(string name, string description)
    {
        var command = new Command(name, description);
        command.SetAction(_ => EdgeCommandLine.Run([name]));
        return command;
    }
}
