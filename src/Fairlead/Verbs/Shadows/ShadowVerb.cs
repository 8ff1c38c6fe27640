using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fairlead.Verbs.Remote;

namespace Fairlead.Verbs.Shadows;

/// <summary><c>fairlead shadow get|set|rm|ls|watch</c>: what a device shall be and says it is.</summary>
internal sealed class ShadowVerb(Terminal terminal)
{
    public Command Create() => new("shadow", "Shadows: what a device shall be (desired), what it says it is (reported), and the difference.")
    {
        Get(), Set(), Remove(), List(), new ShadowWatch(terminal).Create(),
    };

    /// <summary>Path of a shadow.</summary>
    public static string PathOf(string thing, string? name) => HubRequest.Query($"/things/{HubRequest.Segment(thing)}/shadow", ("name", name));

    /// <summary>A shadow in a sentence.</summary>
    public static string Title(string thing, string? name) => name is null ? $"shadow of {thing}" : $"shadow {name} of {thing}";

    private Command Get()
    {
        const string Examples =
            """
            fairlead shadow get lamp1
            fairlead shadow get lamp1 reported.temp          # one value
            fairlead shadow get lamp1 --name network --json
            """;
        var verb = new ApiVerb(terminal, "shadow get", "Print a shadow, or one value of it.", Examples);
        var (thing, name) = Symbols(verb);
        var path = verb.Optional("path", "Value to print, such as reported.temp, desired or delta.on.");
        return verb.Runs(async call =>
        {
            string title = Title(call.Get(thing), call.Get(name));
            var document = await call.SendAsync(HubRequest.Get(PathOf(call.Get(thing), call.Get(name))), $"cannot show the {title}");
            if (call.Get(path) is not { } wanted)
            {
                call.WriteLine(call.Talk.Json ? JsonText.OneLine(document) : JsonText.Pretty(document));
                return;
            }

            bool isState = wanted.Split('.')[0] is "desired" or "reported" or "delta";
            var value = ShadowPath.Find(document, isState ? $"state.{wanted}" : wanted)
                ?? throw new VerbException(ExitCode.NotFound, $"cannot show {wanted}", $"the {title} has nothing there", "See all of it without the path");
            call.WriteLine(!call.Talk.Json && value.ValueKind == JsonValueKind.String ? value.GetString()! : call.Talk.Json ? JsonText.OneLine(value) : JsonText.Pretty(value));
        });
    }

    private Command Set()
    {
        const string Examples =
            """
            fairlead shadow set lamp1 desired.on=true desired.color.hue=30
            fairlead shadow set lamp1 desired.on=null                       # null takes a value away
            fairlead shadow set lamp1 desired.on=true --version 7           # only when nobody else changed it
            fairlead shadow set lamp1 --file state.json --name network
            echo '{"state":{"desired":null}}' | fairlead shadow set lamp1 --file -
            """;
        var verb = new ApiVerb(terminal, "shadow set", "Change a shadow; what is not named stays.", Examples);
        var (thing, name) = Symbols(verb);
        var assignments = verb.Arguments("path=value", "Values: JSON, or else a text. The path begins with desired or reported.", atLeastOne: false);
        var file = verb.Text("--file", "file", "A document with state, or with desired and reported, instead; - for standard input.");
        var version = verb.Number("--version", "number", "Change nothing unless this is the present version.", 0);
        return verb.Runs(async call =>
        {
            string title = Title(call.Get(thing), call.Get(name));
            string[] pairs = call.Get(assignments);
            if (pairs.Length > 0 == call.Get(file) is not null)
                throw VerbException.Usage($"cannot change the {title}", pairs.Length > 0 ? "path=value and --file exclude each other" : "nothing to change is given", "Give desired.name=value, or --file FILE");
            var document = call.Get(file) is { } source
                ? Wrapped(await Files.ReadTextAsync(source, terminal, "the document", call.Cancellation), title)
                : new JsonObject { ["state"] = ShadowPath.ToState(pairs) };
            if (call.Get(version) is { } expected)
                document["version"] = expected;
            var answer = await call.SendAsync(HubRequest.Post(PathOf(call.Get(thing), call.Get(name)), document), $"cannot change the {title}");
            if (call.Talk.Json)
                call.WriteLine(JsonText.OneLine(answer));
            call.Say($"the {title} has version {Cells.Of(answer, "version")}");
        });
    }

    private Command Remove()
    {
        var verb = new ApiVerb(terminal, "shadow rm", "Delete a shadow.", "fairlead shadow rm lamp1 --name network --yes");
        var (thing, name) = Symbols(verb);
        verb.Asks();
        return verb.Runs(async call =>
        {
            string title = Title(call.Get(thing), call.Get(name));
            await call.ConfirmAsync($"delete the {title}");
            var answer = await call.SendAsync(HubRequest.Delete(PathOf(call.Get(thing), call.Get(name))), $"cannot delete the {title}");
            if (call.Talk.Json)
                call.WriteLine(JsonText.OneLine(answer));
            call.Say($"deleted the {title}");
        });
    }

    private Command List()
    {
        var verb = new ApiVerb(terminal, "shadow ls", "List the shadows of a thing; the classic one has no name.", "fairlead shadow ls lamp1");
        var thing = verb.Argument("thing", "Name of the thing.");
        return verb.Runs(async call =>
        {
            string of = call.Get(thing);
            string what = $"cannot list the shadows of {of}";
            if (await call.FindAsync(HubRequest.Get(PathOf(of, null)), what) is not null)
                call.WriteLine(call.Talk.Json ? JsonText.Of(new JsonObject { ["thing"] = of }) : "(classic)");
            await foreach (var name in call.ListAsync($"/api/things/shadow/ListNamedShadowsForThing/{HubRequest.Segment(of)}", "results", Paging.Shadows, what))
                call.WriteLine(call.Talk.Json ? JsonText.Of(new JsonObject { ["thing"] = of, ["name"] = name.GetString() }) : Cells.Safe(name.GetString()!));
        });
    }

    private static (Argument<string> Thing, Option<string?> Name) Symbols(ApiVerb verb) =>
        (verb.Argument("thing", "Name of the thing."), verb.Text("--name", "shadow", "Named shadow (default: the classic one)."));

    private static JsonObject Wrapped(string text, string title)
    {
        JsonNode? node;
        try
        {
            node = JsonNode.Parse(text);
        }
        catch (JsonException exception)
        {
            string where = exception.LineNumber is { } line ? $" in line {line + 1}, byte {exception.BytePositionInLine + 1}" : "";
            throw VerbException.Usage($"cannot change the {title}", $"the document is not JSON{where}", "Correct the document");
        }

        if (node is not JsonObject document)
            throw VerbException.Usage($"cannot change the {title}", "the document is not a JSON object", "Give {\"state\":{\"desired\":{...}}}");
        bool isState = !document.ContainsKey("state") && (document.ContainsKey("desired") || document.ContainsKey("reported"));
        return isState ? new JsonObject { ["state"] = document } : document;
    }
}
