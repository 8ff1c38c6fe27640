using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Fairlead.Interop.Tools;
using Fairlead.Shared;

namespace Fairlead.Interop.Aws.Rules;

/// <summary>HTTP destinations of rules (checklist line 25).</summary>
public sealed class DestinationTests(AwsHub hub) : IClassFixture<AwsHub>
{
    [Fact]
    public async Task Rules_25_the_owner_is_asked_and_confirms_once_without_credentials()
    {
        using var owner = new DestinationOwner();
        var made = (await hub.Boto3.IotAsync("CreateTopicRuleDestination", new
        {
            destinationConfiguration = new { httpUrlConfiguration = new { confirmationUrl = owner.Url } },
        })).GetProperty("topicRuleDestination");
        var arn = made.GetProperty("arn").GetString()!;
        arn.ShouldStartWith("arn:aws:iot:us-east-1:123456789012:ruledestination/http/");
        made.GetProperty("status").GetString().ShouldBe("IN_PROGRESS");
        made.GetProperty("httpUrlProperties").GetProperty("confirmationUrl").GetString().ShouldBe(owner.Url);

        var asked = await owner.NextAsync();
        asked.Target.ShouldStartWith("/hook/?confirmationToken=");
        asked.ContentType.ShouldBe("application/json");
        asked.MessageType.ShouldBe("DestinationConfirmation");
        asked.DestinationArn.ShouldBe(arn);
        asked.Body.GetProperty("messageType").GetString().ShouldBe("DestinationConfirmation");
        asked.Body.GetProperty("arn").GetString().ShouldBe(arn);
        var token = asked.Body.GetProperty("confirmationToken").GetString()!;
        var enable = new Uri(asked.Body.GetProperty("enableUrl").GetString()!);
        enable.AbsolutePath.ShouldBe($"/confirmdestination/{token}");
        await hub.JavaScript.RefusedAsync("InvalidRequestException", 400, "UpdateTopicRuleDestination", new { arn, status = "ENABLED" });

        using var stranger = Trusting.Client(hub.Ca, hub.Https);
        (await stranger.GetAsync(enable, TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await stranger.GetAsync(enable, TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await StatusAsync(arn)).ShouldBe("ENABLED");

        await hub.JavaScript.IotAsync("UpdateTopicRuleDestination", new { arn, status = "DISABLED" });
        (await StatusAsync(arn)).ShouldBe("DISABLED");
        await hub.JavaScript.IotAsync("UpdateTopicRuleDestination", new { arn, status = "IN_PROGRESS" });
        token = (await owner.NextAsync()).Body.GetProperty("confirmationToken").GetString()!;
        await hub.Boto3.IotAsync("ConfirmTopicRuleDestination", new { confirmationToken = token });
        (await StatusAsync(arn)).ShouldBe("ENABLED");
        (await hub.Boto3.PagesAsync("ListTopicRuleDestinations", "destinationSummaries", 1))
            .ShouldContain(one => one.GetProperty("arn").GetString() == arn && one.GetProperty("httpUrlSummary").GetProperty("confirmationUrl").GetString() == owner.Url);
        await hub.Boto3.IotAsync("DeleteTopicRuleDestination", new { arn });
        await hub.Boto3.RefusedAsync("InvalidRequestException", 400, "GetTopicRuleDestination", new { arn });
    }

    [Fact]
    public async Task Rules_25_a_destination_has_to_be_https_and_a_vpc_has_its_members()
    {
        await hub.Boto3.RefusedAsync("InvalidRequestException", 400, "CreateTopicRuleDestination", new
        {
            destinationConfiguration = new { httpUrlConfiguration = new { confirmationUrl = "http://example.org/hook" } },
        });
        var made = (await hub.Boto3.IotAsync("CreateTopicRuleDestination", new
        {
            destinationConfiguration = new { vpcConfiguration = new { subnetIds = new[] { "subnet-1" }, securityGroups = new[] { "sg-1" }, vpcId = "vpc-1", roleArn = "arn:aws:iam::123456789012:role/r" } },
        })).GetProperty("topicRuleDestination");
        made.GetProperty("status").GetString().ShouldBe("ENABLED");
        made.GetProperty("vpcProperties").GetProperty("vpcId").GetString().ShouldBe("vpc-1");
        await hub.Boto3.IotAsync("DeleteTopicRuleDestination", new { arn = made.GetProperty("arn").GetString() });
    }

    private async Task<string?> StatusAsync(string arn) =>
        (await hub.JavaScript.IotAsync("GetTopicRuleDestination", new { arn })).GetProperty("topicRuleDestination").GetProperty("status").GetString();

    /// <summary>A web server that takes confirmations.</summary>
    private sealed class DestinationOwner : IDisposable
    {
        private readonly HttpListener _listener = new();
        private readonly BlockingCollection<Asked> _asked = [];
        private readonly Task _running;

        public DestinationOwner()
        {
            Url = $"http://127.0.0.1:{FreePort.Take()}/hook";
            _listener.Prefixes.Add(Url + "/");
            _listener.Start();
            _running = RunAsync();
        }

        public string Url { get; }

        public Task<Asked> NextAsync() => Task.Run(() => _asked.TryTake(out var asked, TimeSpan.FromSeconds(60)) ? asked : throw new TimeoutException("the destination was not asked"));

        public void Dispose()
        {
            _listener.Close();
            _running.Wait();
            _asked.Dispose();
        }

        private async Task RunAsync()
        {
            while (true)
            {
                try
                {
                    var context = await _listener.GetContextAsync();
                    using var document = await JsonDocument.ParseAsync(context.Request.InputStream);
                    _asked.Add(new Asked(
                        context.Request.RawUrl!, context.Request.ContentType, context.Request.Headers["x-amz-rules-engine-message-type"],
                        context.Request.Headers["x-amz-rules-engine-destination-arn"], document.RootElement.Clone()));
                    context.Response.Close();
                }
                catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException)
                {
                    return;
                }
            }
        }
    }

    private sealed record Asked(string Target, string? ContentType, string? MessageType, string? DestinationArn, JsonElement Body);
}
