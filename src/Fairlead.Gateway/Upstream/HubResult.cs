namespace Fairlead.Gateway.Upstream;

/// <summary>A value or why there is none.</summary>
/// <param name="Value">Value; null with a fault.</param>
/// <param name="Fault">Fault; null with a value.</param>
internal readonly record struct HubResult<T>(T? Value, HubFault? Fault)
    where T : class
{
    /// <summary>A value.</summary>
    public static implicit operator HubResult<T>(T value) => new(value, null);

    /// <summary>A fault.</summary>
    public static implicit operator HubResult<T>(HubFault fault) => new(null, fault);
}
