using System.CommandLine;
using System.Text.Json.Nodes;

namespace Fairlead.Verbs.Contexts;

/// <summary><c>fairlead context add|ls|use|get|rm</c>: hubs kept under names.</summary>
internal sealed class ContextVerb(Terminal terminal)
{
    private readonly ContextFile _file = new(terminal.Environment);

    public Command Create() => new("context", "Hubs kept under names, so that no command needs --url and a token.") { Add(), List(), Use(), Get(), Remove() };

    private static JsonObject Describe(string name, HubContext context, bool isCurrent)
    {
        var document = new JsonObject { ["name"] = name, ["url"] = context.Url, ["current"] = isCurrent };
        if (context.Data is { } data)
            document["data"] = data;
        if (context.TokenFile is { } file)
            document["tokenFile"] = file;
        if (context.CaFile is { } authorities)
            document["caFile"] = authorities;
        document["token"] = context switch
        {
            { Token: not null } => "kept here",
            { TokenFile: not null } or { Data: not null } => "in a file",
            _ => "none",
        };
        return document;
    }

    private static Argument<string> Name() => new("name") { Description = "Name of the context.", HelpName = "name" };

    private Command Add()
    {
        const string Examples =
            """
            fairlead context add dev --url http://127.0.0.1:8080                       # fairlead dev asks for no token
            fairlead context add plant --url https://hub.plant:8443 --cafile root-CA.crt --token-file ~/plant.token
            fairlead context add local --data /var/lib/fairlead                        # a hub on this machine
            printf %s "$TOKEN" | fairlead context add ci --url https://hub:8443 --token-stdin
            """;
        var name = Name();
        var url = new Option<string?>("--url") { Description = "HTTP address of the hub (default http://127.0.0.1:8080).", HelpName = "url" };
        var tokenFile = new Option<string?>("--token-file") { Description = "File with the administration token; read anew each time.", HelpName = "file" };
        var tokenInput = new Option<bool>("--token-stdin") { Description = "Read the token from standard input and keep it in the context." };
        var data = new Option<string?>("--data") { Description = "Data directory of a hub on this machine; its token and authority are used.", HelpName = "directory" };
        var caFile = new Option<string?>("--cafile") { Description = "PEM file with the authorities to trust for https.", HelpName = "file" };
        var keep = new Option<bool>("--no-use") { Description = "Do not make it the context in use." };
        var force = new Option<bool>("--force") { Description = "Replace a context of that name." };
        return Runs("context add", "Keep a hub under a name, and use it from now on.", Examples, [name, url, tokenFile, tokenInput, data, caFile, keep, force], async (result, talk) =>
        {
            string key = result.GetRequiredValue(name);
            string address = result.GetValue(url) ?? "http://127.0.0.1:8080";
            if (!Uri.TryCreate(address, UriKind.Absolute, out var parsed) || parsed.Scheme is not ("http" or "https"))
                throw VerbException.Usage($"cannot keep the context {key}", $"{address} is not an http:// or https:// URL", "Give one with --url");
            string?[] tokens = [result.GetValue(tokenFile), result.GetValue(data), result.GetValue(tokenInput) ? "" : null];
            if (tokens.Count(static token => token is not null) > 1)
                throw VerbException.Usage($"cannot keep the context {key}", "--token-file, --token-stdin and --data exclude each other", "Give one of them");
            var document = _file.Read();
            if (document.Contexts.ContainsKey(key) && !result.GetValue(force))
                throw new VerbException(ExitCode.Failed, $"cannot keep the context {key}", "there is one of that name", "Give another name, or --force to replace it");
            string? token = result.GetValue(tokenInput) ? (await Files.ReadTextAsync("-", terminal, "the token", CancellationToken.None)).Trim() : null;
            document.Contexts[key] = new HubContext
            {
                Url = address,
                TokenFile = Existing(result.GetValue(tokenFile)),
                Token = token,
                Data = Existing(result.GetValue(data)),
                CaFile = Existing(result.GetValue(caFile)),
            };
            _file.Write(result.GetValue(keep) ? document : document with { Current = key });
            Tell(talk, document.Contexts[key], key, !result.GetValue(keep), $"kept the context {key}{(result.GetValue(keep) ? "" : " and use it")}");
        });
    }

    private Command List() => Runs("context ls", "List contexts; a star marks the one in use.", "fairlead context ls", [], (_, talk) =>
    {
        var document = _file.Read();
        foreach (var (name, context) in document.Contexts)
        {
            WriteLine(talk.Json
                ? JsonText.Of(Describe(name, context, name == document.Current))
                : $"{(name == document.Current ? "*" : " ")} {name.PadRight(document.Contexts.Keys.Max(static key => key.Length))}  {context.Url}");
        }

        if (document.Contexts.Count == 0 && !talk.Json && !talk.Quiet)
            terminal.Error.WriteLine("there are no contexts: commands go to http://127.0.0.1:8080");
        return Task.CompletedTask;
    });

    private Command Use()
    {
        var name = Name();
        return Runs("context use", "Use a context from now on.", "fairlead context use plant", [name], (result, talk) =>
        {
            string key = result.GetRequiredValue(name);
            var context = _file.Find(key);
            _file.Write(_file.Read() with { Current = key });
            Tell(talk, context, key, isCurrent: true, $"use {key}: {context.Url}");
            return Task.CompletedTask;
        });
    }

    private Command Get()
    {
        var name = new Argument<string?>("name") { Description = "Name of the context (default: the one in use).", Arity = ArgumentArity.ZeroOrOne, HelpName = "name" };
        return Runs("context get", "Show a context; its token is not shown.", "fairlead context get plant", [name], (result, talk) =>
        {
            var document = _file.Read();
            string key = result.GetValue(name) ?? document.Current
                ?? throw new VerbException(ExitCode.NotFound, "cannot show the context in use", "none is in use", "Choose one with fairlead context use NAME");
            var described = Describe(key, _file.Find(key), key == document.Current);
            if (talk.Json)
            {
                WriteLine(JsonText.Of(described));
                return Task.CompletedTask;
            }

            foreach (var (member, value) in described)
                WriteLine($"{member + ":",-10} {value}");
            return Task.CompletedTask;
        });
    }

    private Command Remove()
    {
        var name = Name();
        return Runs("context rm", "Forget a context. The hub knows nothing of it.", "fairlead context rm plant", [name], (result, talk) =>
        {
            string key = result.GetRequiredValue(name);
            var context = _file.Find(key);
            var document = _file.Read();
            document.Contexts.Remove(key);
            _file.Write(document.Current == key ? document with { Current = null } : document);
            Tell(talk, context, key, isCurrent: false, $"forgot {key}");
            return Task.CompletedTask;
        });
    }

    private static string? Existing(string? path)
    {
        if (path is null)
            return null;
        string full = Path.GetFullPath(path);
        return File.Exists(full) || Directory.Exists(full)
            ? full
            : throw VerbException.Usage("cannot keep the context", $"{path} does not exist", "Name a file or directory that exists");
    }

    private Command Runs(string path, string description, string examples, IEnumerable<Symbol> symbols, Func<ParseResult, TalkFlags.Settings, Task> work)
    {
        var talk = new TalkFlags(30, "Not used here, for nothing is asked of a hub");
        var command = new Command(path.Split(' ')[1], description);
        foreach (var symbol in symbols)
        {
            if (symbol is Option option)
                command.Options.Add(option);
            else
                command.Arguments.Add((Argument)symbol);
        }

        talk.AddTo(command);
        HelpWithExamples.AddTo(command, examples);
        command.SetAction((result, _) => VerbRunner.RunAsync(path, terminal, talk.Read(result), async () =>
        {
            await work(result, talk.Read(result));
            return ExitCode.Done;
        }));
        return command;
    }

    private void Tell(TalkFlags.Settings talk, HubContext context, string name, bool isCurrent, string sentence)
    {
        if (talk.Json)
            WriteLine(JsonText.Of(Describe(name, context, isCurrent)));
        else if (!talk.Quiet)
            terminal.Error.WriteLine(sentence);
    }

    private void WriteLine(string line) => terminal.Output.Write(System.Text.Encoding.UTF8.GetBytes(line + "\n"));
}
