using Fairlead.Edge.Configuration;

namespace Fairlead.Edge.Hosting;

/// <summary>
/// The command line of the edge connector, for the executable and for a small one of its own. Everything but the verbs is in Kanto's syntax,
/// so that an existing installation starts unchanged (spec section 2).
/// </summary>
public static class EdgeCommandLine
{
    private const int Done = 0;
    private const int Usage = 2;

    /// <summary>Runs the connector, or a verb about it.</summary>
    /// <param name="arguments">Arguments after the program's name: a verb (run, check-config, status) or none, then flags.</param>
    /// <returns>Exit code: 0 normal end, 1 fault at runtime or in the configuration, 2 fault of the command line, 130 second signal.</returns>
    public static int Run(IReadOnlyList<string> arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        string verb = arguments.Count > 0 && arguments[0] is "run" or "check-config" or "status" ? arguments[0] : "";
        if (arguments.Count > 0 && verb.Length == 0 && !arguments[0].StartsWith('-'))
        {
            Console.Error.WriteLine($"fairlead edge: there is no verb \"{arguments[0]}\"; there are run, check-config and status, and with the whole program enroll and ls");
            return Usage;
        }

        var rest = verb.Length > 0 ? arguments.Skip(1).ToList() : arguments;
        bool check = verb == "check-config" || rest.Any(static argument => argument is "-check" or "--check");
        bool connect = rest.Any(static argument => argument is "-check" or "--check" or "--connect");
        var flags = GoFlags.Parse([.. rest.Where(static argument => argument is not ("-check" or "--check" or "--connect"))]);
        if (flags.WantsHelp)
        {
            EdgeHelp.Write(Console.Out);
            return Done;
        }

        if (flags.WantsVersion)
        {
            Console.Out.WriteLine($"fairlead-edge {EdgeVersion.Text}");
            return Done;
        }

        if (flags.Problems.Count > 0 && !check)
        {
            foreach (var problem in flags.Problems) Console.Error.WriteLine($"fairlead edge: {problem}");
            Console.Error.WriteLine("fairlead edge --help lists the flags");
            return Usage;
        }

        if (check) return ConfigurationReport.Run(flags, connect, Console.Out);
        return verb == "status" ? StatusReport.Run(flags, Console.Out, Console.Error) : EdgeProcess.Run(flags);
    }
}
