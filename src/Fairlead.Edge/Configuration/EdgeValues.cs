using System.Globalization;

namespace Fairlead.Edge.Configuration;

/// <summary>The values of all settings, checked one by one; what they mean together is checked by <see cref="EdgeOptionsBuilder"/>.</summary>
internal sealed class EdgeValues
{
    private static readonly Dictionary<string, EdgeSetting> Known =
        KantoSettings.All.Concat(FairleadSettings.All).ToDictionary(setting => setting.Key, StringComparer.OrdinalIgnoreCase);

    private readonly Dictionary<string, SettingValue> _values;
    private readonly EdgeValues? _outer;

    /// <summary>Nothing is set yet.</summary>
    public EdgeValues()
    {
        _values = new Dictionary<string, SettingValue>(StringComparer.OrdinalIgnoreCase);
    }

    private EdgeValues(EdgeValues outer)
        : this()
    {
        _outer = outer;
    }

    /// <summary>Every setting in the order of the reference.</summary>
    public static IReadOnlyList<EdgeSetting> Settings { get; } = [.. KantoSettings.All, .. FairleadSettings.All];

    /// <summary>Finds a setting by its key.</summary>
    public static EdgeSetting? Find(string key) => Known.GetValueOrDefault(key);

    /// <summary>Values of a link: what it does not set is taken from here.</summary>
    public EdgeValues ForLink() => new(this);

    /// <summary>Whether these are the values of a member of <c>links</c>.</summary>
    public bool IsLink => _outer is not null;

    /// <summary>Sets a value over an earlier one.</summary>
    public void Set(EdgeSetting setting, SettingValue value) => _values[setting.Key] = value;

    /// <summary>Takes a value away again.</summary>
    public void Unset(string key) => _values.Remove(key);

    /// <summary>The value in force, the default included.</summary>
    public SettingValue this[string key] =>
        _values.GetValueOrDefault(key) ?? _outer?[key] ?? DefaultOf(Known[key]);

    /// <summary>Whether anybody set it.</summary>
    public bool IsSet(string key) => _values.ContainsKey(key) || _outer?.IsSet(key) == true;

    /// <summary>Whether it is set here, not outside.</summary>
    public bool IsSetHere(string key) => _values.ContainsKey(key);

    /// <summary>A text.</summary>
    public string Text(string key) => this[key].Text;

    /// <summary>A text, or null when it is empty.</summary>
    public string? TextOrNull(string key) => this[key].Text is { Length: > 0 } text ? text : null;

    /// <summary>A whole number; the value was checked when it was read.</summary>
    public long Number(string key) => SettingNumber.TryRead(Text(key), out long value) ? value : 0;

    /// <summary>A number with decimals.</summary>
    public double Fraction(string key) => SettingNumber.TryReadFraction(Text(key), out double value) ? value : 0;

    /// <summary>Seconds as a duration.</summary>
    public TimeSpan Seconds(string key) => TimeSpan.FromSeconds(Fraction(key));

    /// <summary>A switch.</summary>
    public bool Flag(string key) => string.Equals(Text(key), "true", StringComparison.OrdinalIgnoreCase);

    /// <summary>A list.</summary>
    public IReadOnlyList<string> List(string key) => this[key].Items;

    /// <summary>Why a value cannot be used; null when it can.</summary>
    public static string? FindFault(EdgeSetting setting, SettingValue value)
    {
        if (setting.Choices.Count > 0 && !setting.Choices.Contains(value.Text, StringComparer.OrdinalIgnoreCase))
            return $"\"{value.Text}\" is none of {string.Join(", ", setting.Choices)}";
        switch (setting.Kind)
        {
            case SettingKind.Number when !SettingNumber.TryRead(value.Text, out _):
                return $"\"{value.Text}\" is not a whole number";
            case SettingKind.Fraction when !SettingNumber.TryReadFraction(value.Text, out _):
                return $"\"{value.Text}\" is not a number";
            case SettingKind.Flag when !bool.TryParse(value.Text, out _):
                return $"\"{value.Text}\" is neither true nor false";
            case SettingKind.Number or SettingKind.Fraction:
                double number = setting.Kind == SettingKind.Number && SettingNumber.TryRead(value.Text, out long whole) ? whole : 0;
                if (setting.Kind == SettingKind.Fraction) SettingNumber.TryReadFraction(value.Text, out number);
                if (number >= setting.Least && number <= setting.Most) return null;
                return setting.Most < long.MaxValue
                    ? string.Create(CultureInfo.InvariantCulture, $"must be {setting.Least:0.###} to {setting.Most:0.###}, not {value.Text}")
                    : string.Create(CultureInfo.InvariantCulture, $"must be {setting.Least:0.###} or more, not {value.Text}");
            default:
                return null;
        }
    }

    private static SettingValue DefaultOf(EdgeSetting setting) =>
        new(setting.Kind == SettingKind.List && setting.Default.Length == 0 ? [] : [setting.Default], "default");
}
