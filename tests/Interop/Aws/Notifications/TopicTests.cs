using System.Text.Json;

namespace Fairlead.Interop.Aws.Notifications;

/// <summary>Topics and subscriptions by boto3, the AWS SDK for JavaScript and the AWS command line.</summary>
public sealed class TopicTests(NotificationHub hub) : IClassFixture<NotificationHub>
{
    private const string Account = "123456789012";

    public static TheoryData<AwsTool> Tools => new(AwsTool.Boto3, AwsTool.JavaScript);

    [Fact]
    public async Task Sns_35_the_AWS_command_line_does_everything_once()
    {
        var topic = (await hub.RunAwsAsync("sns", "create-topic", "--name", "by-cli", "--attributes", "DisplayName=By hand", "--tags", "Key=k,Value=v")).GetProperty("TopicArn").GetString()!;
        topic.ShouldBe($"arn:aws:sns:us-east-1:{Account}:by-cli");
        Entries(await hub.RunAwsAsync("sns", "list-topics"), "Topics", "TopicArn").ShouldContain(topic);
        (await hub.RunAwsAsync("sns", "get-topic-attributes", "--topic-arn", topic)).GetProperty("Attributes").GetProperty("DisplayName").GetString().ShouldBe("By hand");
        await hub.RunAwsAsync("sns", "set-topic-attributes", "--topic-arn", topic, "--attribute-name", "DisplayName", "--attribute-value", "By hand again");
        (await hub.RunAwsAsync("sns", "list-tags-for-resource", "--resource-arn", topic)).GetProperty("Tags")[0].GetProperty("Value").GetString().ShouldBe("v");
        (await hub.RunAwsAsync("sns", "subscribe", "--topic-arn", topic, "--protocol", "email", "--notification-endpoint", "cli@example.org"))
            .GetProperty("SubscriptionArn").GetString().ShouldBe("pending confirmation");
        var asked = await hub.Smtp.NextToAsync("cli@example.org");
        asked.Subject.ShouldBe("Confirm subscription to By hand again");
        var token = asked.Link.Query.Split("Token=")[1];
        var subscription = (await hub.RunAwsAsync("sns", "confirm-subscription", "--topic-arn", topic, "--token", token)).GetProperty("SubscriptionArn").GetString()!;
        subscription.ShouldStartWith(topic + ":");
        Entries(await hub.RunAwsAsync("sns", "list-subscriptions-by-topic", "--topic-arn", topic), "Subscriptions", "SubscriptionArn").ShouldBe([subscription]);
        Entries(await hub.RunAwsAsync("sns", "list-subscriptions"), "Subscriptions", "SubscriptionArn").ShouldContain(subscription);
        (await hub.RunAwsAsync("sns", "get-subscription-attributes", "--subscription-arn", subscription)).GetProperty("Attributes").GetProperty("PendingConfirmation").GetString().ShouldBe("false");
        var sent = await hub.RunAwsAsync("sns", "publish", "--topic-arn", topic, "--message", "hello <you> & others", "--subject", "Greetings");
        sent.GetProperty("MessageId").GetString().ShouldNotBeNullOrEmpty();
        var mail = await hub.Smtp.NextToAsync("cli@example.org");
        mail.Subject.ShouldBe("Greetings");
        mail.Text.ReplaceLineEndings("\n").ShouldStartWith("hello <you> & others\n\n--\n");
        mail.Headers["from"].ShouldBe("By hand again <hub@example.org>");
        await hub.RunAwsAsync("sns", "unsubscribe", "--subscription-arn", subscription);
        Entries(await hub.RunAwsAsync("sns", "list-subscriptions-by-topic", "--topic-arn", topic), "Subscriptions", "SubscriptionArn").ShouldBeEmpty();
        await hub.RunAwsAsync("sns", "untag-resource", "--resource-arn", topic, "--tag-keys", "k");
        await hub.RunAwsAsync("sns", "delete-topic", "--topic-arn", topic);
        Entries(await hub.RunAwsAsync("sns", "list-topics"), "Topics", "TopicArn").ShouldNotContain(topic);
    }

    [Theory]
    [MemberData(nameof(Tools))]
    public async Task Sns_35_40_SDKs_make_list_and_delete_topics(AwsTool tool)
    {
        var api = Api(tool);
        var name = $"sdk-{tool}";
        var topic = Text(await NotificationHub.CallAsync(api, "CreateTopic", new { Name = name, Attributes = new { DisplayName = "One" }, Tags = new[] { new { Key = "a", Value = "1" } } }), "TopicArn");
        Text(await NotificationHub.CallAsync(api, "CreateTopic", new { Name = name }), "TopicArn").ShouldBe(topic);
        Text(await NotificationHub.CallAsync(api, "CreateTopic", new { Name = name, Attributes = new { DisplayName = "One" } }), "TopicArn").ShouldBe(topic);
        await RefusedAsync(api, 400, "InvalidParameter", "CreateTopic", new { Name = name, Attributes = new { DisplayName = "Two" } });
        var attributes = (await NotificationHub.CallAsync(api, "GetTopicAttributes", new { TopicArn = topic })).GetProperty("Attributes");
        Text(attributes, "Owner").ShouldBe(Account);
        Text(attributes, "SubscriptionsConfirmed").ShouldBe("0");
        using (var policy = JsonDocument.Parse(Text(attributes, "EffectiveDeliveryPolicy")))
            policy.RootElement.ToString().ShouldContain("\"numRetries\":3");
        JsonDocument.Parse(Text(attributes, "Policy")).Dispose();
        await NotificationHub.CallAsync(api, "TagResource", new { ResourceArn = topic, Tags = new[] { new { Key = "b", Value = "2" } } });
        await NotificationHub.CallAsync(api, "UntagResource", new { ResourceArn = topic, TagKeys = new[] { "a" } });
        (await NotificationHub.CallAsync(api, "ListTagsForResource", new { ResourceArn = topic })).GetProperty("Tags").EnumerateArray().Select(static tag => Text(tag, "Key")).ShouldBe(["b"]);
        await NotificationHub.CallAsync(api, "DeleteTopic", new { TopicArn = topic });
        await NotificationHub.CallAsync(api, "DeleteTopic", new { TopicArn = topic });
        await RefusedAsync(api, 404, "NotFound", "GetTopicAttributes", new { TopicArn = topic });
        await RefusedAsync(api, 404, "ResourceNotFound", "ListTagsForResource", new { ResourceArn = topic });
    }

    [Theory]
    [MemberData(nameof(Tools))]
    public async Task Sns_36_a_subscription_by_mail_waits_for_its_confirmation(AwsTool tool)
    {
        var api = Api(tool);
        var address = $"waits-{tool}@example.org";
        var topic = Text(await NotificationHub.CallAsync(api, "CreateTopic", new { Name = $"waits-{tool}" }), "TopicArn");
        Text(await NotificationHub.CallAsync(api, "Subscribe", new { TopicArn = topic, Protocol = "email", Endpoint = address }), "SubscriptionArn").ShouldBe("pending confirmation");
        var first = await hub.Smtp.NextToAsync(address);
        var arn = Text(await NotificationHub.CallAsync(api, "Subscribe", new { TopicArn = topic, Protocol = "email", Endpoint = address, ReturnSubscriptionArn = true }), "SubscriptionArn");
        arn.ShouldStartWith(topic + ":");
        (await hub.Smtp.NextToAsync(address)).Link.ShouldBe(first.Link);
        var listed = (await NotificationHub.CallAsync(api, "ListSubscriptionsByTopic", new { TopicArn = topic })).GetProperty("Subscriptions").EnumerateArray().ShouldHaveSingleItem();
        (Text(listed, "SubscriptionArn"), Text(listed, "Owner"), Text(listed, "Protocol"), Text(listed, "Endpoint")).ShouldBe(("PendingConfirmation", Account, "email", address));
        await NotificationHub.CallAsync(api, "Publish", new { TopicArn = topic, Message = "too early" });
        await RefusedAsync(api, 400, "InvalidParameter", "ConfirmSubscription", new { TopicArn = topic, Token = "no such token" }, "Invalid parameter: Token");
        var token = first.Link.Query.Split("Token=")[1];
        Text(await NotificationHub.CallAsync(api, "ConfirmSubscription", new { TopicArn = topic, Token = token }), "SubscriptionArn").ShouldBe(arn);
        Text(await NotificationHub.CallAsync(api, "ConfirmSubscription", new { TopicArn = topic, Token = token }), "SubscriptionArn").ShouldBe(arn);
        await NotificationHub.CallAsync(api, "Publish", new { TopicArn = topic, Message = "in time" });
        (await hub.Smtp.NextToAsync(address)).Text.ShouldStartWith("in time");
    }

    [Theory]
    [MemberData(nameof(Tools))]
    public async Task Requests_that_break_a_rule_are_refused_as_the_model_says(AwsTool tool)
    {
        var api = Api(tool);
        var topic = Text(await NotificationHub.CallAsync(api, "CreateTopic", new { Name = $"rules-{tool}" }), "TopicArn");
        await RefusedAsync(api, 400, "InvalidParameter", "CreateTopic", new { Name = "no blanks" });
        await RefusedAsync(api, 400, "InvalidParameter", "CreateTopic", new { Name = "ordered.fifo" });
        await RefusedAsync(api, 400, "InvalidParameter", "Subscribe", new { TopicArn = topic, Protocol = "email", Endpoint = "nobody" }, "Invalid parameter: Email address");
        await RefusedAsync(api, 400, "InvalidParameter", "Subscribe", new { TopicArn = topic, Protocol = "sms", Endpoint = "+15550100" }, "Does not support this protocol string: sms");
        await RefusedAsync(api, 400, "InvalidParameter", "Subscribe", new { TopicArn = topic, Protocol = "sqs", Endpoint = "arn:aws:sqs:us-east-1:1:q" }, "Does not support this protocol string: sqs");
        await RefusedAsync(api, 404, "NotFound", "Subscribe", new { TopicArn = topic + "-not", Protocol = "email", Endpoint = "a@example.org" });
        await RefusedAsync(api, 400, "InvalidParameter", "SetTopicAttributes", new { TopicArn = topic, AttributeName = "Policy", AttributeValue = "{}" }, "Policy");
        await RefusedAsync(api, 404, "NotFound", "Publish", new { TopicArn = topic + "-not", Message = "x" });
        await RefusedAsync(api, 400, "InvalidParameter", "Publish", new { TopicArn = topic, Message = "x", Subject = new string('s', 100) });
        await RefusedAsync(api, 400, "InvalidParameter", "Publish", new { TopicArn = topic, Message = new string('x', 262_145) }, "Message too long");
        await RefusedAsync(api, 400, "InvalidParameter", "Publish", new { TopicArn = topic, Message = "{\"email\":\"x\"}", MessageStructure = "json" }, "No default entry in JSON message body");
        await NotificationHub.CallAsync(api, "Publish", new { TopicArn = topic, Message = new string('x', 262_144), Subject = new string('s', 99) });
        await NotificationHub.CallAsync(api, "Publish", new { TargetArn = topic, Message = string.Concat(Enumerable.Repeat("ä", 131_072)) });
        await RefusedAsync(api, 400, "InvalidAction", "AddPermission", new { TopicArn = topic, Label = "l", AWSAccountId = new[] { "1" }, ActionName = new[] { "Publish" } }, "AddPermission is not offered");
        await RefusedAsync(api, 400, "InvalidAction", "ListPhoneNumbersOptedOut", new { }, "ListPhoneNumbersOptedOut is not offered");
    }

    [Fact]
    public async Task Long_lists_come_in_pages()
    {
        var names = Enumerable.Range(0, 120).Select(static i => $"page-{i:d3}").ToList();
        await Task.WhenAll(names.Select(name => NotificationHub.CallAsync(hub.Aws.Boto3, "CreateTopic", new { Name = name })));
        var found = new List<string>();
        string? next = null;
        do
        {
            var page = await NotificationHub.CallAsync(hub.Aws.Boto3, "ListTopics", next is null ? new { } : new { NextToken = next });
            found.AddRange(Entries(page, "Topics", "TopicArn"));
            next = page.TryGetProperty("NextToken", out var token) ? token.GetString() : null;
        }
        while (next is not null);
        found.ShouldBeUnique();
        foreach (var name in names) found.ShouldContain($"arn:aws:sns:us-east-1:{Account}:{name}");
        await RefusedAsync(hub.Aws.Boto3, 400, "InvalidParameter", "ListTopics", new { NextToken = "%%%" });
    }

    [Fact]
    public async Task A_key_may_what_its_policy_says()
    {
        var topic = Text(await NotificationHub.CallAsync(hub.Aws.Boto3, "CreateTopic", new { Name = "guarded" }), "TopicArn");
        var document = JsonSerializer.Serialize(new { Version = "2012-10-17", Statement = new[] { new { Effect = "Allow", Action = new[] { "sns:Publish" }, Resource = topic } } });
        using var made = await hub.Aws.Administrator.PostAsync("/v1/keys", new StringContent(JsonSerializer.Serialize(new { name = "publisher", policyDocument = document }), System.Text.Encoding.UTF8, "application/json"), TestContext.Current.CancellationToken);
        using var key = JsonDocument.Parse(await made.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        made.IsSuccessStatusCode.ShouldBeTrue(key.RootElement.ToString());
        await using var api = hub.Aws.Start(AwsTool.Boto3, hub.Aws.Login with { AccessKey = Text(key.RootElement, "id"), SecretKey = Text(key.RootElement, "secret") });
        await NotificationHub.CallAsync(api, "Publish", new { TopicArn = topic, Message = "x" });
        await RefusedAsync(api, 403, "AuthorizationError", "Publish", new { TopicArn = topic + "2", Message = "x" }, "may not sns:Publish");
        await RefusedAsync(api, 403, "AuthorizationError", "DeleteTopic", new { TopicArn = topic });
        await RefusedAsync(api, 403, "AuthorizationError", "ListTopics", new { });
        await using var stranger = hub.Aws.Start(AwsTool.Boto3, hub.Aws.Login with { SecretKey = "wrong" });
        await RefusedAsync(stranger, 403, "SignatureDoesNotMatch", "ListTopics", new { });
        await using var unknown = hub.Aws.Start(AwsTool.Boto3, hub.Aws.Login with { AccessKey = "AKIAUNKNOWN000000000" });
        await RefusedAsync(unknown, 403, "InvalidClientTokenId", "ListTopics", new { });
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    private static List<string> Entries(JsonElement answer, string list, string member) =>
        answer.ValueKind == JsonValueKind.Object && answer.TryGetProperty(list, out var entries) ? [.. entries.EnumerateArray().Select(entry => Text(entry, member))] : [];

    private static async Task RefusedAsync(AwsApi api, int status, string code, string operation, object parameters, string message = "")
    {
        var answer = await api.SendAsync("sns", operation, parameters);
        answer.Error.ShouldNotBeNull($"{operation} was served");
        answer.Error.Status.ShouldBe(status, answer.Error.Message);
        // boto3 tells the code; the JavaScript SDK the name of the exception.
        (answer.Error.Code + "Exception").ShouldStartWith(code, Case.Sensitive, answer.Error.Message);
        answer.Error.Message.ShouldNotBeNull().ShouldContain(message);
        answer.Error.RequestId.ShouldNotBeNullOrEmpty();
    }

    private AwsApi Api(AwsTool tool) => tool == AwsTool.Boto3 ? hub.Aws.Boto3 : hub.Aws.JavaScript;
}
