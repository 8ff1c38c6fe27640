using System.Globalization;
using System.Text.RegularExpressions;
using Fairlead.Protocols.Mqtt;
using Fairlead.Unit.Architecture;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Server;

/// <summary>The pages of errors and of the HTTP API name what the source has, all of it and nothing else.</summary>
public sealed partial class ErrorPageTests
{
    private static string Errors => Page("errors.md");

    [Fact]
    public void Every_failure_of_MQTT_is_on_the_page_of_errors()
    {
        var known = Enum.GetValues<ReasonCode>().Where(static code => (byte)code >= 0x80).Select(static code => $"| 0x{(byte)code:X2} {code} |").ToArray();
        foreach (string line in known) Errors.ShouldContain(line);
        ReasonLine().Matches(Errors).Select(static match => match.Value).Except(known).ShouldBeEmpty();
    }

    [Fact]
    public void Every_error_of_the_HTTP_API_is_on_the_page_of_errors()
    {
        var thrown = SourceTree.Files("src").Where(static file => file.Path.Contains("Fairlead.Features", StringComparison.Ordinal) || file.Path.Contains("Fairlead.Server", StringComparison.Ordinal))
            .SelectMany(static file => ApiError().Matches(file.Text)).Select(static match => (Status: match.Groups["first"].Value, Name: match.Groups["second"].Value)).Distinct().ToArray();
        thrown.Length.ShouldBeGreaterThan(30, "the expression finds them");
        thrown.Where(static error => !Errors.Contains(error.Name.EndsWith("Exception", StringComparison.Ordinal) ? $"{error.Status} {error.Name}" : $"`{error.Name}` ({error.Status}", StringComparison.Ordinal))
            .ShouldBeEmpty();
        string source = string.Concat(SourceTree.Files("src").Select(static file => file.Text));
        NamedError().Matches(Errors).Select(static match => match.Value).Where(name => !source.Contains($"\"{name}\"", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Fact]
    public void Every_error_of_the_Azure_dialect_is_on_the_page_of_errors()
    {
        string source = SourceTree.Files("src").Single(static file => file.Path.EndsWith("IotHubError.cs", StringComparison.Ordinal)).Text;
        var known = AzureError().Matches(source).Select(static match => $"{match.Groups["first"].Value} {match.Groups["second"].Value}").ToArray();
        known.Length.ShouldBeGreaterThan(25, "the expression finds them");
        foreach (string error in known) Errors.ShouldContain(error);
        AzureLine().Matches(Errors).Select(static match => match.Value).Except(known).ShouldBeEmpty();
    }

    [Fact]
    public void Every_exit_code_is_on_the_page_of_errors()
    {
        for (int code = 1; code <= Verbs.ExitCode.Timeout; code++) Errors.ShouldContain(string.Create(CultureInfo.InvariantCulture, $"| exit code {code} |"));
    }

    [Fact]
    public void Every_operation_of_the_hubs_own_API_is_on_its_page()
    {
        var served = SourceTree.Files("src").SelectMany(static file => HubOperation().Matches(file.Text)).Select(static match => $"| {match.Groups["first"].Value} | `{match.Groups["second"].Value}` |").ToArray();
        served.Length.ShouldBeGreaterThan(30, "the expression finds them");
        string page = Page("http-api.md");
        foreach (string line in served) page.ShouldContain(line);
        string[] others = ["| GET | `/v1/clients` |", "| GET | `/v1/clients/{id}` |", "| DELETE | `/v1/clients/{id}` |"];
        PageOperation().Matches(page).Select(static match => match.Value).Except(served).Except(others).ShouldBeEmpty();
    }

    private static string Page(string name) => File.ReadAllText(Path.Combine(SourceTree.Root, "docs", name));

    [GeneratedRegex(@"\| 0x[0-9A-F]{2} \w+ \|", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ReasonLine();

    [GeneratedRegex(@"\((?<first>4\d\d|5\d\d), ""(?<second>[A-Za-z]+)""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ApiError();

    [GeneratedRegex(@"\b[A-Z]\w+Exception\b", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex NamedError();

    [GeneratedRegex(@"new\((?<first>\d{6}), ""(?<second>\w+)""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex AzureError();

    [GeneratedRegex(@"\b\d{6} [A-Z]\w+", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex AzureLine();

    [GeneratedRegex(@"ApiOperation\.Hub\(\s*""\w+"",\s*""(?<first>[A-Z]+)"",\s*""(?<second>[^""]+)""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex HubOperation();

    [GeneratedRegex(@"\| [A-Z]+ \| `/v1/[^`]*` \|", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex PageOperation();
}
