using Fairlead.Broker.Durability;
using Fairlead.Server.Configuration;
using Fairlead.Server.Hosting;

namespace Fairlead.Verbs.Local;

/// <summary>Runs a verb that works on this machine's files and turns what it expects to go wrong into one line and an exit code.</summary>
internal static class LocalVerb
{
    /// <summary>Runs it.</summary>
    public static int Run(string verb, Func<int> work)
    {
        try
        {
            return work();
        }
        catch (ConfigurationProblemException problem)
        {
            return Fail(verb, problem.Message, ExitCode.Usage);
        }
        catch (Exception exception) when (exception is HubStartException or StoreException or IOException or UnauthorizedAccessException)
        {
            return Fail(verb, exception.Message, ExitCode.Failed);
        }
    }

    /// <summary>Writes one line.</summary>
    /// <returns>The exit code given.</returns>
    public static int Fail(string verb, string message, int code)
    {
        Console.Error.WriteLine($"fairlead {verb}: {message.ReplaceLineEndings(" ")}");
        return code;
    }
}
