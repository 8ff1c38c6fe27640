using System.Text.Json;

namespace Fairlead.Interop.Tools;

/// <summary>The OpenAPI document of a running hub: a foreign validator takes it, and it has the operations that the hub lists.</summary>
public sealed class OpenApiTests(CliHub hub) : IClassFixture<CliHub>
{
    [Fact]
    public async Task A_foreign_validator_takes_the_document()
    {
        Requirements.NeedNodePackage("@seriousme/openapi-schema-validator");
        string script = Path.Combine(Shared.ProgramPath.Root, "tests", "Interop", "node", "openapi.mjs");
        var outcome = await hub.Cli.RunProgramWithInputAsync("node", await GetAsync("/v1/openapi.json"), script);
        outcome.Output.ShouldBe("valid 3.1\n", outcome.Errors);
        outcome.ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task It_has_every_operation_that_the_hub_lists_and_no_other()
    {
        using var document = JsonDocument.Parse(await GetAsync("/v1/openapi.json"));
        using var listed = JsonDocument.Parse(await GetAsync("/v1/operations"));
        var described = document.RootElement.GetProperty("paths").EnumerateObject()
            .SelectMany(static path => path.Value.EnumerateObject().Select(operation => $"{operation.Name.ToUpperInvariant()} {path.Name}")).Where(static one => one.Contains(" /v1/", StringComparison.Ordinal));
        var offered = listed.RootElement.GetProperty("operations").EnumerateArray().Where(static one => one.GetProperty("service").GetString() == "hub")
            .Select(static one => $"{one.GetProperty("method").GetString()} {one.GetProperty("path").GetString()}");
        described.ShouldBe(offered.Concat(["GET /v1/operations", "GET /v1/clients", "GET /v1/clients/{id}", "DELETE /v1/clients/{id}"]), ignoreOrder: true);
    }

    private async Task<string> GetAsync(string path)
    {
        string token = (await File.ReadAllTextAsync(Path.Combine(hub.Hub.DataDirectory, "admin.token"), TestContext.Current.CancellationToken)).Trim();
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = hub.Hub.Http };
        http.DefaultRequestHeaders.Authorization = new System.Net.Http.Headers.AuthenticationHeaderValue("Bearer", token);
        return await http.GetStringAsync(path, TestContext.Current.CancellationToken);
    }
}
