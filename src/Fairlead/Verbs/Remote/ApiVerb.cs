using System.CommandLine;
using System.Globalization;

namespace Fairlead.Verbs.Remote;

/// <summary>One verb that calls the hub's API: its arguments and options, those that all such verbs have, help, and the way to run it.</summary>
internal sealed class ApiVerb
{
    private readonly Terminal _terminal;
    private readonly string _path;
    private readonly Command _command;
    private readonly string _examples;
    private readonly ApiFlags _api = new();
    private readonly TalkFlags _talk;
    private Option<bool>? _yes;

    /// <param name="terminal">Streams.</param>
    /// <param name="path">The words of the verb, such as <c>thing ls</c>.</param>
    /// <param name="description">One sentence.</param>
    /// <param name="examples">Command lines for the help.</param>
    /// <param name="timeout">Default of <c>--timeout</c>.</param>
    /// <param name="timeoutMeans">What <c>--timeout</c> limits.</param>
    public ApiVerb(Terminal terminal, string path, string description, string examples, double timeout = 30, string timeoutMeans = "Longest wait for any one answer")
    {
        _terminal = terminal;
        _path = path;
        _command = new Command(path[(path.LastIndexOf(' ') + 1)..], description);
        _examples = examples;
        _talk = new TalkFlags(timeout, timeoutMeans);
    }

    /// <summary>For options that several verbs share.</summary>
    public Command Command => _command;

    public Argument<string> Argument(string name, string description) => Add(new Argument<string>(name) { Description = description, HelpName = name });

    public Argument<string?> Optional(string name, string description) =>
        Add(new Argument<string?>(name) { Description = description, HelpName = name, Arity = ArgumentArity.ZeroOrOne });

    public Argument<string[]> Arguments(string name, string description, bool atLeastOne = true) =>
        Add(new Argument<string[]>(name) { Description = description, HelpName = name, Arity = atLeastOne ? ArgumentArity.OneOrMore : ArgumentArity.ZeroOrMore });

    public Option<string?> Text(string name, string helpName, string description) => Add(new Option<string?>(name) { Description = description, HelpName = helpName });

    public Option<string[]> Texts(string name, string helpName, string description) => Add(new Option<string[]>(name) { Description = description, HelpName = helpName });

    public Option<bool> Flag(string name, string description) => Add(new Option<bool>(name) { Description = description });

    /// <summary>A whole number within limits.</summary>
    public Option<int?> Number(string name, string helpName, string description, int least = 1, int most = int.MaxValue)
    {
        var option = new Option<int?>(name)
        {
            Description = description,
            HelpName = helpName,
            CustomParser = result =>
            {
                if (int.TryParse(result.Tokens[0].Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) && number >= least && number <= most)
                    return number;
                result.AddError(most == int.MaxValue ? $"{name} takes a whole number, {least} or more" : $"{name} takes a whole number from {least} to {most}");
                return null;
            },
        };
        return Add(option);
    }

    public Option<int?> Limit() => Number("--limit", "number", "At most so many (default all).");

    /// <summary>Gives the verb <c>--yes</c>: it asks before it does what cannot be undone.</summary>
    public void Asks() => _yes = Add(new Option<bool>("--yes", "-y") { Description = "Do it without asking; needed when there is no terminal to ask at." });

    public T Add<T>(T symbol)
        where T : Symbol
    {
        if (symbol is Option option)
            _command.Options.Add(option);
        else if (symbol is Argument argument)
            _command.Arguments.Add(argument);
        return symbol;
    }

    /// <summary>The command, with what it does.</summary>
    public Command Runs(Func<ApiCall, Task<int>> work)
    {
        _api.AddTo(_command, withToken: true);
        _talk.AddTo(_command);
        HelpWithExamples.AddTo(_command, _examples);
        _command.SetAction((result, cancellationToken) =>
        {
            var talk = _talk.Read(result);
            return VerbRunner.RunAsync(_path, _terminal, talk, async () =>
            {
                using var hub = _api.Open(result, talk, _terminal);
                var call = new ApiCall(result, hub, talk, _terminal, cancellationToken) { IsYes = _yes is not null && result.GetValue(_yes) };
                return await work(call);
            });
        });
        return _command;
    }

    /// <summary>The command, with what it does when that cannot but succeed or fail.</summary>
    public Command Runs(Func<ApiCall, Task> work) => Runs(async call =>
    {
        await work(call);
        return ExitCode.Done;
    });
}
