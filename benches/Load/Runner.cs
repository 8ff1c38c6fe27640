using System.Diagnostics;
using System.Net.Sockets;
using Fairlead.Load.Brokers;
using Fairlead.Load.Measuring;
using Fairlead.Load.Reporting;
using Fairlead.Load.Scenarios;

namespace Fairlead.Load;

// Runs the scenarios, rounds alternated between the targets, so that whatever else the machine does falls on both.
internal sealed class Runner(Options options, IReadOnlyList<Target> targets, ReportFiles files, CancellationToken cancelled)
{
    private readonly RunSettings _settings = new(options.Quick, options.Seconds);
    private readonly IReadOnlyDictionary<string, string> _machine = MachineFacts.Read();

    private int Rounds => options.Rounds ?? (options.Quick ? 1 : 3);

    internal List<ScenarioReport> Run(IReadOnlyList<Scenario> scenarios)
    {
        var reports = new List<ScenarioReport>();
        foreach (Scenario scenario in scenarios)
        {
            ScenarioReport report = Run(scenario);
            reports.Add(report);
            if (!options.Profile)
                files.Save(report, isTrial: !options.IsPlain);
        }

        return reports;
    }

    private ScenarioReport Run(Scenario scenario)
    {
        Console.Error.WriteLine($"{scenario.Name}: {scenario.Title}");
        Target[] runners = [.. targets.Where(target => !scenario.IsOurs || target is FairleadTarget)];
        var results = new Results();
        var failures = new List<string>();
        for (int round = 1; round <= Rounds; round++)
        {
            foreach (Target target in runners)
            {
                var watch = Stopwatch.StartNew();
                try
                {
                    IReadOnlyList<(Measure Measure, double Value)> values = Run(scenario, target);
                    results.Add(target.Name, values);
                    Console.Error.WriteLine($"  round {round} of {Rounds}  {target.Name,-12} {watch.Elapsed.TotalSeconds,5:0.0} s  {Describe(values)}");
                }
                catch (Exception error) when (error is BenchException or InvalidDataException or SocketException or IOException)
                {
                    failures.Add($"{target.Name}, round {round}: {error.Message}");
                    Console.Error.WriteLine($"  round {round} of {Rounds}  {target.Name,-12} failed: {error.Message}");
                }
            }
        }

        return new ScenarioReport(
            scenario.Name,
            scenario.Title,
            TimeProvider.System.GetUtcNow(),
            options.Quick,
            [.. runners.Select(target => new TargetReport(target.Name, target.Version))],
            results.Summarize([.. runners.Select(target => target.Name)]),
            failures,
            _machine);
    }

    private IReadOnlyList<(Measure Measure, double Value)> Run(Scenario scenario, Target target)
    {
        // On the disk of the repository: a temporary directory may be memory, where a durable write costs nothing.
        string data = Path.Combine(files.Directory, "data", $"{Environment.ProcessId}");
        Directory.CreateDirectory(data);
        try
        {
            Profiler? profiler = options.Profile ? new Profiler(Path.Combine(files.Directory, "profile"), scenario.Name) : null;
            return scenario.Run(new RunContext(target, _settings, data, profiler, cancelled));
        }
        finally
        {
            Directory.Delete(data, recursive: true);

            // What this round left behind is collected now and not while the next one is measured.
            GC.Collect();
        }
    }

    private static string Describe(IReadOnlyList<(Measure Measure, double Value)> values) =>
        string.Join("  ", values.Take(4).Select(value => $"{value.Measure.Title} {value.Value:#,##0.##} {value.Measure.Unit}"));
}
