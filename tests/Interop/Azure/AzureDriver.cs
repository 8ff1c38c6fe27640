using System.Text.Json;
using System.Text.Json.Nodes;
using Fairlead.Interop.Drivers;

namespace Fairlead.Interop.Azure;

/// <summary>The packages for Azure IoT Hub in a node process (<c>node/azure_client.js</c>), which trusts the hub's authority. It holds any number of clients.</summary>
public sealed class AzureDriver : IAsyncDisposable
{
    /// <summary>Only fails a broken run; nothing passes because of it.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(40);

    private readonly ScriptProcess _script;

    private AzureDriver(ScriptProcess script) => _script = script;

    /// <summary>Starts node.</summary>
    /// <param name="ca">PEM file of the authority to trust.</param>
    public static AzureDriver Start(string ca)
    {
        foreach (var package in (string[])["azure-iot-device", "azure-iot-device-amqp", "azure-iothub", "@azure/event-hubs", "rhea"]) Requirements.NeedNodePackage(package);
        return new AzureDriver(ScriptProcess.Start("node/azure_client.js", Deadline, ca));
    }

    /// <summary>Asks for an operation; its failure is an <see cref="AzureException"/>.</summary>
    public async Task<JsonObject> DoAsync(string operation, string client, object? arguments = null)
    {
        var answer = await AskAsync(operation, client, arguments);
        return answer["ok"]!.GetValue<bool>() ? answer : throw new AzureException(answer["error"]!.GetValue<string>());
    }

    /// <summary>The error of an operation that must fail.</summary>
    public async Task<string> FailAsync(string operation, string client, object? arguments = null)
    {
        var answer = await AskAsync(operation, client, arguments);
        answer["ok"]!.GetValue<bool>().ShouldBeFalse($"{operation} did not fail");
        return answer["error"]!.GetValue<string>();
    }

    /// <summary>The next event of a kind, past or to come.</summary>
    public Task<JsonObject> NextAsync(string client, string kind) => _script.NextAsync(client, kind);

    /// <summary>Whether an event of a kind has come already; takes it.</summary>
    public bool TryNext(string client, string kind, out JsonObject? found) => _script.TryNext(client, kind, out found);

    public ValueTask DisposeAsync() => _script.DisposeAsync();

    private Task<JsonObject> AskAsync(string operation, string client, object? arguments)
    {
        var request = arguments is null ? [] : JsonSerializer.SerializeToNode(arguments, DriverProcess.Json)!.AsObject();
        request["client"] = client;
        return _script.AskAsync(operation, request);
    }
}

/// <summary>An operation of a package failed: the class of its error, then its text.</summary>
public sealed class AzureException(string message) : Exception(message);
