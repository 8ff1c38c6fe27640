using System.Text.Json;
using System.Text.Json.Nodes;
using Fairlead.Interop.Drivers;

namespace Fairlead.Interop.Azure.Registry;

/// <summary>azure-iothub and azure-iot-device in a node process (<c>node/azure_registry.js</c>) that trusts the hub's authority.</summary>
public sealed class RegistryDriver : IAsyncDisposable
{
    // Only fails a broken run; nothing passes because of it.
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    // Nulls of patches are part of what is said.
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly ScriptProcess _script;

    private RegistryDriver(ScriptProcess script) => _script = script;

    /// <summary>Starts node.</summary>
    /// <param name="ca">PEM file of the authority to trust.</param>
    public static RegistryDriver Start(string ca)
    {
        foreach (var package in (string[])["azure-iot-device", "azure-iot-device-mqtt", "azure-iothub"]) Requirements.NeedNodePackage(package);
        return new RegistryDriver(ScriptProcess.Start("node/azure_registry.js", Deadline, ca));
    }

    /// <summary>Calls a method of the SDK's Registry and expects it to succeed.</summary>
    public async Task<JsonNode?> RegistryAsync(string connectionString, string method, params object?[] arguments)
    {
        var answer = await AskAsync("registry", new { connectionString, method, args = arguments });
        answer["ok"]!.GetValue<bool>().ShouldBeTrue($"{method}: {answer["error"]}");
        return answer["result"] is { } result ? JsonNode.Parse(result.GetValue<string>()) : null;
    }

    /// <summary>Calls a method that must fail. Returns the class of the error, status, code and text.</summary>
    public async Task<string> RegistryFailsAsync(string connectionString, string method, params object?[] arguments)
    {
        var answer = await AskAsync("registry", new { connectionString, method, args = arguments });
        answer["ok"]!.GetValue<bool>().ShouldBeFalse($"{method} was served");
        return answer["error"]!.GetValue<string>();
    }

    /// <summary>Runs a query. Returns sizes of its pages and all results.</summary>
    public async Task<(IReadOnlyList<int> Sizes, JsonArray Results)> QueryAsync(string connectionString, string query, int? pageSize = null)
    {
        var answer = await DoAsync("query", new { connectionString, query, pageSize });
        return ([.. answer["sizes"]!.AsArray().Select(static size => size!.GetValue<int>())], JsonNode.Parse(answer["results"]!.GetValue<string>())!.AsArray());
    }

    /// <summary>Asks for an operation and expects it to succeed.</summary>
    public async Task<JsonObject> DoAsync(string operation, object arguments)
    {
        var answer = await AskAsync(operation, arguments);
        answer["ok"]!.GetValue<bool>().ShouldBeTrue($"{operation}: {answer["error"]}");
        return answer;
    }

    /// <summary>The error of an operation that must fail.</summary>
    public async Task<string> FailAsync(string operation, object arguments)
    {
        var answer = await AskAsync(operation, arguments);
        answer["ok"]!.GetValue<bool>().ShouldBeFalse($"{operation} did not fail");
        return answer["error"]!.GetValue<string>();
    }

    /// <summary>The next event of a kind, past or to come.</summary>
    public Task<JsonObject> NextAsync(string client, string kind) => _script.NextAsync(client, kind);

    public ValueTask DisposeAsync() => _script.DisposeAsync();

    private Task<JsonObject> AskAsync(string operation, object arguments) =>
        _script.AskAsync(operation, JsonSerializer.SerializeToNode(arguments, Json)!.AsObject());
}
