using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Fairlead.Interop.Tools;

namespace Fairlead.Interop.Aws.Notifications;

/// <summary>Mails over a real SMTP server, and into the outbox without one.</summary>
public sealed class MailTests(NotificationHub hub) : IClassFixture<NotificationHub>
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task Sns_36_looking_at_the_link_confirms_nothing_and_pressing_the_button_does()
    {
        var topic = await TopicAsync("button");
        await CallAsync("Subscribe", new { TopicArn = topic, Protocol = "email", Endpoint = "button@example.org" });
        var asked = await hub.Smtp.NextToAsync("button@example.org");
        var link = asked.Link;
        using (var page = await hub.Browser.GetAsync(link, None))
        {
            var html = await page.Content.ReadAsStringAsync(None);
            page.IsSuccessStatusCode.ShouldBeTrue(html);
            page.Content.Headers.ContentType!.MediaType.ShouldBe("text/html");
            page.Headers.GetValues("Content-Security-Policy").ShouldHaveSingleItem().ShouldContain("default-src 'none'");
            html.ShouldContain("<form method=\"post\"><button type=\"submit\">Confirm subscription</button></form>");
        }

        using (var head = await hub.Browser.SendAsync(new HttpRequestMessage(HttpMethod.Head, link), None)) head.IsSuccessStatusCode.ShouldBeTrue();
        (await StateAsync(topic)).ShouldBe("PendingConfirmation");
        using (var pressed = await hub.Browser.PostAsync(link, new FormUrlEncodedContent([]), None)) (await pressed.Content.ReadAsStringAsync(None)).ShouldContain("Subscription confirmed");
        (await StateAsync(topic)).ShouldStartWith(topic + ":");
        using var twice = await hub.Browser.PostAsync(link, null, None);
        twice.IsSuccessStatusCode.ShouldBeTrue();
        using var wrong = await hub.Browser.GetAsync(link + "0", None);
        ((int)wrong.StatusCode).ShouldBe(400);
    }

    [Fact]
    public async Task Sns_39_the_link_in_a_mail_ends_the_subscription_unsigned()
    {
        var topic = await ConfirmedAsync("leave", "email", "leave@example.org");
        await CallAsync("Publish", new { TopicArn = topic, Message = "first" });
        var mail = await hub.Smtp.NextToAsync("leave@example.org");
        mail.Headers["list-unsubscribe-post"].ShouldBe("List-Unsubscribe=One-Click");
        mail.Headers["list-unsubscribe"].Replace(" ", "", StringComparison.Ordinal).ShouldBe($"<{mail.Link}>");
        mail.Headers["auto-submitted"].ShouldBe("auto-generated");
        using (var page = await hub.Browser.GetAsync(mail.Link, None)) (await page.Content.ReadAsStringAsync(None)).ShouldContain("End subscription");
        (await StateAsync(topic)).ShouldStartWith(topic + ":");
        using (var pressed = await hub.Browser.PostAsync(mail.Link, new StringContent("List-Unsubscribe=One-Click", System.Text.Encoding.UTF8, "application/x-www-form-urlencoded"), None))
            (await pressed.Content.ReadAsStringAsync(None)).ShouldContain("Subscription ended");
        (await CallAsync("ListSubscriptionsByTopic", new { TopicArn = topic })).GetProperty("Subscriptions").GetArrayLength().ShouldBe(0);
        await CallAsync("Publish", new { TopicArn = topic, Message = "into the void" });
        await ConfirmedAsync("leave-after", "email", "after@example.org");
        // Whatever had gone to the first would have come before.
        hub.Smtp.TryNext(out _).ShouldBeFalse();
    }

    [Fact]
    public async Task Who_asked_for_a_signature_ends_it_with_one()
    {
        var topic = await TopicAsync("guarded-leave");
        await CallAsync("Subscribe", new { TopicArn = topic, Protocol = "email", Endpoint = "guarded@example.org" });
        var token = (await hub.Smtp.NextToAsync("guarded@example.org")).Link.Query.Split("Token=")[1];
        using (var unsigned = await hub.Browser.GetAsync($"/?Action=ConfirmSubscription&TopicArn={topic}&Token={token}&AuthenticateOnUnsubscribe=true", None)) ((int)unsigned.StatusCode).ShouldBe(403);
        var subscription = (await CallAsync("ConfirmSubscription", new { TopicArn = topic, Token = token, AuthenticateOnUnsubscribe = "true" })).GetProperty("SubscriptionArn").GetString();
        using (var unsigned = await hub.Browser.GetAsync($"/?Action=Unsubscribe&SubscriptionArn={subscription}", None)) ((int)unsigned.StatusCode).ShouldBe(403);
        await CallAsync("Unsubscribe", new { SubscriptionArn = subscription });
    }

    [Fact]
    public async Task Mail_that_is_put_off_comes_later_and_mail_that_is_refused_is_counted()
    {
        var later = await TopicAsync("later");
        await CallAsync("Subscribe", new { TopicArn = later, Protocol = "email", Endpoint = "later-2@example.org" });
        (await hub.Smtp.NextToAsync("later-2@example.org")).Subject.ShouldBe("Confirm subscription to later");
        await CallAsync("Subscribe", new { TopicArn = await TopicAsync("bounces"), Protocol = "email", Endpoint = "bounce@example.org" });
        await hub.Aws.Hub.LogLineAsync("notification_refused", "550 5.1.1 no such mailbox");
        (await hub.Aws.Administrator.GetStringAsync("/metrics", None)).ShouldContain("fairlead_notifications_deliveries_total{protocol=\"email\",result=\"refused\"} 1");
    }

    [Fact]
    public async Task Email_json_carries_the_document_and_long_or_foreign_texts_arrive_whole()
    {
        var topic = await ConfirmedAsync("documents", "email-json", "json@example.org");
        await CallAsync("Publish", new { TopicArn = topic, Message = "in json", Subject = "Grüße" });
        var mail = await hub.Smtp.NextToAsync("json@example.org");
        mail.Subject.ShouldBe("Grüße");
        using var document = JsonDocument.Parse(mail.Text);
        document.RootElement.GetProperty("Message").GetString().ShouldBe("in json");
        document.RootElement.GetProperty("Type").GetString().ShouldBe("Notification");
        var plain = await ConfirmedAsync("long-lines", "email", "long@example.org");
        var text = new string('ä', 3000) + "\n.\n" + new string('x', 5000);
        await CallAsync("Publish", new { TopicArn = plain, Message = text });
        (await hub.Smtp.NextToAsync("long@example.org")).Text.ReplaceLineEndings("\n").ShouldStartWith(text + "\n\n--\n");
    }

    [Theory]
    [InlineData("starttls")]
    [InlineData("tls")]
    public async Task The_server_is_reached_over_TLS_with_a_login(string security)
    {
        var folder = Directory.CreateTempSubdirectory("fairlead-smtp-");
        try
        {
            var (certificate, key) = MakeCertificate(folder.FullName);
            string[] further = security == "tls" ? ["--implicit-tls"] : [];
            await using var smtp = await SmtpServer.StartAsync(["--certificate", certificate, "--key", key, "--user", "hub", "--password", "s3cret", .. further]);
            var password = Path.Combine(folder.FullName, "password");
            await File.WriteAllTextAsync(password, "s3cret\n", None);
            await using var other = new AwsHub
            {
                Arguments =
                [
                    "--set", "Smtp:Host=localhost", "--set", $"Smtp:Port={smtp.Port}", "--set", $"Smtp:Security={security}", "--set", "Smtp:From=hub@example.org",
                    "--set", "Smtp:User=hub", "--set", $"Smtp:Password_FILE={password}", "--set", $"Smtp:CaFile={certificate}",
                ],
            };
            await other.InitializeAsync();
            var topic = (await NotificationHub.CallAsync(other.Boto3, "CreateTopic", new { Name = "secret" })).GetProperty("TopicArn").GetString();
            await NotificationHub.CallAsync(other.Boto3, "Subscribe", new { TopicArn = topic, Protocol = "email", Endpoint = "ops@example.org" });
            var mail = await smtp.NextAsync();
            mail.Tls.ShouldBe(security == "starttls" || mail.Tls);
            mail.Login.ShouldBe("hub");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Without_a_server_mails_lie_in_the_outbox()
    {
        await using var other = new AwsHub { Arguments = ["--set", "Smtp:OutboxFiles=2", "--set", "Log:Level=debug"] };
        await other.InitializeAsync();
        var home = Directory.CreateTempSubdirectory("fairlead-outbox-");
        var person = new Cli(home.FullName, new Dictionary<string, string>
        {
            ["FAIRLEAD_URL"] = other.Hub.Http.ToString(),
            ["FAIRLEAD_TOKEN"] = (await File.ReadAllTextAsync(Path.Combine(other.Hub.DataDirectory, "admin.token"), None)).Trim(),
        });
        var topic = (await NotificationHub.CallAsync(other.Boto3, "CreateTopic", new { Name = "boxed" })).GetProperty("TopicArn").GetString();
        foreach (var name in (string[])["one", "two", "three"])
        {
            await NotificationHub.CallAsync(other.Boto3, "Subscribe", new { TopicArn = topic, Protocol = "email", Endpoint = $"{name}@example.org" });
            await other.Hub.LogLineAsync("notification_delivered", "email");
        }

        var list = await UntilAsync(() => person.RunAsync("outbox", "ls", "--json"), static outcome => outcome.Output.Contains("three@example.org", StringComparison.Ordinal));
        list.ShouldBeDone();
        list.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(2);
        var shown = await person.RunAsync("outbox", "show", "last");
        shown.ShouldBeDone();
        shown.Output.ShouldContain("Subject: Confirm subscription to boxed");
        shown.Output.ShouldContain("To: three@example.org");
        var link = new Uri(shown.Output.Split(' ', '\n').Single(static word => word.StartsWith("https://", StringComparison.Ordinal)));
        using var browser = Trusting.Client(other.Ca, other.Https);
        using (var pressed = await browser.PostAsync(link, null, None)) pressed.IsSuccessStatusCode.ShouldBeTrue();
        (await person.RunAsync("outbox", "show", "last", "--raw")).Output.ShouldContain("Auto-Submitted: auto-generated");
        (await person.RunAsync("outbox", "show", "../admin")).ExitCode.ShouldNotBe(0);
        home.Delete(recursive: true);
    }

    private static async Task<ToolOutcome> UntilAsync(Func<Task<ToolOutcome>> run, Func<ToolOutcome, bool> isSo)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            var outcome = await run();
            if (isSo(outcome) || late.IsCancellationRequested) return outcome;
        }
    }

    private static (string Certificate, string Key) MakeCertificate(string folder)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(Path.Combine(folder, "cert.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(folder, "key.pem"), key.ExportPkcs8PrivateKeyPem());
        return (Path.Combine(folder, "cert.pem"), Path.Combine(folder, "key.pem"));
    }

    private Task<JsonElement> CallAsync(string operation, object parameters) => NotificationHub.CallAsync(hub.Aws.Boto3, operation, parameters);

    private async Task<string> TopicAsync(string name) => (await CallAsync("CreateTopic", new { Name = name })).GetProperty("TopicArn").GetString()!;

    private async Task<string> ConfirmedAsync(string name, string protocol, string address)
    {
        var topic = await TopicAsync(name);
        await CallAsync("Subscribe", new { TopicArn = topic, Protocol = protocol, Endpoint = address });
        var asked = await hub.Smtp.NextToAsync(address);
        using var pressed = await hub.Browser.PostAsync(asked.Link, null, None);
        pressed.IsSuccessStatusCode.ShouldBeTrue();
        return topic;
    }

    private async Task<string> StateAsync(string topic) =>
        (await CallAsync("ListSubscriptionsByTopic", new { TopicArn = topic })).GetProperty("Subscriptions")[0].GetProperty("SubscriptionArn").GetString()!;
}
