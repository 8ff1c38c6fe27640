using Fairlead.Load.Measuring;

namespace Fairlead.Load.Reporting;

// Collects the rounds of a scenario.
internal sealed class Results
{
    private readonly List<Measure> _measures = [];
    private readonly Dictionary<(string Key, string Target), List<double>> _values = [];

    internal void Add(string target, IReadOnlyList<(Measure Measure, double Value)> round)
    {
        foreach ((Measure measure, double value) in round)
        {
            if (!_measures.Contains(measure))
                _measures.Add(measure);
            if (!_values.TryGetValue((measure.Key, target), out List<double>? values))
                _values[(measure.Key, target)] = values = [];
            values.Add(value);
        }
    }

    internal IReadOnlyList<MeasureReport> Summarize(IReadOnlyList<string> targets) =>
        [.. _measures.Select(measure => Summarize(measure, targets))];

    private MeasureReport Summarize(Measure measure, IReadOnlyList<string> targets)
    {
        var rounds = new Dictionary<string, double[]>(StringComparer.Ordinal);
        var medians = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (string target in targets)
        {
            if (!_values.TryGetValue((measure.Key, target), out List<double>? values))
                continue;
            rounds[target] = [.. values];
            medians[target] = Median(values);
        }

        double? ratio = targets.Count == 2 && medians.TryGetValue(targets[0], out double ours) && medians.TryGetValue(targets[1], out double peer) && peer != 0
            ? ours / peer
            : null;
        return new MeasureReport(measure.Key, measure.Title, measure.Unit, measure.HigherIsBetter, rounds, medians, ratio);
    }

    private static double Median(List<double> values)
    {
        double[] sorted = [.. values.Order()];
        int middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
