namespace Fairlead.Gateway.Configuration;

/// <summary>A hub's access policy.</summary>
/// <param name="Name">Name.</param>
/// <param name="Key">Key, decoded.</param>
internal sealed record PolicyKey(string Name, byte[] Key)
{
    /// <summary>The name alone: keys are never written anywhere (checklist 12).</summary>
    public override string ToString() => Name;
}
