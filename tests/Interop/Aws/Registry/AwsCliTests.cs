using System.Diagnostics;
using System.Text.RegularExpressions;
using Fairlead.Shared;

namespace Fairlead.Interop.Aws.Registry;

/// <summary>
/// The commands of docs/how-to/registry.md, run as they stand there with Debian's awscli; it takes no address from its environment, so
/// each gets one.
/// </summary>
public sealed partial class AwsCliTests(AwsHub hub) : IClassFixture<AwsHub>
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Registry_05_the_commands_of_the_how_to_work_with_awscli()
    {
        Requirements.NeedProgram("aws");
        var page = await File.ReadAllTextAsync(Path.Combine(ProgramPath.Root, "docs", "how-to", "registry.md"), TestContext.Current.CancellationToken);
        var commands = ShellBlock().Matches(page).SelectMany(static block => block.Groups["lines"].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries)).ToArray();
        commands.Length.ShouldBeGreaterThan(15);
        var folder = Directory.CreateTempSubdirectory("fairlead-howto-");
        try
        {
            var answers = new Dictionary<string, string>(StringComparer.Ordinal);
            var certificate = "";
            foreach (var command in commands)
            {
                // What a shell would keep in a variable is looked at here.
                var asked = command.StartsWith("ANSWER=$(", StringComparison.Ordinal) ? command["ANSWER=$(".Length..^1] : command;
                var answer = await RunAsync(asked, folder.FullName, certificate);
                answers[asked.Split(' ')[2]] = answer;
                if (command.Contains("--query certificateArn", StringComparison.Ordinal)) certificate = answer.Trim();
            }

            answers["describe-thing"].ShouldContain("\"room\": \"102\"");
            answers["list-things"].ShouldContain("lamp1");
            answers["list-things-in-thing-group"].ShouldContain("lamp1");
            answers["describe-thing-group"].ShouldContain("rootToParentThingGroups");
            answers["list-principal-things"].ShouldContain("lamp1");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private async Task<string> RunAsync(string command, string folder, string certificate)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", command.Replace("aws iot ", "aws --endpoint-url \"$AWS_ENDPOINT_URL\" iot ", StringComparison.Ordinal)])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
            Environment =
            {
                ["PATH"] = "/usr/bin:/bin", // Distributions install it for their own Python.
                ["HOME"] = folder,
                ["AWS_ENDPOINT_URL"] = hub.Login.Endpoint,
                ["AWS_ACCESS_KEY_ID"] = hub.Login.AccessKey,
                ["AWS_SECRET_ACCESS_KEY"] = hub.Login.SecretKey,
                ["AWS_DEFAULT_REGION"] = hub.Login.Region,
                ["AWS_CA_BUNDLE"] = hub.Ca,
                ["AWS_PAGER"] = "",
                // Whatever is not for the hub ends here: no test talks to the world outside.
                ["HTTPS_PROXY"] = "http://127.0.0.1:9",
                ["HTTP_PROXY"] = "http://127.0.0.1:9",
                ["NO_PROXY"] = "localhost,127.0.0.1",
                ["AWS_EC2_METADATA_DISABLED"] = "true",
                ["ANSWER"] = certificate,
            },
        };
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync().WaitAsync(Deadline);
        process.ExitCode.ShouldBe(0, $"{command}\n{await error}");
        return await output;
    }

    [GeneratedRegex(@"^```sh\n(?<lines>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex ShellBlock();
}
