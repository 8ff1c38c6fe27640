using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fairlead.Server.Hosting;
using Fairlead.Verbs.Contexts;
using Fairlead.Verbs.Remote;

namespace Fairlead.Verbs.Environments;

/// <summary><c>fairlead env</c>: what AWS SDKs and tools need to talk to the hub, for a shell or as a profile.</summary>
internal sealed class EnvVerb(Terminal terminal)
{
    private const string Examples =
        """
        eval "$(fairlead env)"; aws iot list-things                    # sh, bash, zsh
        fairlead env --shell fish | source
        fairlead env --aws-profile fairlead; aws --profile fairlead iot-data publish --topic lamp1/temp --payload 21.5
        fairlead env --key AKIAIOSFODNN7EXAMPLE --json
        """;

    private static readonly string[] Overriding = ["AWS_CA_BUNDLE", "AWS_ENDPOINT_URL", "AWS_REGION", "AWS_DEFAULT_REGION"];

    public Command Create()
    {
        var verb = new ApiVerb(terminal, "env", "Print what AWS SDKs and tools need to talk to the hub, or write it into an AWS profile.", Examples);
        var key = verb.Text("--key", "id", "Access key (default: the first that is enabled).");
        var shell = verb.Text("--shell", "name", "bash (default, also for sh and zsh), fish or pwsh.");
        var profile = verb.Text("--aws-profile", "name", "Write the profile NAME into the AWS configuration instead of printing.");
        return verb.Runs(async call =>
        {
            string form = call.Get(shell) ?? "bash";
            if (form is not ("bash" or "sh" or "zsh" or "fish" or "pwsh"))
                throw VerbException.Usage("cannot print for this shell", $"{form} is not known", "Give bash, fish or pwsh with --shell");
            var site = await HubSite.ReadAsync(call);
            var credentials = await AccessKeys.FindAsync(call, call.Get(key));
            string? caFile = SaveAuthority(call, site);
            if (call.Get(profile) is { } name)
                WriteProfile(call, name, site, credentials, caFile);
            else
                Print(call, form, site, credentials, caFile);
        });
    }

    private static void Print(ApiCall call, string shell, HubSite site, JsonElement key, string? caFile)
    {
        var values = new List<(string Name, string Value)>
        {
            ("AWS_ENDPOINT_URL", site.Https.ToString().TrimEnd('/')),
            ("AWS_ACCESS_KEY_ID", key.GetProperty("id").GetString()!),
            ("AWS_SECRET_ACCESS_KEY", key.GetProperty("secret").GetString()!),
        };
        if (key.TryGetProperty("sessionToken", out var session))
            values.Add(("AWS_SESSION_TOKEN", session.GetString()!));
        values.Add(("AWS_REGION", site.Region));
        values.Add(("AWS_DEFAULT_REGION", site.Region));
        if (caFile is not null)
        {
            values.Add(("AWS_CA_BUNDLE", caFile));
            values.Add(("NODE_EXTRA_CA_CERTS", caFile));
        }

        if (call.Talk.Json)
        {
            var document = new JsonObject();
            foreach (var (name, value) in values)
                document[name] = value;
            call.WriteJson(document);
            return;
        }

        foreach (var (name, value) in values)
        {
            call.WriteLine(shell switch
            {
                "fish" => $"set -gx {name} {CurlLine.Quote(value)}",
                "pwsh" => $"$env:{name} = '{value.Replace("'", "''", StringComparison.Ordinal)}'",
                _ => $"export {name}={CurlLine.Quote(value)}",
            });
        }

        if (call.Terminal.IsOutputInteractive)
            call.Say(shell switch { "fish" => "use it: fairlead env --shell fish | source", "pwsh" => "use it: fairlead env --shell pwsh | Out-String | iex", _ => "use it: eval \"$(fairlead env)\"" });
    }

    private void WriteProfile(ApiCall call, string name, HubSite site, JsonElement key, string? caFile)
    {
        if (name.Length == 0 || name.Any(static c => char.IsWhiteSpace(c) || c is '[' or ']' or '='))
            throw VerbException.Usage("cannot write the AWS profile", $"'{name}' is not a name for one", "Use letters, digits, - and _");
        string configuration = Place("AWS_CONFIG_FILE", "config");
        string credentials = Place("AWS_SHARED_CREDENTIALS_FILE", "credentials");
        var settings = new List<(string, string?)>
        {
            ("region", site.Region),
            ("endpoint_url", site.Https.ToString().TrimEnd('/')),
            ("ca_bundle", caFile),
            ("cli_binary_format", "raw-in-base64-out"),
        };
        IniFile.Update(configuration, name == "default" ? name : $"profile {name}", settings);
        IniFile.Update(
            credentials,
            name,
            [
                ("aws_access_key_id", key.GetProperty("id").GetString()), ("aws_secret_access_key", key.GetProperty("secret").GetString()),
                ("aws_session_token", key.TryGetProperty("sessionToken", out var session) ? session.GetString() : null),
            ]);
        call.WriteJson(new JsonObject { ["profile"] = name, ["config"] = configuration, ["credentials"] = credentials, ["endpoint"] = site.Https.ToString().TrimEnd('/'), ["key"] = key.GetProperty("id").GetString() });
        call.Say($"wrote the AWS profile {name} for {site.Https.ToString().TrimEnd('/')}");
        // AWS tools read these before the profile.
        string[] before = [.. Overriding.Where(variable => Contradicts(variable, site, caFile))];
        if (before.Length > 0)
            call.Say($"  but {string.Join(", ", before)} of this shell {(before.Length == 1 ? "goes" : "go")} before it: unset {string.Join(' ', before)}");
        call.Say($"  try: aws --profile {name} iot describe-endpoint");
    }

    private bool Contradicts(string variable, HubSite site, string? caFile) => terminal.Environment(variable) is { Length: > 0 } value
        && value != (variable switch { "AWS_CA_BUNDLE" => caFile, "AWS_ENDPOINT_URL" => site.Https.ToString().TrimEnd('/'), _ => site.Region });

    private string Place(string variable, string file)
    {
        if (terminal.Environment(variable) is { Length: > 0 } path)
            return Path.GetFullPath(path);
        string? home = terminal.Environment(OperatingSystem.IsWindows() ? "USERPROFILE" : "HOME");
        return string.IsNullOrEmpty(home)
            ? throw VerbException.Usage("cannot write the AWS profile", "HOME is not set", $"Set it, or {variable}")
            : Path.Combine(home, ".aws", file);
    }

    /// <summary>The authority in a file that stays: AWS tools want a path.</summary>
    private string? SaveAuthority(ApiCall call, HubSite site)
    {
        if (call.Hub.Address.CaFile is { } given)
            return Path.GetFullPath(given);
        if (site.RootCa is null)
            return null;
        string folder = new ContextFile(terminal.Environment).Folder
            ?? throw VerbException.Usage("cannot keep the hub's authority in a file", "neither XDG_CONFIG_HOME nor HOME is set", "Set one of them, or give --cafile");
        string host = string.Concat(call.Hub.Url.Authority.Select(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' ? c : '_'));
        string file = Path.Combine(folder, $"ca-{host}.pem");
        try
        {
            DataDirectory.Ensure(folder);
            DataDirectory.WritePublic(file, site.RootCa);
        }
        catch (Exception exception) when (exception is HubStartException or IOException or UnauthorizedAccessException)
        {
            throw new VerbException(ExitCode.Failed, $"cannot write {file}", exception.Message.TrimEnd('.'), "Check the rights of the directory, or give --cafile");
        }

        return file;
    }
}
