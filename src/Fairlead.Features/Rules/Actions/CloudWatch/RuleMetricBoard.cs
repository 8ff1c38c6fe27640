using System.Collections.Concurrent;

namespace Fairlead.Features.Rules.Actions.CloudWatch;

/// <summary>The newest values that rules have written, for the hub's metrics page; a bounded number of series. Thread-safe.</summary>
/// <param name="most">Most series.</param>
internal sealed class RuleMetricBoard(int most)
{
    private readonly ConcurrentDictionary<RuleMetricName, (double Value, long At)> _series = new();

    /// <summary>The series, in order.</summary>
    public IEnumerable<(RuleMetricName Name, double Value)> Series =>
        _series.OrderBy(static pair => pair.Key.Namespace, StringComparer.Ordinal).ThenBy(static pair => pair.Key.Name, StringComparer.Ordinal)
            .Select(static pair => (pair.Key, pair.Value.Value));

    /// <summary>Writes a value; one that is older than what is there changes nothing.</summary>
    /// <param name="name">Series.</param>
    /// <param name="value">Value.</param>
    /// <param name="at">Its time, seconds since the Unix epoch.</param>
    /// <returns>False when there are too many series already.</returns>
    public bool TryWrite(RuleMetricName name, double value, long at)
    {
        if (!_series.ContainsKey(name) && _series.Count >= most) return false;
        _series.AddOrUpdate(name, static (_, given) => given, static (_, present, given) => given.At >= present.At ? given : present, (Value: value, At: at));
        return true;
    }
}

/// <summary>A series.</summary>
/// <param name="Namespace">Such as <c>Plant</c>.</param>
/// <param name="Name">Such as <c>Temperature</c>.</param>
/// <param name="Unit">Such as <c>Count</c>.</param>
internal readonly record struct RuleMetricName(string Namespace, string Name, string Unit);
