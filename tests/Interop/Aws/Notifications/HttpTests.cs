using System.Text.Json;
using System.Xml.Linq;

namespace Fairlead.Interop.Aws.Notifications;

/// <summary>Notifications by HTTP POST and by function, their documents and signatures.</summary>
public sealed class HttpTests(NotificationHub hub) : IClassFixture<NotificationHub>
{
    private static readonly XNamespace Sns = "http://sns.amazonaws.com/doc/2010-03-31/";

    [Fact]
    public async Task Sns_38_an_endpoint_confirms_by_the_link_and_gets_signed_documents()
    {
        await using var receiver = new HttpReceiver();
        var topic = await TopicAsync("webhook");
        (await CallAsync("Subscribe", new { TopicArn = topic, Protocol = "http", Endpoint = receiver.Url })).GetProperty("SubscriptionArn").GetString().ShouldBe("pending confirmation");
        var asked = await receiver.NextAsync();
        asked.Headers["x-amz-sns-message-type"].ShouldBe("SubscriptionConfirmation");
        asked.Headers["x-amz-sns-topic-arn"].ShouldBe(topic);
        asked.Headers["x-amz-sns-message-id"].ShouldBe(asked.Member("MessageId"));
        asked.Headers["content-type"].ShouldBe("text/plain; charset=UTF-8");
        asked.Headers.Keys.ShouldNotContain("x-amz-sns-subscription-arn");
        await VerifyAsync(asked, "Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type");

        var answer = XDocument.Parse(await hub.Browser.GetStringAsync(asked.Member("SubscribeURL"), TestContext.Current.CancellationToken));
        var subscription = answer.Root!.Element(Sns + "ConfirmSubscriptionResult")!.Element(Sns + "SubscriptionArn")!.Value;
        subscription.ShouldStartWith(topic + ":");

        await CallAsync("Publish", new
        {
            TopicArn = topic,
            Message = "ümläut \"quoted\"\nline",
            Subject = "Subject",
            MessageAttributes = new { colour = new { DataType = "String", StringValue = "red" } },
        });
        var got = await receiver.NextAsync();
        got.Headers["x-amz-sns-message-type"].ShouldBe("Notification");
        got.Headers["x-amz-sns-subscription-arn"].ShouldBe(subscription);
        (got.Member("Type"), got.Member("Message"), got.Member("Subject"), got.Member("TopicArn"), got.Member("SignatureVersion")).ShouldBe(("Notification", "ümläut \"quoted\"\nline", "Subject", topic, "2"));
        got.Document.GetProperty("MessageAttributes").GetProperty("colour").GetProperty("Value").GetString().ShouldBe("red");
        await VerifyAsync(got, "Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type");

        await CallAsync("SetTopicAttributes", new { TopicArn = topic, AttributeName = "SignatureVersion", AttributeValue = "1" });
        await CallAsync("Publish", new { TopicArn = topic, Message = "no subject" });
        var old = await receiver.NextAsync();
        old.Document.TryGetProperty("Subject", out _).ShouldBeFalse();
        await VerifyAsync(old, "Message", "MessageId", "Timestamp", "TopicArn", "Type");

        (await hub.Browser.GetAsync(old.Member("UnsubscribeURL"), TestContext.Current.CancellationToken)).IsSuccessStatusCode.ShouldBeTrue();
        (await CallAsync("ListSubscriptionsByTopic", new { TopicArn = topic })).GetProperty("Subscriptions").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task Sns_38_a_failing_endpoint_is_tried_three_times_more()
    {
        await using var receiver = new HttpReceiver();
        var topic = await TopicAsync("failing");
        var subscription = await ConfirmedAsync(topic, receiver);
        await CallAsync("SetSubscriptionAttributes", new
        {
            SubscriptionArn = subscription,
            AttributeName = "DeliveryPolicy",
            AttributeValue = """{"healthyRetryPolicy":{"minDelayTarget":1,"maxDelayTarget":1,"numRetries":3}}""",
        });
        // The first post asked for confirmation.
        receiver.Status = static number => number == 5 ? 200 : 500;
        await CallAsync("Publish", new { TopicArn = topic, Message = "again" });
        var id = (await receiver.NextAsync()).Member("MessageId");
        for (var i = 0; i < 3; i++) (await receiver.NextAsync()).Member("MessageId").ShouldBe(id);
        receiver.Status = static _ => 404;
        await CallAsync("Publish", new { TopicArn = topic, Message = "refused" });
        (await receiver.NextAsync()).Member("Message").ShouldBe("refused");
        await hub.Aws.Hub.LogLineAsync("notification_refused", "404");
        var metrics = await hub.Aws.Administrator.GetStringAsync("/metrics", TestContext.Current.CancellationToken);
        metrics.ShouldContain("fairlead_notifications_deliveries_total{protocol=\"http\",result=\"refused\"} 1");
        metrics.ShouldContain("fairlead_notifications_retries_total{protocol=\"http\"} 3");
    }

    [Fact]
    public async Task Sns_37_each_protocol_gets_its_own_text_raw_if_it_likes()
    {
        await using var receiver = new HttpReceiver();
        var topic = await TopicAsync("texts");
        var subscription = await ConfirmedAsync(topic, receiver);
        await CallAsync("Subscribe", new { TopicArn = topic, Protocol = "email", Endpoint = "texts@example.org" });
        var asked = await hub.Smtp.NextToAsync("texts@example.org");
        (await hub.Browser.PostAsync(asked.Link, null, TestContext.Current.CancellationToken)).IsSuccessStatusCode.ShouldBeTrue();
        const string Texts = """{"default":"for all","email":"for mail","http":7}""";
        await CallAsync("Publish", new { TopicArn = topic, Message = Texts, MessageStructure = "json" });
        (await receiver.NextAsync()).Member("Message").ShouldBe("for all");
        (await hub.Smtp.NextToAsync("texts@example.org")).Text.ShouldStartWith("for mail");
        await CallAsync("SetSubscriptionAttributes", new { SubscriptionArn = subscription, AttributeName = "RawMessageDelivery", AttributeValue = "true" });
        await CallAsync("Publish", new { TopicArn = topic, Message = "bare" });
        var bare = await receiver.NextAsync();
        bare.Body.ShouldBe("bare");
        bare.Headers["x-amz-sns-rawdelivery"].ShouldBe("true");
    }

    [Fact]
    public async Task Filter_policies_keep_back_what_is_not_wanted()
    {
        await using var receiver = new HttpReceiver();
        var topic = await TopicAsync("filtered");
        var subscription = await ConfirmedAsync(topic, receiver);
        await CallAsync("SetSubscriptionAttributes", new { SubscriptionArn = subscription, AttributeName = "FilterPolicy", AttributeValue = """{"kind":["alarm"]}""" });
        await CallAsync("Publish", new { TopicArn = topic, Message = "not wanted" });
        await CallAsync("Publish", new { TopicArn = topic, Message = "wanted", MessageAttributes = new { kind = new { DataType = "String", StringValue = "alarm" } } });
        (await receiver.NextAsync()).Member("Message").ShouldBe("wanted");
        await CallAsync("SetSubscriptionAttributes", new { SubscriptionArn = subscription, AttributeName = "FilterPolicyScope", AttributeValue = "MessageBody" });
        await CallAsync("SetSubscriptionAttributes", new { SubscriptionArn = subscription, AttributeName = "FilterPolicy", AttributeValue = """{"state":{"level":[{"numeric":[">",5]}]}}""" });
        await CallAsync("Publish", new { TopicArn = topic, Message = """{"state":{"level":5}}""" });
        await CallAsync("Publish", new { TopicArn = topic, Message = """{"state":{"level":6}}""" });
        (await receiver.NextAsync()).Member("Message").ShouldBe("""{"state":{"level":6}}""");
    }

    [Fact]
    public async Task A_function_is_called_with_the_event_of_Lambda()
    {
        await using var function = FunctionServer.Start(static _ => new { });
        var topic = await TopicAsync("function");
        (await CallAsync("Subscribe", new { TopicArn = topic, Protocol = "lambda", Endpoint = function.Url })).GetProperty("SubscriptionArn").GetString().ShouldNotBeNull().ShouldStartWith(topic + ":");
        await CallAsync("Publish", new { TopicArn = topic, Message = "call" });
        await hub.Aws.Hub.LogLineAsync("notification_delivered", "lambda");
        var record = function.Events.ShouldHaveSingleItem().GetProperty("Records")[0];
        record.GetProperty("EventSource").GetString().ShouldBe("aws:sns");
        record.GetProperty("Sns").GetProperty("Message").GetString().ShouldBe("call");
    }

    [Fact]
    public async Task Requests_that_are_none_are_answered_in_xml()
    {
        foreach (var (method, path, form, status, code) in new (string, string, string?, int, string)[]
        {
            ("POST", "/", "Action=ListTopics&Version=2010-03-31", 403, "MissingAuthenticationToken"),
            ("POST", "/", "Action=ListTopics&Version=2011-06-15", 400, "InvalidAction"),
            ("POST", "/", "Action=Nonsense", 400, "InvalidAction"),
            ("POST", "/", "", 400, "InvalidAction"),
            ("POST", "/", "Action=%ff", 400, "MalformedQueryString"),
            ("POST", "/", "Action=Unsubscribe&SubscriptionArn=" + new string('x', 9000), 400, "InvalidParameter"),
            ("GET", "/?Action=DeleteTopic&TopicArn=arn:aws:sns:us-east-1:123456789012:webhook", null, 403, "MissingAuthenticationToken"),
            ("GET", "/?Action=ConfirmSubscription&TopicArn=arn:aws:sns:us-east-1:123456789012:none&Token=x", null, 404, "NotFound"),
            ("GET", "/?Action=ConfirmSubscription&TopicArn=x&Token=x", null, 400, "InvalidParameter"),
            ("GET", "/?Action=Unsubscribe&SubscriptionArn=x", null, 400, "InvalidParameter"),
        })
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path);
            if (form is not null) request.Content = new StringContent(form, System.Text.Encoding.UTF8, "application/x-www-form-urlencoded");
            using var response = await hub.Browser.SendAsync(request, TestContext.Current.CancellationToken);
            var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            ((int)response.StatusCode).ShouldBe(status, $"{path} {form}: {body}");
            response.Content.Headers.ContentType!.MediaType.ShouldBe("text/xml");
            XDocument.Parse(body).Root!.Element(Sns + "Error")!.Element(Sns + "Code")!.Value.ShouldBe(code, body);
        }
    }

    private Task<JsonElement> CallAsync(string operation, object parameters) => NotificationHub.CallAsync(hub.Aws.Boto3, operation, parameters);

    private async Task<string> TopicAsync(string name) => (await CallAsync("CreateTopic", new { Name = name })).GetProperty("TopicArn").GetString()!;

    private async Task<string> ConfirmedAsync(string topic, HttpReceiver receiver)
    {
        await CallAsync("Subscribe", new { TopicArn = topic, Protocol = "http", Endpoint = receiver.Url });
        var token = (await receiver.NextAsync()).Member("Token");
        return (await CallAsync("ConfirmSubscription", new { TopicArn = topic, Token = token })).GetProperty("SubscriptionArn").GetString()!;
    }

    /// <summary>Checks the signature with openssl and the certificate that the document names.</summary>
    private async Task VerifyAsync(ReceivedPost post, params string[] members)
    {
        Requirements.NeedProgram("openssl");
        var home = hub.Person.Home;
        await File.WriteAllTextAsync(Path.Combine(home, "cert.pem"), await hub.Browser.GetStringAsync(post.Member("SigningCertURL"), TestContext.Current.CancellationToken), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(home, "signed.txt"), string.Concat(members.Select(name => $"{name}\n{post.Member(name)}\n")), TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(Path.Combine(home, "signature.bin"), Convert.FromBase64String(post.Member("Signature")), TestContext.Current.CancellationToken);
        (await hub.Person.RunProgramAsync("openssl", null, "x509", "-in", "cert.pem", "-pubkey", "-noout", "-out", "key.pem")).ShouldBeDone();
        var verified = await hub.Person.RunProgramAsync("openssl", null, "dgst", post.Member("SignatureVersion") == "1" ? "-sha1" : "-sha256", "-verify", "key.pem", "-signature", "signature.bin", "signed.txt");
        verified.Output.Trim().ShouldBe("Verified OK", verified.Errors);
    }
}
