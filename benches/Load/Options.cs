using Fairlead.Load.Brokers;

namespace Fairlead.Load;

// The command line. Hand-read: the generator has no dependencies.
internal sealed class Options
{
    internal const string Help = """
        Loads Fairlead and a peer, one after the other, several rounds, and compares them.

        Usage: ./bench [SCENARIO...] [options]          no scenario: all of them

          --quick             short runs, one round: shows that it works, not how fast it is
          --rounds N          rounds, alternated (default 3); the median counts
          --seconds S         measured seconds of the timed scenarios (default 6, paced 15)
          --only ours|peer    only one side
          --peer NAME=CMD     another peer instead of mosquitto; CMD says {port} where the port goes, may say {data} for a directory
          --env NAME=VALUE    environment of Fairlead (repeat for more)
          --ours-args 'ARGS'  more arguments for 'fairlead hub'
          --profile           sample the broker with perf while it is measured; text to artifacts/bench/profile/
          --no-page           leave docs/benchmarks.md alone, as a trial does anyway (with --quick, --rounds under 3, --seconds, --only,
                              --peer, --env, --ours-args or --profile)
          --list              names of the scenarios
          --help              this text

        Examples:
          ./bench                                          everything, then the table into docs/benchmarks.md
          ./bench --quick fan-in pairs
          ./bench paced --env DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS=0
          ./bench fan-in --peer 'before=/tmp/before/fairlead hub --listen mqtt://127.0.0.1:{port} --allow-anonymous --data {data} --durability memory'
          ./bench --profile --only ours --rounds 1 fan-in

        The table goes to stdout, progress to stderr, figures of every round to artifacts/bench/SCENARIO.json (a trial's: artifacts/bench/trial/).
        Exit code: 0, 1 when a scenario failed, 2 for a wrong command line, 130 after Ctrl-C.
        """;

    private bool _noPage;

    internal List<string> Scenarios { get; } = [];

    internal Dictionary<string, string> Environment { get; } = new(StringComparer.Ordinal);

    internal List<string> OursArguments { get; } = [];

    internal bool Quick { get; private set; }

    internal int? Rounds { get; private set; }

    internal double? Seconds { get; private set; }

    internal string? Only { get; private set; }

    internal string? Peer { get; private set; }

    internal bool Profile { get; private set; }

    internal bool ShowHelp { get; private set; }

    internal bool ShowList { get; private set; }

    // Only figures that anybody gets by running ./bench belong on the page.
    internal bool WritesPage => IsPlain && !_noPage;

    // Measured in the usual way: anything else is a trial and kept apart.
    internal bool IsPlain => !Quick && !Profile && Only is null && Peer is null && Environment.Count == 0 && OursArguments.Count == 0
        && Seconds is null && Rounds is null or >= 3;

    internal static Options Parse(IReadOnlyList<string> arguments)
    {
        var options = new Options();
        var rest = new Queue<string>(arguments);
        while (rest.TryDequeue(out string? argument))
        {
            if (!argument.StartsWith('-'))
                options.Scenarios.Add(argument);
            else if (!options.TryTakeSwitch(argument))
                options.TakeValue(argument, rest);
        }

        return options;
    }

    private bool TryTakeSwitch(string argument)
    {
        switch (argument)
        {
            case "--quick":
                return Quick = true;
            case "--profile":
                return Profile = true;
            case "--no-page":
                return _noPage = true;
            case "--list":
                return ShowList = true;
            case "--help" or "-h":
                return ShowHelp = true;
            default:
                return false;
        }
    }

    private void TakeValue(string argument, Queue<string> rest)
    {
        string Value() => rest.TryDequeue(out string? value) ? value : throw new UsageException($"{argument} needs a value.");
        switch (argument)
        {
            case "--rounds":
                Rounds = int.TryParse(Value(), out int rounds) && rounds is > 0 and < 100 ? rounds : throw new UsageException("--rounds takes a number from 1 to 99.");
                break;
            case "--seconds":
                Seconds = double.TryParse(Value(), out double seconds) && seconds is > 0 and <= 3600 ? seconds : throw new UsageException("--seconds takes a number up to 3600.");
                break;
            case "--only":
                Only = Value() is var side && side is "ours" or "peer" ? side : throw new UsageException("--only takes ours or peer.");
                break;
            case "--peer":
                Peer = Value();
                break;
            case "--env":
                string[] pair = Value().Split('=', 2);
                Environment[pair[0]] = pair.Length == 2 ? pair[1] : throw new UsageException("--env takes NAME=VALUE.");
                break;
            case "--ours-args":
                OursArguments.AddRange(CommandTarget.Split(Value()));
                break;
            default:
                throw new UsageException($"There is no option {argument}; ./bench --help lists them.");
        }
    }
}
