using Fairlead.Features.Fleet.Queries;

namespace Fairlead.Features.Fleet;

/// <summary>Counts over the values that a field has in the documents that a query found.</summary>
internal static class FleetNumbers
{
    private static readonly double[] UsualPercents = [1, 5, 25, 50, 75, 95, 99];

    /// <summary>Statistics of a field; of texts the count alone.</summary>
    public static StatisticsDocument Statistics(IEnumerable<IFleetDocument> documents, string field)
    {
        int count = 0, numbers = 0;
        double sum = 0, squares = 0, least = double.PositiveInfinity, most = double.NegativeInfinity, mean = 0, deviations = 0;
        foreach (var document in documents)
        {
            foreach (var value in document.ValuesOf(field))
            {
                count++;
                if (!FieldValue.TryParse(value.Text, out var number)) continue;
                numbers++;
                sum += number;
                squares += number * number;
                least = Math.Min(least, number);
                most = Math.Max(most, number);
                // Welford's way: the squares of large numbers would swallow their differences.
                var step = number - mean;
                mean += step / numbers;
                deviations += step * (number - mean);
            }
        }

        if (numbers == 0 || numbers != count) return new StatisticsDocument(count);
        var variance = deviations / numbers;
        return new StatisticsDocument(count, sum / numbers, sum, least, most, squares, variance, Math.Sqrt(variance));
    }

    /// <summary>How many different values a field has.</summary>
    public static int Cardinality(IEnumerable<IFleetDocument> documents, string field) =>
        documents.SelectMany(document => document.ValuesOf(field)).Select(static value => value.Text).Distinct(StringComparer.Ordinal).Count();

    /// <summary>Percentiles of the numbers of a field, between two neighbours in proportion.</summary>
    public static IReadOnlyList<PercentileDocument> Percentiles(IEnumerable<IFleetDocument> documents, string field, IReadOnlyList<double>? percents)
    {
        var numbers = new List<double>();
        foreach (var document in documents)
        {
            foreach (var value in document.ValuesOf(field))
            {
                if (FieldValue.TryParse(value.Text, out var number)) numbers.Add(number);
            }
        }

        if (numbers.Count == 0) return [];
        numbers.Sort();
        return [.. (percents is { Count: > 0 } ? percents : UsualPercents).Select(percent => new PercentileDocument(percent, At(numbers, percent)))];
    }

    /// <summary>The most frequent values of a field.</summary>
    public static BucketsDocument Buckets(IEnumerable<IFleetDocument> documents, string field, int most)
    {
        var total = 0;
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var document in documents)
        {
            total++;
            foreach (var value in document.ValuesOf(field)) counts[value.Text] = counts.GetValueOrDefault(value.Text) + 1;
        }

        return new BucketsDocument(
            total,
            [.. counts.OrderByDescending(static pair => pair.Value).ThenBy(static pair => pair.Key, StringComparer.Ordinal).Take(most)
                .Select(static pair => new BucketDocument(pair.Key, pair.Value))]);
    }

    private static double At(List<double> numbers, double percent)
    {
        var place = (numbers.Count - 1) * percent / 100;
        var below = (int)Math.Floor(place);
        return below + 1 < numbers.Count ? numbers[below] + ((numbers[below + 1] - numbers[below]) * (place - below)) : numbers[below];
    }
}
