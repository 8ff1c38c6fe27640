using System.Globalization;

namespace Fairlead.Server.Configuration;

/// <summary>Makes settings of the usual types, so that the table in <see cref="HubSettings"/> reads as a table.</summary>
internal static class SettingFactory
{
    public static Setting Flag(string key, string description, Func<HubOptions, bool> get, Action<HubOptions, bool> set) =>
        new ScalarSetting<bool>(
            key, description, "true or false", static text => (bool.TryParse(text, out var value), value), static value => value ? "true" : "false",
            get, set, literal: true);

    public static Setting Number(
        string key, string description, string unit, long minimum, long maximum, Func<HubOptions, long> get, Action<HubOptions, long> set) =>
        new ScalarSetting<long>(
            key, description, Range(minimum, maximum, unit),
            text => (Quantity.TryParseNumber(text, out var value) && value >= minimum && value <= maximum, value),
            static value => value.ToString(CultureInfo.InvariantCulture), get, set, literal: true);

    public static Setting Size(
        string key, string description, long minimum, long maximum, Func<HubOptions, long> get, Action<HubOptions, long> set) =>
        new ScalarSetting<long>(
            key, description, Range(minimum, maximum, "bytes") + " (K, M and G may follow)",
            text => (Quantity.TryParseSize(text, out var value) && value >= minimum && value <= maximum, value),
            static value => value.ToString(CultureInfo.InvariantCulture), get, set, literal: true);

    public static Setting Time(
        string key, string description, TimeSpan minimum, TimeSpan maximum, Func<HubOptions, TimeSpan> get, Action<HubOptions, TimeSpan> set) =>
        new ScalarSetting<TimeSpan>(
            key, description, $"a time of {Quantity.Format(minimum)} to {Quantity.Format(maximum)} (ms, s, m, h or d may follow; seconds otherwise)",
            text => (Quantity.TryParseTime(text, out var value) && value >= minimum && value <= maximum, value),
            Quantity.Format, get, set, literal: false);

    public static Setting Choice<T>(
        string key, string description, (string Name, T Value)[] choices, Func<HubOptions, T> get, Action<HubOptions, T> set)
        where T : struct, Enum =>
        new ScalarSetting<T>(
            key, description, Join([.. choices.Select(choice => choice.Name)]),
            text =>
            {
                foreach (var (name, value) in choices)
                {
                    if (string.Equals(name, text, StringComparison.OrdinalIgnoreCase)) return (true, value);
                }

                return default;
            },
            value => choices.First(choice => EqualityComparer<T>.Default.Equals(choice.Value, value)).Name, get, set, literal: false);

    public static Setting Text(
        string key, string description, string allowed, Func<HubOptions, string> get, Action<HubOptions, string> set,
        bool secret = false, string? defaultText = null) =>
        new ScalarSetting<string>(key, description, allowed, static text => (true, text), static value => value, get, set, literal: false)
        {
            IsSecret = secret,
            DefaultText = defaultText,
        };

    private static string Range(long minimum, long maximum, string unit) => string.Create(
        CultureInfo.InvariantCulture, $"a number {(unit.Length > 0 ? "of " + unit + " " : "")}from {minimum} to {maximum}");

    private static string Join(string[] names) =>
        names.Length < 2 ? string.Concat(names) : string.Join(", ", names[..^1]) + " or " + names[^1];
}
