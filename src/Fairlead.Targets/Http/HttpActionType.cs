using System.Text.Json;
using Fairlead.Features.Rules.Actions;
using Fairlead.Features.Rules.Destinations;
using Fairlead.Targets.Signing;

namespace Fairlead.Targets.Http;

/// <summary><c>http</c>: POST to a confirmed destination.</summary>
internal sealed class HttpActionType(RuleTargetOptions options, RuleActionContext context, TargetHttp http) : IRuleActionType
{
    /// <inheritdoc/>
    public string Member => "http";

    /// <inheritdoc/>
    public string LogName => "HttpAction";

    /// <inheritdoc/>
    public IRuleAction Create(JsonElement definition, ActionSetup setup)
    {
        var read = HttpDefinition.Read(definition, setup);
        if (read.Url.IsLiteral && !DestinationUrls.TryTake(read.Url.Text, options.PlainHosts, out _, out var problem)) throw setup.Fault($"url {problem}");
        RequestSigner? signer = null;
        if (read.Signing is var (region, service))
        {
            var key = SigningKey.Find(options.Keys, service)
                ?? throw setup.Fault($"auth: there is no key for the service {service}; Rules:Keys gives one ({service}=ID:SECRET)");
            signer = new RequestSigner(key, region, service, context.Time);
        }

        return new HttpAction(read, context.Destinations, signer, http, context.Time, options);
    }
}
