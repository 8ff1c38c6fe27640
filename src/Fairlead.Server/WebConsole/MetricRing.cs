using Fairlead.Features.Console;
using Fairlead.Server.Observability;

namespace Fairlead.Server.WebConsole;

/// <summary>
/// Remembers every metric for a day in three rings of falling resolution, so that the console has charts without a server for metrics.
/// Bounded in series; the ranges of histograms are left out, their sums and counts are there.
/// </summary>
internal sealed class MetricRing : IDisposable
{
    private const int MostSeries = 400;
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(5);
    private readonly MetricSources _sources;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Series> _series = new(StringComparer.Ordinal);
    private readonly Ring[] _rings = [new(900, 5), new(3_600, 15), new(86_400, 300)];
    private ITimer? _timer;

    /// <summary>Makes the rings.</summary>
    public MetricRing(MetricSources sources, TimeProvider time)
    {
        _sources = sources;
        _time = time;
    }

    /// <summary>Begins to remember.</summary>
    public void Start() => _timer = _time.CreateTimer(static state => ((MetricRing)state!).Sample(), this, TimeSpan.Zero, Step);

    /// <inheritdoc/>
    public void Dispose() => _timer?.Dispose();

    /// <summary>What is remembered of a window.</summary>
    /// <param name="seconds">Length of the window; the finest ring that covers it answers.</param>
    public MetricHistoryDocument Read(int seconds)
    {
        lock (_lock)
        {
            var index = Array.FindIndex(_rings, ring => ring.Seconds >= seconds);
            if (index < 0) index = _rings.Length - 1;
            var ring = _rings[index];
            var series = _series.Values.Select(one => new MetricSeriesDocument(
                one.Name, one.Metric.Kind.ToString().ToLowerInvariant(), one.Metric.Unit, one.Metric.Help, one.Labels, ring.Order(one.Values[index])));
            return new MetricHistoryDocument(ring.StepSeconds, ring.Times(), [.. series]);
        }
    }

    private static string KeyOf(string name, string[] labels) => labels.Length == 0 ? name : $"{name}\0{string.Join('\0', labels)}";

    private void Sample()
    {
        lock (_lock)
        {
            var now = _time.GetUtcNow().ToUnixTimeSeconds();
            foreach (var ring in _rings) ring.Begin(now);
            foreach (var metric in MetricCatalog.All)
            {
                foreach (var sample in metric.Read(_sources)) Take(metric, sample);
            }
        }
    }

    private void Take(Metric metric, in MetricSample sample)
    {
        var isHistogram = metric.Kind == MetricKind.Histogram;
        // Ranges would be most of all series, and no chart here shows them.
        if (isHistogram && !sample.Labels[0].StartsWith('_')) return;
        var name = isHistogram ? metric.Name + sample.Labels[0] : metric.Name;
        var labels = isHistogram ? [] : sample.Labels;
        var key = KeyOf(name, labels);
        if (!_series.TryGetValue(key, out var series))
        {
            if (_series.Count >= MostSeries) return;
            var pairs = metric.Labels.Zip(labels).ToDictionary(static pair => pair.First, static pair => pair.Second, StringComparer.Ordinal);
            _series.Add(key, series = new Series(name, metric, pairs, [.. _rings.Select(static ring => ring.NewValues())]));
        }

        for (var i = 0; i < _rings.Length; i++) _rings[i].Set(series.Values[i], sample.Value);
    }

    private sealed record Series(string Name, Metric Metric, IReadOnlyDictionary<string, string> Labels, double[][] Values);

    /// <summary>One resolution: which place is written now, and the times of all.</summary>
    private sealed class Ring(int seconds, int step)
    {
        private readonly long[] _times = new long[seconds / step];
        private int _place = -1;
        private bool _isOpen;

        public int Seconds => seconds;

        public int StepSeconds => step;

        public double[] NewValues()
        {
            var values = new double[_times.Length];
            Array.Fill(values, double.NaN);
            return values;
        }

        /// <summary>Moves on when the present step is over; samples within a step are left out.</summary>
        public void Begin(long now)
        {
            _isOpen = _place < 0 || now - _times[_place] >= step;
            if (!_isOpen) return;
            _place = (_place + 1) % _times.Length;
            _times[_place] = now;
        }

        public void Set(double[] values, double value)
        {
            if (_isOpen) values[_place] = value;
        }

        public IReadOnlyList<long> Times() => [.. Places().Select(place => _times[place] * 1_000)];

        public IReadOnlyList<double?> Order(double[] values) => [.. Places().Select(place => double.IsFinite(values[place]) ? values[place] : (double?)null)];

        private IEnumerable<int> Places()
        {
            for (var i = 1; i <= _times.Length && _place >= 0; i++)
            {
                var place = (_place + i) % _times.Length;
                if (_times[place] != 0) yield return place;
            }
        }
    }
}
