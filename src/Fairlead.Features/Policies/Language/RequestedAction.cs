using Fairlead.Broker.Security;

namespace Fairlead.Features.Policies.Language;

/// <summary>What a request wants to do. The broker's own five actions carry a bit, which statements have decided about beforehand.</summary>
internal sealed class RequestedAction
{
    private const string JobsPrefix = "iotjobsdata:";

    private static readonly RequestedAction[] OfBroker =
        [.. Enum.GetValues<AccessAction>().Select(static action => new RequestedAction($"iot:{action}", 1 << (int)action))];

    private RequestedAction(string name, int bit)
    {
        Name = name;
        Bit = bit;
        Alias = name.StartsWith(JobsPrefix, StringComparison.OrdinalIgnoreCase) ? $"iot:{name[JobsPrefix.Length..]}" : null;
    }

    /// <summary>The broker's actions, each with its own bit.</summary>
    public static ReadOnlySpan<RequestedAction> WithBits => OfBroker;

    /// <summary>Name with its prefix, such as <c>iot:Publish</c>.</summary>
    public string Name { get; }

    /// <summary>Name under which older documents know it; null for none (section 15.2).</summary>
    public string? Alias { get; }

    /// <summary>Bit of a broker's action; 0 for others.</summary>
    public int Bit { get; }

    /// <summary>A broker's action.</summary>
    public static RequestedAction Of(AccessAction action) => OfBroker[(int)action];

    /// <summary>An action by its name.</summary>
    public static RequestedAction Of(string name)
    {
        foreach (var known in OfBroker)
        {
            if (known.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) return known;
        }

        return new RequestedAction(name, 0);
    }
}
