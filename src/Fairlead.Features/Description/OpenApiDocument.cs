using System.Globalization;
using System.Text.Json.Nodes;
using Fairlead.Features.Api;

namespace Fairlead.Features.Description;

/// <summary>Writes the OpenAPI document of the hub's own API from the operations that it really has and what is said about them.</summary>
/// <param name="version">Version of the hub.</param>
internal sealed class OpenApiDocument(string version)
{
    /// <summary>Version of OpenAPI.</summary>
    public const string Version = "3.1.1";

    private const string About =
        "The hub's own API. Beside it the hub serves the operations of AWS IoT Core, Amazon SNS and Azure IoT Hub, which their SDKs know. "
        + "Over TLS from everywhere; in the clear from the hub's own machine alone. x-fairlead-role is the least role that a token or a session needs.";

    private readonly SchemaBook _schemas = new();
    private readonly JsonObject _paths = new();
    private readonly List<string> _tags = [];

    /// <summary>Adds an operation.</summary>
    public void Add(ApiOperation operation, OperationDescription description)
    {
        var role = RoleRights.Allows(HubRole.Viewer, operation) ? HubRole.Viewer : RoleRights.Allows(HubRole.Operator, operation) ? HubRole.Operator : HubRole.Administrator;
        Add(operation.Method, operation.Path, RoleRights.NameOf(role), description);
    }

    /// <summary>Adds what the program serves outside the table of operations.</summary>
    public void Add(OperationDescription description) =>
        Add(description.Outside!.Value.Method, description.Outside.Value.Path, description.Role ?? RoleRights.NameOf(HubRole.Viewer), description);

    /// <summary>The document.</summary>
    public JsonObject ToJson() => new()
    {
        ["openapi"] = Version,
        ["info"] = new JsonObject { ["title"] = "Fairlead hub", ["version"] = version.Length > 0 ? version : "0", ["description"] = About },
        ["servers"] = new JsonArray(new JsonObject { ["url"] = "/" }),
        ["tags"] = new JsonArray([.. _tags.Select(static tag => new JsonObject { ["name"] = tag })]),
        ["security"] = new JsonArray(new JsonObject { ["token"] = new JsonArray() }),
        ["paths"] = _paths,
        ["components"] = new JsonObject
        {
            ["securitySchemes"] = new JsonObject
            {
                ["token"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer", ["description"] = "The administration token (admin.token of the data directory) or an API token." },
            },
            ["responses"] = new JsonObject { ["Error"] = Error() },
            ["schemas"] = Schemas(),
        },
    };

    private static JsonObject Error() => new()
    {
        ["description"] = "Not served; the message says why.",
        ["headers"] = new JsonObject
        {
            ["x-amzn-ErrorType"] = new JsonObject { ["description"] = "Name of the error, such as ResourceNotFoundException.", ["schema"] = new JsonObject { ["type"] = "string" } },
        },
        ["content"] = new JsonObject { ["application/json"] = new JsonObject { ["schema"] = new JsonObject { ["$ref"] = "#/components/schemas/Error" } } },
    };

    private JsonObject Schemas()
    {
        var schemas = _schemas.ToJson();
        schemas["Error"] = new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject { ["message"] = new JsonObject { ["type"] = "string" }, ["code"] = new JsonObject { ["type"] = "string" } },
            ["required"] = new JsonArray("message"),
        };
        return schemas;
    }

    private void Add(string method, string path, string role, OperationDescription description)
    {
        if (!_tags.Contains(description.Tag)) _tags.Add(description.Tag);
        var operation = new JsonObject
        {
            ["operationId"] = description.Name,
            ["summary"] = description.Summary,
            ["tags"] = new JsonArray(description.Tag),
        };
        if (description.IsOpen) operation["security"] = new JsonArray();
        else operation["x-fairlead-role"] = role;
        var labels = path.Split('/').Where(static segment => segment.StartsWith('{')).Select(static segment => segment.Trim('{', '}', '+')).ToArray();
        if (labels.Length + description.Parameters.Count > 0)
            operation["parameters"] = new JsonArray([.. labels.Select(Label), .. description.Parameters.Select(Parameter)]);
        if (description.Request is { } request)
        {
            operation["requestBody"] = new JsonObject
            {
                ["required"] = true,
                ["content"] = new JsonObject { [description.RequestType] = new JsonObject { ["schema"] = _schemas.Refer(request, isRequest: true) } },
            };
        }

        operation["responses"] = Responses(description, labels.Length > 0);
        if (_paths[path] is not JsonObject there) _paths[path] = there = new JsonObject();
        there[method.ToLowerInvariant()] = operation;
    }

    private static JsonNode Label(string name) => new JsonObject
    {
        ["name"] = name,
        ["in"] = "path",
        ["required"] = true,
        ["schema"] = new JsonObject { ["type"] = "string" },
    };

    private static JsonNode Parameter(ParameterDescription parameter)
    {
        var schema = new JsonObject { ["type"] = parameter.Type };
        if (parameter.Least is { } least) schema["minimum"] = least;
        if (parameter.Most is { } most) schema["maximum"] = most;
        if (parameter.Words.Count > 0) schema["enum"] = new JsonArray([.. parameter.Words.Select(static word => (JsonNode)word)]);
        var described = new JsonObject { ["name"] = parameter.Name, ["in"] = "query", ["description"] = parameter.Means };
        if (parameter.IsNeeded) described["required"] = true;
        described["schema"] = parameter.Repeats ? new JsonObject { ["type"] = "array", ["items"] = schema } : schema;
        return described;
    }

    private JsonObject Responses(OperationDescription description, bool hasLabels)
    {
        var responses = new JsonObject();
        foreach (var status in description.AlsoAnswers.Prepend(description.Status)) responses[status.ToString(CultureInfo.InvariantCulture)] = Answer(description);
        int[] usual = description.Outside is not null ? [] : hasLabels ? [400, 403, 404, 500] : [400, 403, 500];
        foreach (var failure in usual.Concat(description.Failures).Distinct().Order())
            responses[failure.ToString(CultureInfo.InvariantCulture)] = new JsonObject { ["$ref"] = "#/components/responses/Error" };
        return responses;
    }

    private JsonObject Answer(OperationDescription description)
    {
        var answer = new JsonObject { ["description"] = description.Answer is null && description.AnswerType == "application/json" ? "Done." : "The answer." };
        if (description.Status == 204) return answer;
        var content = new JsonObject();
        if (description.Answer is { } type) content["schema"] = _schemas.Refer(type, isRequest: false);
        else if (description.AnswerType == "application/json") content["schema"] = new JsonObject { ["type"] = "object" };
        answer["content"] = new JsonObject { [description.AnswerType] = content };
        return answer;
    }
}
