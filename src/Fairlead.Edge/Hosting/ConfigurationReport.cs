using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Fairlead.Client.Mqtt;
using Fairlead.Edge.Configuration;
using Fairlead.Edge.Remote;

namespace Fairlead.Edge.Hosting;

/// <summary><c>fairlead edge check-config</c>: every setting with its value, its origin and what is wrong with it.</summary>
internal static class ConfigurationReport
{
    private static readonly JsonWriterOptions Pretty = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Prints the report.</summary>
    /// <param name="flags">The command line.</param>
    /// <param name="connect">Whether to try to connect too.</param>
    /// <param name="to">Where to print.</param>
    /// <returns>Exit code that a connector would end with; 0 when it would start.</returns>
    public static int Run(GoFlags flags, bool connect, TextWriter to)
    {
        var configuration = EdgeProcess.Load(flags);
        List<string> attempts = [];
        bool reached = true;
        if (connect && configuration.Options is { } options) (attempts, reached) = ConnectAsync(options).GetAwaiter().GetResult();
        if (flags.WantsJson) WriteJson(configuration, attempts, to);
        else WriteText(configuration, attempts, to);
        return configuration.Fault?.ExitCode ?? (reached ? 0 : 1);
    }

    private static void WriteText(EdgeConfiguration configuration, List<string> attempts, TextWriter to)
    {
        int widest = EdgeValues.Settings.Max(static setting => setting.Key.Length);
        foreach (var setting in EdgeValues.Settings.Where(static setting => !setting.FlagOnly))
        {
            var value = configuration.Values[setting.Key];
            string shown = Show(setting, value);
            to.WriteLine($"{setting.Key.PadRight(widest)}  {(shown.Length > 0 ? shown : "\"\"")}  ({value.Origin})");
            foreach (var problem in configuration.Problems.Where(problem => IsAbout(problem, setting)))
                to.WriteLine($"{new string(' ', widest)}  {(problem.ExitCode == 0 ? "note" : "FAULT")}: {problem.Text}");
        }

        foreach (var problem in configuration.Problems.Where(static problem => !EdgeValues.Settings.Any(setting => !setting.FlagOnly && IsAbout(problem, setting))))
            to.WriteLine($"{(problem.ExitCode == 0 ? "note" : "FAULT")}: {problem}");
        foreach (string attempt in attempts) to.WriteLine(attempt);
        if (configuration.Options?.Local.Server is not null)
            to.WriteLine("hint: the local broker should have max_inflight_messages 0, max_queued_messages 100000, persistence true and a short autosave_interval");
        to.WriteLine(configuration.Fault is { } fault ? $"a connector would not start (exit code {fault.ExitCode})" : "a connector would start");
    }

    private static void WriteJson(EdgeConfiguration configuration, List<string> attempts, TextWriter to)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, Pretty))
        {
            json.WriteStartObject();
            json.WriteBoolean("valid", configuration.Fault is null);
            json.WriteStartArray("settings");
            foreach (var setting in EdgeValues.Settings.Where(static setting => !setting.FlagOnly))
            {
                var value = configuration.Values[setting.Key];
                json.WriteStartObject();
                json.WriteString("key", setting.Key);
                json.WriteString("value", Show(setting, value));
                json.WriteString("origin", value.Origin);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartArray("problems");
            foreach (var problem in configuration.Problems)
            {
                json.WriteStartObject();
                json.WriteString("key", problem.Key);
                json.WriteString("text", problem.Text);
                json.WriteNumber("exitCode", problem.ExitCode);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartArray("attempts");
            foreach (string attempt in attempts) json.WriteStringValue(attempt);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        to.WriteLine(Encoding.UTF8.GetString(bytes.ToArray()));
    }

    private static async Task<(List<string> Lines, bool Reached)> ConnectAsync(EdgeOptions options)
    {
        List<string> lines = [];
        bool reached = true;
        foreach (var link in options.Links)
        {
            await using var client = new MqttClient(RemoteClientOptions.Create(link, TimeProvider.System));
            try
            {
                await client.ConnectAsync();
                lines.Add($"link {link.Name}: {link.Server.Authority} accepts the connection");
            }
            catch (MqttException exception)
            {
                reached = false;
                lines.Add($"link {link.Name}: {exception.Message}");
            }
        }

        return (lines, reached);
    }

    private static string Show(EdgeSetting setting, SettingValue value) =>
        setting.Secret && value.Items.Any(static item => item.Length > 0) ? "***" : string.Join(" | ", value.Items);

    private static bool IsAbout(ConfigurationProblem problem, EdgeSetting setting) =>
        problem.Key.Equals(setting.Key, StringComparison.OrdinalIgnoreCase)
        || problem.Key.StartsWith(setting.Key + " (", StringComparison.OrdinalIgnoreCase)
        || problem.Key.StartsWith(setting.Key + "[", StringComparison.OrdinalIgnoreCase);
}
