using System.Text.Json;
using Fairlead.Interop.Tools;

namespace Fairlead.Interop.Deployment;

/// <summary>Reads YAML and checks JSON schemas with Debian's Python libraries.</summary>
internal static class Yaml
{
    private const string Reading = "import json, sys, yaml; print(json.dumps(list(yaml.safe_load_all(sys.stdin))))";

    private const string Checking =
        """
        import json, sys, yaml, jsonschema
        schema = json.load(open(sys.argv[1]))
        validator = jsonschema.validators.validator_for(schema)
        validator.check_schema(schema)
        for error in validator(schema).iter_errors(yaml.safe_load(sys.stdin)): print(error.json_path, error.message)
        """;

    /// <summary>The documents of a text.</summary>
    public static async Task<JsonElement[]> ReadAsync(string text)
    {
        Requirements.NeedPythonModule("yaml", "python3-yaml");
        var outcome = await RunAsync(text, Reading);
        using var documents = JsonDocument.Parse(outcome);
        return [.. documents.RootElement.Clone().EnumerateArray()];
    }

    /// <summary>What a schema has against a YAML text, a line each.</summary>
    public static Task<string> CheckAsync(string schemaFile, string text)
    {
        Requirements.NeedPythonModule("yaml", "python3-yaml");
        Requirements.NeedPythonModule("jsonschema", "python3-jsonschema");
        return RunAsync(text, Checking, schemaFile);
    }

    private static async Task<string> RunAsync(string input, string code, params string[] arguments)
    {
        var cli = new Cli(Path.GetTempPath(), new Dictionary<string, string>());
        var outcome = await cli.RunProgramWithInputAsync(Requirements.Python, input, ["-c", code, .. arguments]);
        outcome.ShouldBeDone();
        return outcome.Output;
    }
}
