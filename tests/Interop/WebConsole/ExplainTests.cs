using System.Text.Json;
using System.Text.Json.Nodes;
using Fairlead.Client.Mqtt;
using Fairlead.Protocols.Mqtt;

namespace Fairlead.Interop.WebConsole;

/// <summary>Explain and the broker about the same questions: generated policies, topics and actions, each tried by a real connection.</summary>
public sealed class ExplainTests(Browser browser) : IClassFixture<Browser>
{
    private const string Thing = "explained";
    private const int Seed = 20_260_930;
    private const int Policies = 10;
    private const int QuestionsOfPolicy = 5;
    private static readonly string[] Levels = ["a", "b", "secret", Thing];

    [Fact]
    public async Task Explain_answers_as_the_broker_does_in_fifty_generated_cases()
    {
        var kit = await browser.CreateThingAsync(Thing);
        using var principals = JsonDocument.Parse(await browser.CallAsync(HttpMethod.Get, $"/things/{Thing}/principals"));
        string certificate = principals.RootElement.GetProperty("principals")[0].GetString()!;
        string target = JsonSerializer.Serialize(new { target = certificate });
        await browser.CallAsync(HttpMethod.Post, $"/target-policies/{Thing}-default", target);
        await using var visitor = await browser.OpenAsync("/console/explain");
        var random = new Random(Seed);
        int allowed = 0;
        for (int round = 0; round < Policies; round++)
        {
            string document = MakePolicy(random);
            await browser.CallAsync(HttpMethod.Post, $"/policies/generated{round}", JsonSerializer.Serialize(new { policyDocument = document }));
            await browser.CallAsync(HttpMethod.Put, $"/target-policies/generated{round}", target);
            await using (var client = await ConnectAsync(kit, Thing))
            {
                for (int i = 0; i < QuestionsOfPolicy; i++)
                {
                    var (action, name) = MakeQuestion(random);
                    bool explained = await ExplainAsync(visitor, kit.CertificateId, action, name);
                    bool done = await TryAsync(client, kit, action, name);
                    explained.ShouldBe(done, $"seed {Seed}, policy {round}, question {i}: {action} {name} with {document}");
                    if (done) allowed++;
                }
            }

            await browser.CallAsync(HttpMethod.Post, $"/target-policies/generated{round}", target);
        }

        // Both answers come often enough to mean something.
        allowed.ShouldBeInRange(10, (Policies * QuestionsOfPolicy) - 10);
        TestContext.Current.TestOutputHelper?.WriteLine($"{allowed} of {Policies * QuestionsOfPolicy} allowed");
        visitor.Faults.ShouldBeEmpty();
    }

    private static string MakePolicy(Random random)
    {
        var statements = new JsonArray { Statement("Allow", ["iot:Connect"], $"client/{Thing}") };
        for (int i = random.Next(3, 6); i > 0; i--)
        {
            string effect = random.Next(4) == 0 ? "Deny" : "Allow";
            statements.Add(random.Next(5) switch
            {
                0 => Statement(effect, ["iot:Connect"], $"client/dev-{Pattern(random)}"),
                1 => Statement(effect, ["iot:Publish", "iot:Subscribe"], "*"),
                2 => Statement(effect, ["iot:Subscribe"], $"topicfilter/{Pattern(random)}"),
                _ => Statement(effect, ["iot:Publish"], $"topic/{Pattern(random)}"),
            });
        }

        return new JsonObject { ["Version"] = "2012-10-17", ["Statement"] = statements }.ToJsonString();
    }

    private static JsonNode Statement(string effect, string[] actions, string resource) => new JsonObject
    {
        ["Effect"] = effect,
        ["Action"] = new JsonArray([.. actions.Select(static action => JsonValue.Create(action))]),
        ["Resource"] = resource == "*" ? "*" : $"arn:aws:iot:us-east-1:123456789012:{resource}",
    };

    private static string Pattern(Random random) => string.Join('/', Enumerable.Range(0, random.Next(1, 4)).Select(_ => random.Next(6) switch
    {
        0 => "*",
        1 => "?",
        2 => "${iot:Connection.Thing.ThingName}",
        _ => Levels[random.Next(Levels.Length)],
    }));

    private static (string Action, string Name) MakeQuestion(Random random)
    {
        string name = string.Join('/', Enumerable.Range(0, random.Next(1, 4)).Select(_ => Levels[random.Next(Levels.Length)]));
        return random.Next(5) switch
        {
            0 => ("Connect", $"dev-{name}"),
            1 => ("Subscribe", random.Next(3) == 0 ? $"{name}/#" : name),
            2 => ("Subscribe", random.Next(2) == 0 ? "+" : name),
            _ => ("Publish", name),
        };
    }

    private static async Task<bool> ExplainAsync(Visitor visitor, string certificate, string action, string name)
    {
        string resource = action switch { "Connect" => "client", "Subscribe" => "topicfilter", _ => "topic" };
        string who = action == "Connect" ? $"certificate={certificate}&client={Uri.EscapeDataString(name)}" : $"thing={Thing}";
        await visitor.Page.GotoAsync($"/console/explain?{who}&action=iot:{action}&resource={resource}/{Uri.EscapeDataString(name)}");
        return await visitor.At("explain-decision").InnerTextAsync() == "Allowed";
    }

    private async Task<bool> TryAsync(MqttClient client, DeviceKit kit, string action, string name)
    {
        try
        {
            switch (action)
            {
                case "Connect":
                    await using (await ConnectAsync(kit, name)) return true;
                case "Subscribe":
                    await client.SubscribeAsync(name, QualityOfService.AtLeastOnce, TestContext.Current.CancellationToken);
                    return true;
                default:
                    await client.PublishAsync(name, "{}"u8.ToArray(), QualityOfService.AtLeastOnce, retain: false, TestContext.Current.CancellationToken);
                    return true;
            }
        }
        catch (MqttException refusal) when (refusal is { Failure: MqttFailure.Refused, ReasonCode: ReasonCode.NotAuthorized })
        {
            return false;
        }
    }

    private async Task<MqttClient> ConnectAsync(DeviceKit kit, string clientId)
    {
        var client = new MqttClient(new MqttClientOptions
        {
            Server = new Uri($"mqtts://localhost:{browser.Hub.Listener("mqtts").Port}"),
            ClientId = clientId,
            Reconnect = null,
            Tls = new TlsOptions { CaFile = kit.RootCa, CertificateFile = kit.Certificate, KeyFile = kit.PrivateKey },
        });
        try
        {
            await client.ConnectAsync(TestContext.Current.CancellationToken);
            return client;
        }
        catch
        {
            await client.DisposeAsync();
            throw;
        }
    }
}
