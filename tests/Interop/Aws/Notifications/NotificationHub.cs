using System.Text.Json;
using Fairlead.Interop.Tools;

namespace Fairlead.Interop.Aws.Notifications;

/// <summary>A hub whose mails go to a real SMTP server, with boto3, the JavaScript SDK and the AWS command line.</summary>
public sealed class NotificationHub : IAsyncLifetime
{
    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("fairlead-sns-home-");

    /// <summary>Further arguments of the hub.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    public SmtpServer Smtp { get; private set; } = null!;

    public AwsHub Aws { get; private set; } = null!;

    /// <summary>A person whose AWS command line knows the hub.</summary>
    public Cli Person { get; private set; } = null!;

    /// <summary>A browser that trusts the hub's authority and carries no credentials.</summary>
    public HttpClient Browser { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Smtp = await SmtpServer.StartAsync();
        Aws = new AwsHub
        {
            Arguments =
            [
                "--set", "Smtp:Host=127.0.0.1", "--set", $"Smtp:Port={Smtp.Port}", "--set", "Smtp:Security=none", "--set", "Smtp:From=hub@example.org",
                "--set", "Smtp:RetryDelay=1s", "--set", "Log:Level=debug", .. Arguments,
            ],
        };
        await Aws.InitializeAsync();
        Person = new Cli(_home.FullName, new Dictionary<string, string>
        {
            ["AWS_ENDPOINT_URL"] = Aws.Login.Endpoint,
            ["AWS_ACCESS_KEY_ID"] = Aws.Login.AccessKey,
            ["AWS_SECRET_ACCESS_KEY"] = Aws.Login.SecretKey,
            ["AWS_DEFAULT_REGION"] = Aws.Login.Region,
            ["AWS_CA_BUNDLE"] = Aws.Ca,
            ["AWS_MAX_ATTEMPTS"] = "1",
        });
        Browser = Trusting.Client(Aws.Ca, Aws.Https);
    }

    /// <summary>Runs <c>aws</c> and expects it to succeed.</summary>
    /// <returns>Its output as JSON; undefined when it wrote nothing.</returns>
    public async Task<JsonElement> RunAwsAsync(params string[] arguments)
    {
        Requirements.NeedAwsCommandLine();
        var outcome = await Person.RunProgramAsync("aws", null, ["--endpoint-url", Aws.Login.Endpoint, "--output", "json", .. arguments]);
        outcome.ExitCode.ShouldBe(0, $"aws {string.Join(' ', arguments)}: {outcome.Errors}");
        if (outcome.Output.Trim().Length == 0) return default;
        using var document = JsonDocument.Parse(outcome.Output);
        return document.RootElement.Clone();
    }

    /// <summary>Calls an operation and expects it to succeed.</summary>
    public static async Task<JsonElement> CallAsync(AwsApi api, string operation, object? parameters = null)
    {
        var answer = await api.SendAsync("sns", operation, parameters);
        answer.Error.ShouldBeNull($"{operation}: {answer.Error?.Code} {answer.Error?.Message}");
        return answer.Result!.Value;
    }

    public async ValueTask DisposeAsync()
    {
        Browser?.Dispose();
        if (Aws is not null) await Aws.DisposeAsync();
        if (Smtp is not null) await Smtp.DisposeAsync();
        _home.Delete(recursive: true);
    }
}
