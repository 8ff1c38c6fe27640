using System.CommandLine;
using Fairlead.Protocols.Mqtt;

namespace Fairlead.Verbs.Messaging;

/// <summary>A QoS on the command line.</summary>
internal static class QosFlag
{
    public static Option<int> Create(string description) => new("--qos", "-q") { Description = description, HelpName = "qos" };

    public static QualityOfService Check(int qos) => qos is >= 0 and <= 2
        ? (QualityOfService)qos
        : throw VerbException.Usage("cannot use this QoS", $"{qos} is none", "Give 0, 1 or 2");
}
