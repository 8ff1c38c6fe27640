using System.CommandLine;
using System.Text.Json.Nodes;
using Fairlead.Server.Configuration;
using Fairlead.Server.Diagnosis;

namespace Fairlead.Verbs.Local;

/// <summary><c>fairlead hub doctor</c>: what is wrong with a hub, its data or its machine, and what to do about it.</summary>
internal static class DoctorVerb
{
    private const string Examples =
        """
        fairlead hub doctor                                       # the hub that this machine's configuration describes
        runuser -u fairlead -- fairlead hub doctor --data /var/lib/fairlead
        fairlead hub doctor --json | jq 'select(.severity != "ok")'
        """;

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var command = new Command("doctor", "Look for what is wrong with a hub, its data and its machine, running or not. Exit code 1 when something is.");
        var flags = new HubFlags().AddTo(command);
        HelpWithExamples.AddTo(command, Examples);
        command.SetAction(async (result, cancellationToken) =>
        {
            var findings = await ExamineAsync(flags, result, cancellationToken);
            foreach (var finding in findings) Write(finding, flags.IsJson(result));
            return findings.Any(static finding => finding.Severity == Severity.Fail) ? ExitCode.Failed : ExitCode.Done;
        });
        return command;
    }

    private static async Task<IReadOnlyList<Finding>> ExamineAsync(HubFlags flags, ParseResult result, CancellationToken cancellationToken)
    {
        HubOptions options;
        try
        {
            options = flags.Load(result, devMode: false).Options;
        }
        catch (ConfigurationProblemException problem)
        {
            return HubDoctor.ExamineWithout(problem.Message.ReplaceLineEndings(" "), TimeProvider.System);
        }

        options.Data = Path.GetFullPath(options.Data);
        return await HubDoctor.ExamineAsync(options, TimeProvider.System, cancellationToken);
    }

    private static void Write(Finding finding, bool json)
    {
        string severity = finding.Severity.ToString().ToLowerInvariant();
        if (json)
        {
            var document = new JsonObject { ["area"] = finding.Area, ["severity"] = severity, ["text"] = finding.Text };
            if (finding.Cure.Length > 0) document["do"] = finding.Cure;
            Console.Out.WriteLine(JsonText.Of(document));
            return;
        }

        Console.Out.WriteLine($"{severity,-4}  {finding.Area,-13}  {finding.Text}");
        if (finding.Cure.Length > 0) Console.Out.WriteLine($"      {"",-13}  do: {finding.Cure}");
    }
}
