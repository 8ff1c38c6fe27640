using System.CommandLine;

namespace Fairlead.Verbs;

/// <summary>Verbs that talk to a hub or to any broker.</summary>
internal static class ClientVerbs
{
    /// <summary>Adds them.</summary>
    public static void AddTo(RootCommand root)
    {
        ArgumentNullException.ThrowIfNull(root);
    }
}
