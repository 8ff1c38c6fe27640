namespace Fairlead.Gateway.Configuration;

/// <summary>One thing that can be set in the section <c>ServerOptions</c> (spec section 1.2).</summary>
/// <param name="Key">Name, matched without regard to case.</param>
/// <param name="Kind">Shape of the value.</param>
/// <param name="Default">Default as text; empty for none.</param>
/// <param name="Help">Meaning, unit and what follows from it, in sentences.</param>
internal sealed record GatewaySetting(string Key, SettingKind Kind, string Default, string Help)
{
    /// <summary>Whether its value is never shown.</summary>
    public bool Secret { get; init; }

    /// <summary>Least value of a number.</summary>
    public double Least { get; init; }

    /// <summary>Greatest value of a number.</summary>
    public double Most { get; init; } = int.MaxValue;

    /// <summary>What is wrong with a value; null when it can be used.</summary>
    public string? FindFault(string value)
    {
        switch (Kind)
        {
            case SettingKind.Number when !long.TryParse(value, out long number) || number < Least || number > Most:
                return $"{Key} is \"{value}\": give a whole number from {Least} to {Most}";
            case SettingKind.Fraction when !double.TryParse(value, out double number) || !(number >= Least && number <= Most):
                return $"{Key} is \"{value}\": give a number from {Least} to {Most}";
            case SettingKind.Switch when !bool.TryParse(value, out _):
                return $"{Key} is \"{value}\": give true or false";
            default:
                return null;
        }
    }
}
