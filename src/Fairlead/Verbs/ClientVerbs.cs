using System.CommandLine;
using Fairlead.Verbs.Certificates;
using Fairlead.Verbs.Clients;
using Fairlead.Verbs.Contexts;
using Fairlead.Verbs.Data;
using Fairlead.Verbs.Environments;
using Fairlead.Verbs.IotHub;
using Fairlead.Verbs.Keys;
using Fairlead.Verbs.Links;
using Fairlead.Verbs.Load;
using Fairlead.Verbs.Logs;
using Fairlead.Verbs.Messaging;
using Fairlead.Verbs.Metrics;
using Fairlead.Verbs.Outbox;
using Fairlead.Verbs.Policies;
using Fairlead.Verbs.Remote;
using Fairlead.Verbs.Rules;
using Fairlead.Verbs.Shadows;
using Fairlead.Verbs.Things;
using Fairlead.Verbs.Tokens;
using Fairlead.Verbs.Topics;

namespace Fairlead.Verbs;

/// <summary>Verbs that talk to a hub or to any broker.</summary>
internal static class ClientVerbs
{
    /// <summary>Adds them.</summary>
    public static void AddTo(RootCommand root, Terminal terminal)
    {
        ArgumentNullException.ThrowIfNull(root);
        root.Add(new PubVerb(terminal).Create());
        root.Add(new SubVerb(terminal).Create());
        root.Add(new RrVerb(terminal).Create());
        root.Add(new ThingVerb(terminal).Create());
        root.Add(new CertVerb(terminal).Create());
        root.Add(new CaVerb(terminal).Create());
        root.Add(new PolicyVerb(terminal).Create());
        root.Add(new ShadowVerb(terminal).Create());
        root.Add(new RuleVerb(terminal).Create());
        root.Add(new SendVerb(terminal).Create());
        root.Add(new RetainedVerb(terminal).Create());
        root.Add(new ClientVerb(terminal).Create());
        root.Add(new TopicVerb(terminal).Create());
        root.Add(new ConsoleVerb(terminal).Create());
        root.Add(new LogVerb(terminal).Create());
        root.Add(new MetricsVerb(terminal).Create());
        root.Add(new OutboxVerb(terminal).Create());
        root.Add(new KeyVerb(terminal).Create());
        root.Add(new TokenVerb(terminal).Create());
        root.Add(new IotHubVerb(terminal).Create());
        root.Add(new ContextVerb(terminal).Create());
        root.Add(new EnvVerb(terminal).Create());
        root.Add(new BenchVerb(terminal).Create());
        root.Add(new CheckVerb(terminal).Create());
    }
}
