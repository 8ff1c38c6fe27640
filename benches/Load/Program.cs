using System.Diagnostics;
using System.Runtime.InteropServices;
using Fairlead.Load;
using Fairlead.Load.Brokers;
using Fairlead.Load.Reporting;
using Fairlead.Load.Scenarios;

using var stop = new CancellationTokenSource();
void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}

using PosixSignalRegistration interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using PosixSignalRegistration terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
try
{
    Options options = Options.Parse(args);
    if (options.ShowHelp || options.ShowList)
    {
        Console.WriteLine(options.ShowHelp ? Options.Help : string.Join('\n', Catalog.All.Select(scenario => $"{scenario.Name,-14} {scenario.Title}")));
        return 0;
    }

    Scenario[] scenarios = options.Scenarios.Count == 0 ? [.. Catalog.All] : [.. options.Scenarios.Select(Catalog.Find)];
    string root = FindRoot();
    List<Target> targets = CreateTargets(options, root);
    var files = new ReportFiles(root);
    List<ScenarioReport> reports = new Runner(options, targets, files, stop.Token).Run(scenarios);
    Console.WriteLine(MarkdownTable.Render(reports, [.. targets.Select(target => target.Name)]));
    if (options.Quick)
        Console.WriteLine("Quick: one short round, 2,000 idle connections, 20,000 queued messages. Just-in-time compilation is still in these figures.");
    if (options.WritesPage)
        WritePage(files);
    return reports.Exists(report => report.Failures.Count > 0) ? 1 : 0;
}
catch (UsageException error)
{
    Console.Error.WriteLine(error.Message);
    return 2;
}
catch (BenchException error)
{
    Console.Error.WriteLine(error.Message);
    return 1;
}
catch (OperationCanceledException)
{
    Console.Error.WriteLine("Stopped.");
    return 130;
}

// The page shows all scenarios or is left alone: a run of one must not take the others' figures from it.
static void WritePage(ReportFiles files)
{
    var all = Catalog.All.Select(scenario => (scenario.Name, Report: files.Load(scenario.Name))).ToArray();
    string[] missing = [.. all.Where(one => one.Report is null).Select(one => one.Name)];
    if (missing.Length == 0)
        files.WritePage([.. all.Select(one => one.Report!)]);
    else
        Console.Error.WriteLine($"docs/benchmarks.md is left as it is: artifacts/bench has no figures yet of {string.Join(", ", missing)}. ./bench without a scenario takes them all.");
}

static string FindRoot()
{
    for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
    {
        if (File.Exists(Path.Combine(at.FullName, "Fairlead.slnx")))
            return at.FullName;
    }

    throw new BenchException("Run this from inside the repository, through ./bench.");
}

static List<Target> CreateTargets(Options options, string root)
{
    var targets = new List<Target>();
    if (options.Only != "peer")
        targets.Add(CreateOurs(options, root));
    if (options.Only != "ours")
        targets.Add(options.Peer is null ? CreateMosquitto() : CommandTarget.Parse(options.Peer));
    return targets;
}

static FairleadTarget CreateOurs(Options options, string root)
{
    string binary = Environment.GetEnvironmentVariable("FAIRLEAD_BIN") ?? Path.Combine(root, "artifacts", "bin", "Fairlead", "release", "fairlead");
    if (!File.Exists(binary))
        throw new BenchException("There is no Release build of fairlead to measure: ./bench builds it, or FAIRLEAD_BIN names one.");
    Dictionary<string, string> environment = options.Environment;
    if (options.Profile)
    {
        // Code mapped twice, once writable and once executable, is no anonymous memory: perf would not look its names up in the map.
        environment["DOTNET_PerfMapEnabled"] = "1";
        environment["DOTNET_EnableWriteXorExecute"] = "0";
    }

    // 0.1.0+commit: eight digits of it tell enough.
    string library = Path.ChangeExtension(binary, ".dll");
    string version = File.Exists(library) ? FileVersionInfo.GetVersionInfo(library).ProductVersion ?? "" : "";
    int commit = version.IndexOf('+', StringComparison.Ordinal);
    return new FairleadTarget(binary, commit < 0 ? version : version[..Math.Min(version.Length, commit + 9)], environment, options.OursArguments);
}

static MosquittoTarget CreateMosquitto()
{
    try
    {
        // It answers -h with its version in the first line and exit code 3.
        using Process asked = Process.Start(new ProcessStartInfo("mosquitto", "-h") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
        string line = asked.StandardOutput.ReadLine() ?? "";
        asked.WaitForExit();
        return new MosquittoTarget(line.Split(' ')[^1]);
    }
    catch (System.ComponentModel.Win32Exception)
    {
        throw new BenchException("mosquitto, the peer, is not on the PATH: install it (Debian: apt install mosquitto), or use --only ours or --peer.");
    }
}
