using System.CommandLine;
using Fairlead.Verbs;
using Fairlead.Verbs.Edge;

namespace Fairlead;

/// <summary>The executable composes verb groups and nothing else; each group adds its commands to the root.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        if (EdgeVerb.TryRun(args, out int edge)) return edge;
        var root = CreateRoot(Terminal.OfProcess());
        // No response files: a payload such as "@home" is a payload.
        var settings = new ParserConfiguration { ResponseFileTokenReplacer = null };
        var result = root.Parse(args.Length == 0 ? ["--help"] : args, settings);
        if (result.Errors.Count > 0) return UsageError.Report(result, Console.Error);
        try
        {
            return await result.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Failed;
        }
        catch (Exception exception)
        {
            // A verb turns every failure that it expects into its own sentence; what arrives here is a fault of ours or of the machine.
            await Console.Error.WriteLineAsync($"fairlead: {exception.GetType().Name}: {exception.Message.ReplaceLineEndings(" ")}");
            return ExitCode.Failed;
        }
    }

    /// <summary>The whole command tree.</summary>
    /// <param name="terminal">Streams of the verbs that take them.</param>
    internal static RootCommand CreateRoot(Terminal terminal)
    {
        var root = new RootCommand("Fairlead, a self-hosted MQTT device hub.");
        ServerVerbs.AddTo(root, terminal);
        ClientVerbs.AddTo(root, terminal);
        return root;
    }
}
