using System.Text.Json;
using Fairlead.Features.Rules.Actions;
using Fairlead.Targets.Signing;

namespace Fairlead.Targets.Http;

/// <summary><c>http</c>: POST to a confirmed destination.</summary>
internal sealed class HttpActionType(RuleTargetOptions options, RuleActionContext context, TargetHttp http) : IRuleActionType
{
    private readonly PlainHosts _hosts = new(options.PlainHosts);

    /// <inheritdoc/>
    public string Member => "http";

    /// <inheritdoc/>
    public string LogName => "HttpAction";

    /// <inheritdoc/>
    public IRuleAction Create(JsonElement definition, ActionSetup setup)
    {
        var read = HttpDefinition.Read(definition, setup);
        if (read.Url.IsLiteral && !_hosts.TryTake(read.Url.Text, out _, out var problem)) throw setup.Fault($"url {problem}");
        RequestSigner? signer = null;
        if (read.Signing is var (region, service))
        {
            var key = SigningKey.Find(options.Keys, service)
                ?? throw setup.Fault($"auth: there is no key for the service {service}; Rules:Keys gives one ({service}=ID:SECRET)");
            signer = new RequestSigner(key, region, service, context.Time);
        }

        return new HttpAction(read, context.Destinations, _hosts, signer, http, context.Time, options.HttpTimeout);
    }
}
