using System.Text;
using System.Text.Json;
using Fairlead.Features.Rules.Actions;
using Fairlead.Shared;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Targets;

/// <summary>The sqs action against a server that checks signature and body (checklist line 27).</summary>
public sealed class SqsActionTests : IAsyncLifetime
{
    private const string Url = "https://sqs.us-east-1.amazonaws.com/123456789012/orders";
    private readonly ActionBench _bench = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Theory]
    [InlineData(false, """{"n":1}""", """{"n":1}""")]
    [InlineData(true, """{"n":1}""", "eyJuIjoxfQ==")]
    public async Task Rules_27_the_json_protocol_carries_the_result_or_its_base64(bool useBase64, string payload, string body)
    {
        await using var peer = await HttpPeer.StartAsync(200);
        _bench.Options.Sqs = peer.Url;
        _bench.Options.Keys = ["sqs=AKQUEUE:secret"];
        var call = await _bench.RunAsync(Create(useBase64), payload);
        call.Result.ShouldBe(ActionResult.Success);
        call.Resource.ShouldBe(Url);
        var request = peer.Requests.Single();
        HttpActionTests.Verify(request, "AKQUEUE", "secret", "us-east-1", "sqs");
        (request.Target, request.Headers["X-Amz-Target"], request.Headers["Content-Type"]).ShouldBe(("/", "AmazonSQS.SendMessage", "application/x-amz-json-1.0"));
        using var document = JsonDocument.Parse(request.Body);
        document.RootElement.GetProperty("MessageBody").GetString().ShouldBe(body);
        document.RootElement.GetProperty("QueueUrl").GetString().ShouldBe($"{peer.Url}/123456789012/orders");
    }

    [Fact]
    public async Task The_query_protocol_names_the_queue_and_a_path_of_the_setting_goes_before_that_of_the_rule()
    {
        await using var peer = await HttpPeer.StartAsync(200);
        _bench.Options.Sqs = peer.Url + "/000000000000?protocol=query";
        (await _bench.RunAsync(Create(), "a&b=c d")).Result.ShouldBe(ActionResult.Success);
        var request = peer.Requests.Single();
        request.Target.ShouldBe("/");
        request.Text.ShouldBe($"Action=SendMessage&Version=2012-11-05&QueueUrl={Uri.EscapeDataString(peer.Url + "/000000000000/orders")}&MessageBody=a%26b%3Dc%20d");
        request.Headers.ContainsKey("Authorization").ShouldBeFalse();
    }

    [Theory]
    [InlineData(400, """{"__type":"com.amazonaws.sqs#QueueDoesNotExist"}""", false)]
    [InlineData(400, "<ErrorResponse><Error><Code>AWS.SimpleQueueService.NonExistentQueue</Code></Error></ErrorResponse>", false)]
    [InlineData(400, """{"__type":"ThrottlingException"}""", true)]
    [InlineData(503, "", true)]
    [InlineData(403, "not understood", false)]
    public async Task An_error_says_whether_it_may_pass(int status, string body, bool mayPass)
    {
        await using var peer = await HttpPeer.StartAsync(async context =>
        {
            context.Response.StatusCode = status;
            await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(body));
        });
        _bench.Options.Sqs = peer.Url;
        var call = await _bench.RunAsync(Create(), "{}");
        call.Result.Outcome.ShouldBe(mayPass ? ActionOutcome.Transient : ActionOutcome.Failed);
        call.Result.Message.ShouldStartWith($"cannot send to queue {peer.Url}/123456789012/orders: status {status}");
    }

    [Fact]
    public async Task Rules_27_bytes_that_are_no_text_need_base64()
    {
        await using var peer = await HttpPeer.StartAsync(200);
        _bench.Options.Sqs = peer.Url;
        _bench.Prepare(Create(), [0xff, 0x00]).Result.Message.ShouldBe($"cannot send to {Url}: the result is not text, and useBase64 is false");
        _bench.Prepare(Create(useBase64: true), [0xff, 0x00]).Result.Outcome.ShouldBe(ActionOutcome.Pending);
    }

    [Theory]
    [InlineData(Url, "action sqs: queueUrl: queue orders has no local target; the setting Rules:Queues gives it one (orders=amqp://HOST/VHOST), or Rules:Sqs (URL of a server with the API of SQS)")]
    [InlineData("https://sqs/1/x.fifo", "action sqs: queueUrl: queue x.fifo is a FIFO queue, which the sqs action does not support")]
    [InlineData("orders", "action sqs: queueUrl: 'orders' is not the URL of a queue, such as https://sqs.us-east-1.amazonaws.com/123456789012/orders")]
    public void A_queue_that_is_not_here_is_refused(string url, string message) =>
        _bench.Refusal("sqs", $$"""{"roleArn":"r","queueUrl":"{{url}}"}""").ShouldBe(message);

    [Fact]
    public async Task A_broker_that_is_not_there_may_come_back()
    {
        _bench.Options.Queues = [$"orders=amqp://user:hidden@127.0.0.1:{FreePort.Take()}/x"];
        var calls = await _bench.RunAllAsync(Create(), "1", "2");
        calls.ShouldAllBe(call => call.Result.Outcome == ActionOutcome.Transient);
        calls[0].Result.Message.ShouldStartWith("cannot send to queue orders of RabbitMQ at 127.0.0.1:");
        calls[0].Result.Message!.ShouldNotContain("hidden");
    }

    private IRuleAction Create(bool useBase64 = false) =>
        _bench.Create("sqs", $$"""{"roleArn":"r","queueUrl":"{{Url}}","useBase64":{{(useBase64 ? "true" : "false")}}}""");
}
