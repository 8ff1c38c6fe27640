using System.CommandLine;
using Fairlead.Verbs.Messaging;

namespace Fairlead.Verbs;

/// <summary>Verbs that talk to a hub or to any broker.</summary>
internal static class ClientVerbs
{
    /// <summary>Adds them.</summary>
    public static void AddTo(RootCommand root) => AddTo(root, Terminal.OfProcess());

    /// <summary>Adds them for other streams than those of the process.</summary>
    public static void AddTo(RootCommand root, Terminal terminal)
    {
        ArgumentNullException.ThrowIfNull(root);
        root.Add(new PubVerb(terminal).Create());
        root.Add(new SubVerb(terminal).Create());
        root.Add(new RrVerb(terminal).Create());
    }
}
