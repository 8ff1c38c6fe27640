using System.Diagnostics;
using Fairlead.Load.Brokers;
using Fairlead.Load.Native;

namespace Fairlead.Load.Scenarios;

// --profile: perf samples the broker while a scenario measures it and writes the hot functions as text. .NET needs
// DOTNET_PerfMapEnabled=1 to name its functions, which costs a little: figures taken meanwhile are not written down.
internal sealed class Profiler(string directory, string scenario)
{
    internal IDisposable? Attach(BrokerProcess broker)
    {
        Directory.CreateDirectory(directory);
        string data = Path.Combine(directory, $"{scenario}-{broker.Name}.perf");
        try
        {
            Process? recorder = Process.Start(new ProcessStartInfo("perf", ["record", "-q", "-F", "499", "-g", "-p", $"{broker.Id}", "-o", data])
            {
                RedirectStandardError = true,
                UseShellExecute = false,
            });
            return recorder is null ? null : new Recording(recorder, data, broker.Id);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            throw new BenchException("--profile needs perf on the PATH (Debian: linux-perf).");
        }
    }

    private sealed class Recording(Process recorder, string data, int broker) : IDisposable
    {
        private static readonly string[] Flat = ["-g", "none"];
        private static readonly string[] ByCaller = ["-g", "caller,0.5,callee,function,percent"];

        public void Dispose()
        {
            _ = Libc.Kill(recorder.Id, Libc.SignalTerminate);
            recorder.WaitForExit();
            recorder.Dispose();
            string text = Path.ChangeExtension(data, ".txt");
            File.WriteAllText(text, Report(Flat) + Report(ByCaller));
            File.Delete(data);

            // Names of compiled functions, which the runtime of the broker left for perf.
            foreach (string map in (string[])[$"perf-{broker}.map", $"perfinfo-{broker}.map"])
                File.Delete(Path.Combine(Path.GetTempPath(), map));
            Console.Error.WriteLine($"    profile: {text}");
        }

        private string Report(IEnumerable<string> style)
        {
            using var report = Process.Start(new ProcessStartInfo("perf", ["report", "-i", data, "--stdio", "--no-children", "--percent-limit", "0.5", .. style])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false,
            });
            if (report is null)
                return "";
            report.ErrorDataReceived += (_, _) => { };
            report.BeginErrorReadLine();
            string text = report.StandardOutput.ReadToEnd();
            report.WaitForExit();
            return text;
        }
    }
}
