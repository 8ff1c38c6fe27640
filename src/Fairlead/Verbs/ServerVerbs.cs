using System.CommandLine;
using Fairlead.Verbs.Demo;
using Fairlead.Verbs.Edge;
using Fairlead.Verbs.Gateway;
using Fairlead.Verbs.Local;

namespace Fairlead.Verbs;

/// <summary>Verbs that run or prepare a hub on this machine.</summary>
internal static class ServerVerbs
{
    /// <summary>Adds them.</summary>
    public static void AddTo(RootCommand root, Terminal terminal)
    {
        root.Add(HubVerb.Create());
        root.Add(DevVerb.Create());
        root.Add(new DemoVerb(terminal).Create());
        root.Add(EdgeVerb.Create(terminal));
        root.Add(GatewayVerb.Create());
        root.Add(UserVerb.Create());
        root.Add(CompletionVerb.Create());
        root.Add(VersionVerb.Create());
    }
}
