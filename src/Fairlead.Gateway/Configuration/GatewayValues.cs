using System.Globalization;

namespace Fairlead.Gateway.Configuration;

/// <summary>A value with its origin.</summary>
/// <param name="Text">Value; lists are separated by blanks.</param>
/// <param name="Origin">Where it comes from, such as <c>default</c>.</param>
internal readonly record struct SettingValue(string Text, string Origin);

/// <summary>The values in force, layer over layer.</summary>
internal sealed class GatewayValues
{
    private readonly Dictionary<GatewaySetting, SettingValue> _values = [];

    /// <summary>The value of a setting.</summary>
    public SettingValue this[GatewaySetting setting] =>
        _values.TryGetValue(setting, out var value) ? value : new SettingValue(setting.Default, "default");

    /// <summary>Sets a value over what was there.</summary>
    public void Set(GatewaySetting setting, SettingValue value) => _values[setting] = value;

    /// <summary>Whether somebody set it.</summary>
    public bool IsSet(string key) => _values.ContainsKey(Find(key));

    /// <summary>A text.</summary>
    public string Text(string key) => this[Find(key)].Text.Trim();

    /// <summary>A whole number.</summary>
    public int Number(string key) => int.Parse(Text(key), CultureInfo.InvariantCulture);

    /// <summary>A number.</summary>
    public double Fraction(string key) => double.Parse(Text(key), CultureInfo.InvariantCulture);

    /// <summary>Seconds as a length of time.</summary>
    public TimeSpan Seconds(string key) => TimeSpan.FromSeconds(Fraction(key));

    /// <summary>A switch.</summary>
    public bool Switch(string key) => bool.Parse(Text(key));

    /// <summary>A list.</summary>
    public string[] List(string key) =>
        Text(key).Split([' ', ',', ';', '\t', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static GatewaySetting Find(string key) =>
        GatewaySettings.Find(key) ?? throw new ArgumentException($"There is no setting {key}.", nameof(key));
}
