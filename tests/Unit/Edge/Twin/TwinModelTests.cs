using Fairlead.Edge.Twin;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Edge.Twin;

/// <summary>
/// Random commands, with the link lost, answers lost, requests refused and the process restarted between them: in the end the hub has what
/// a plain reading of the commands says, and the local twin the same. A failure prints its seed.
/// </summary>
public sealed class TwinModelTests
{
    private static readonly string[] Shadows = ["", "f", "g"];

    [Theory]
    [InlineData(TwinPatch.Full, TwinOffline.Queue)]
    [InlineData(TwinPatch.Minimal, TwinOffline.Queue)]
    [InlineData(TwinPatch.Full, TwinOffline.Coalesce)]
    internal void Edge_45_the_hub_ends_with_what_the_commands_say(TwinPatch patch, TwinOffline offline)
    {
        var options = new TwinOptions { DeviceId = TwinStage.Device, Patch = patch, Offline = offline, Retries = 100 };
        Prop.ForAll(Steps().ToArbitrary(), steps => Run(options, steps)).Check(Config.QuickThrowOnFailure.WithMaxTest(200).WithEndSize(60));
    }

    private static void Run(TwinOptions options, List<(string Kind, string Path, string? Value)> steps)
    {
        var model = new ThingModel();
        var stage = new TwinStage(options);
        int requests = 0;
        stage.Hub.Refusal = (topic, _) => ++requests % 5 == 0 && !topic.EndsWith("/get", StringComparison.Ordinal) ? 429 : null;
        foreach (var (kind, path, value) in steps)
        {
            switch (kind)
            {
                case "connect":
                    if (!stage.IsConnected) stage.Connect();
                    break;
                case "disconnect":
                    if (stage.IsConnected) stage.Disconnect();
                    break;
                case "lose":
                    if (stage.IsConnected) stage.LoseAnswers();
                    break;
                case "hold":
                    stage.IsHolding = true;
                    break;
                case "release":
                    stage.IsHolding = false;
                    stage.Release();
                    break;
                case "wait":
                    stage.Advance(3);
                    break;
                case "restart":
                    stage = stage.Restarted();
                    break;
                default:
                    model.Do(kind, path, value);
                    stage.Command(kind, path, value);
                    break;
            }
        }

        stage.IsHolding = false;
        if (!stage.IsConnected) stage.Connect();
        stage.Release();
        for (int i = 0; i < 12; i++) stage.Advance(61);
        stage.SpooledCount.ShouldBe(0);
        foreach (string name in Shadows) (stage.Hub.State(name) ?? "{}").ShouldBe(model.State(name), name);
        foreach (var record in stage.Store.Load())
        {
            record.IsAhead.ShouldBeFalse(record.Name);
            TwinStage.Sorted($$"""{"reported":{{record.Hub.Reported?.ToString() ?? "{}"}}}""").ShouldBe(Reported(model.State(record.Name)), record.Name);
        }
    }

    private static string Reported(string state)
    {
        var members = (SortedDictionary<string, object>)Fairlead.Unit.Shadows.ModelJson.Parse(state);
        return Fairlead.Unit.Shadows.ModelJson.Write(Fairlead.Unit.Shadows.ModelJson.Object(
            ("reported", members.GetValueOrDefault("reported") ?? new SortedDictionary<string, object>(StringComparer.Ordinal))));
    }

    private static Gen<List<(string Kind, string Path, string? Value)>> Steps() =>
        Gen.Frequency(
                (16, Command()),
                (2, Gen.Constant(("connect", "", (string?)null))),
                (1, Gen.Constant(("disconnect", "", (string?)null))),
                (1, Gen.Constant(("lose", "", (string?)null))),
                (1, Gen.Constant(("hold", "", (string?)null))),
                (2, Gen.Constant(("release", "", (string?)null))),
                (1, Gen.Constant(("wait", "", (string?)null))),
                (1, Gen.Constant(("restart", "", (string?)null))))
            .ListOf().Select(static steps => steps.ToList());

    private static Gen<(string Kind, string Path, string? Value)> Command() =>
        from kind in Gen.Frequency((5, Gen.Constant("modify")), (3, Gen.Constant("merge")), (1, Gen.Constant("create")), (2, Gen.Constant("delete")))
        from path in Gen.Elements(
            "/attributes", "/attributes/a", "/attributes/a/b", "/features/f", "/features/f/properties", "/features/f/properties/a", "/features/f/properties/a/b",
            "/features/f/definition", "/features/f/desiredProperties", "/features/f/desiredProperties/a", "/features/g", "/features/g/properties/b")
        from value in ValueFor(kind, path)
        select (kind, path, kind == "delete" ? null : value);

    private static Gen<string?> ValueFor(string kind, string path)
    {
        bool nulls = kind == "merge";
        string last = path[(path.LastIndexOf('/') + 1)..];
        return last switch
        {
            "attributes" or "properties" or "desiredProperties" => Object(2, nulls, members: 1).Select(static text => (string?)text),
            "f" or "g" when path.Count(static c => c == '/') == 2 =>
                from properties in Object(2, nulls, members: 1)
                from definition in Gen.Elements("", ""","definition":["d:e:1"]""", ""","definition":["d:e:2"]""")
                select (string?)$$"""{"properties":{{properties}}{{definition}}}""",
            "definition" => Gen.Elements<string?>("""["x:y:1"]""", """["x:y:2"]"""),
            _ => Value(2, nulls).Select(static text => (string?)text),
        };
    }

    private static Gen<string> Value(int depth, bool nulls) => depth == 0 ? Scalar(nulls) : Gen.Frequency((3, Scalar(nulls)), (1, Gen.Elements("[]", "[1]", "[{\"p\":1}]")), (3, Object(depth - 1, nulls, members: 0)));

    private static Gen<string> Scalar(bool nulls) => nulls ? Gen.Elements("1", "2.50", "\"s\"", "true", "null") : Gen.Elements("1", "2.50", "\"s\"", "true");

    private static Gen<string> Object(int depth, bool nulls, int members) =>
        from names in Gen.SubListOf("a", "b", "c").Where(list => list.Count >= members)
        from values in Value(depth, nulls).ArrayOf(names.Count)
        select "{" + string.Join(',', names.Zip(values, static (name, value) => $"\"{name}\":{value}")) + "}";
}
