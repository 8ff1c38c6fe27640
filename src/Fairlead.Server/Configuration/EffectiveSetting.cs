namespace Fairlead.Server.Configuration;

/// <summary>A setting with the value in force and where it came from.</summary>
/// <param name="Setting">The setting.</param>
/// <param name="Values">Value as text; one element unless the setting is a list; stars for a secret.</param>
/// <param name="Origin">Such as <c>default</c>, <c>/etc/fairlead/conf.d/10-site.json</c>, <c>FAIRLEAD__Listen__0</c> or <c>--listen</c>.</param>
public sealed record EffectiveSetting(Setting Setting, IReadOnlyList<string> Values, string Origin);
