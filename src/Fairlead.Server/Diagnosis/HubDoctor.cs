using Fairlead.Broker.Durability;
using Fairlead.Server.Configuration;
using Fairlead.Storage;

namespace Fairlead.Server.Diagnosis;

/// <summary>Looks at everything that a hub needs, and changes nothing: files, data, certificates, ports, the system.</summary>
public static class HubDoctor
{
    /// <summary>Examines.</summary>
    /// <param name="options">Configuration; its <see cref="HubOptions.Data"/> is a full path.</param>
    /// <param name="time">Clock.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Findings, those of one area together.</returns>
    public static async Task<IReadOnlyList<Finding>> ExamineAsync(HubOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        var findings = new List<Finding>();
        findings.AddRange(FileChecks.Run(options));
        var running = IsRunning(options);
        findings.AddRange(DataChecks.Run(options, running, time));
        findings.AddRange(CertificateChecks.Run(options, time));
        findings.AddRange(await ListenerChecks.RunAsync(options, running, cancellationToken));
        findings.AddRange(SystemChecks.Run(options, time));
        return findings;
    }

    /// <summary>What can be examined without a configuration.</summary>
    /// <param name="problem">Why there is none.</param>
    /// <param name="time">Clock.</param>
    public static IReadOnlyList<Finding> ExamineWithout(string problem, TimeProvider time) =>
        [Finding.Fail("configuration", problem, "correct what the line names; 'fairlead hub print-config' lists every key"), .. SystemChecks.Run(new HubOptions(), time)];

    private static bool IsRunning(HubOptions options)
    {
        try
        {
            return StoredData.IsInUse(options.Data);
        }
        catch (StoreException)
        {
            // The check of the data says what is wrong with it.
            return false;
        }
    }
}
