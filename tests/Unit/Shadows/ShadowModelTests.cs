using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;
using Members = System.Collections.Generic.SortedDictionary<string, object>;

namespace Fairlead.Unit.Shadows;

/// <summary>Random sequences of requests against a second, plain implementation of the specification. A failure prints its seed.</summary>
public sealed class ShadowModelTests
{
    private static readonly string[] Shadows = ["thing-1/shadow", "thing-1/shadow/name/config"];

    [Fact]
    public void Every_message_of_every_request_is_the_one_of_the_model() =>
        Prop.ForAll(Requests().ToArbitrary(), requests => RunAsync(requests).GetAwaiter().GetResult()).Check(Config.QuickThrowOnFailure.WithMaxTest(300).WithEndSize(60));

    private static Gen<List<(int Shadow, string Kind, string Payload, int Seconds)>> Requests() =>
        (from shadow in Gen.Choose(0, 1)
         from kind in Gen.Frequency((10, Gen.Constant("update")), (2, Gen.Constant("get")), (1, Gen.Constant("delete")), (1, Gen.Constant("restart")))
         from update in RequestGenerators.Update()
         from other in Gen.Elements("", "{}", "{\"clientToken\":\"g-7\"}", "no JSON")
         from seconds in Gen.Choose(0, 3)
         select (shadow, kind, kind == "update" ? update : other, seconds)).ListOf().Select(static list => list.ToList());

    private static async Task RunAsync(List<(int Shadow, string Kind, string Payload, int Seconds)> requests)
    {
        var models = new[] { new ShadowModel(), new ShadowModel() };
        var stage = new ShadowStage();
        try
        {
            foreach (var (shadow, kind, payload, seconds) in requests)
            {
                if (kind == "restart")
                {
                    var again = new ShadowStage(documents: stage.Store.Kept) { Time = { Seconds = stage.Time.Seconds } };
                    foreach (var kept in stage.Store.Kept) again.Store.Keep(kept);
                    await stage.DisposeAsync();
                    stage = again;
                    continue;
                }

                stage.Time.Seconds += seconds;
                var model = models[shadow];
                string text = payload.Replace("VERSION", $"{model.Version}", StringComparison.Ordinal);
                var expected = Expect(model, kind, text, shadow == 0 ? "thing-1" : "config", stage.Time.Seconds);
                stage.Publish($"{Shadows[shadow]}/{kind}", text).Accepted.ShouldBeTrue();
                foreach (var (suffix, document) in expected)
                {
                    var (topic, message) = await stage.NextAsync();
                    topic.ShouldBe($"{Shadows[shadow]}/{suffix}", text);
                    ModelJson.Write(ModelJson.Parse(message)).ShouldBe(document, text);
                }
            }

            await stage.QuietAsync();
        }
        finally
        {
            await stage.DisposeAsync();
        }
    }

    private static IReadOnlyList<(string Suffix, string Payload)> Expect(ShadowModel model, string kind, string text, string told, long now)
    {
        if (kind == "update") return model.Update((Members)ModelJson.Parse(text), now);
        var request = text.StartsWith('{') ? (Members)ModelJson.Parse(text) : null;
        return [kind == "get" ? model.Get(told, request, now) : model.Delete(told, request, now)];
    }
}
