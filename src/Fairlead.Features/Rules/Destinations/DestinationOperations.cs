using Fairlead.Features.Api;
using Fairlead.Features.Endpoints;

namespace Fairlead.Features.Rules.Destinations;

/// <summary>The operations on destinations (spec/aws-rules, section 9).</summary>
internal sealed class DestinationOperations(
    FeatureContext context, RuleRecords records, DestinationService service, DestinationConfirmer confirmer, HubSite site)
{
    private const int LargestPage = 1000;
    private const int UsualPage = 100;
    private const int LongestToken = 2048;

    /// <summary>The operations.</summary>
    public IEnumerable<ApiOperation> All =>
    [
        ApiOperation.Control("CreateTopicRuleDestination", "POST", "/destinations", CreateAsync),
        ApiOperation.Control("GetTopicRuleDestination", "GET", "/destinations/{arn+}", Get, static request => request.Label()),
        ApiOperation.Control("ListTopicRuleDestinations", "GET", "/destinations", List),
        ApiOperation.Control("UpdateTopicRuleDestination", "PATCH", "/destinations", UpdateAsync, static request => ChangeOf(request).Arn ?? "*"),
        ApiOperation.Control("DeleteTopicRuleDestination", "DELETE", "/destinations/{arn+}", DeleteAsync, static request => request.Label()),
        // Whoever has the token may confirm: it came to the owner of the destination, who has no key of this hub.
        ApiOperation.Control("ConfirmTopicRuleDestination", "GET", "/confirmdestination/{confirmationToken+}", ConfirmAsync) with { IsOpen = true },
    ];

    /// <summary>Where confirmations are opened: at the name that the caller used, over TLS where the hub listens for it.</summary>
    public string BaseOf(ApiRequest request)
    {
        if (context.Scope.EndpointHost is { Length: > 0 } configured) return $"https://{configured}";
        var host = request.Header("Host") is { Length: > 0 } given ? given : request.Host;
        if (request.Caller.IsSecure) return $"https://{host}";
        var tls = site.Listeners.FirstOrDefault(static listener => listener.StartsWith("tls://", StringComparison.Ordinal));
        return tls is null ? $"http://{host}" : $"https://{request.Host}:{new Uri(tls).Port}";
    }

    /// <summary>Asks the owner of a destination to confirm it.</summary>
    public void Ask(RuleDestination destination, string token, string hub)
    {
        var confirmation = new Confirmation(destination.Url!, service.ArnOf(destination), token, $"{hub}/confirmdestination/{token}");
        if (!confirmer.TrySend(confirmation)) throw ApiException.ServiceUnavailable("too many destinations wait to be confirmed: update this one to IN_PROGRESS later");
    }

    private static DestinationChangeDocument ChangeOf(ApiRequest request) => request.Body(DestinationJson.Default.DestinationChangeDocument);

    private static string NameOf(DestinationStatus status) => status switch
    {
        DestinationStatus.InProgress => "IN_PROGRESS",
        DestinationStatus.Enabled => "ENABLED",
        DestinationStatus.Disabled => "DISABLED",
        _ => "ERROR",
    };

    private async ValueTask<ApiResponse> CreateAsync(ApiRequest request)
    {
        var input = request.Body(DestinationJson.Default.NewDestinationDocument).DestinationConfiguration
            ?? throw ApiException.InvalidRequest("destinationConfiguration is missing");
        if (input.HttpUrlConfiguration is null == input.VpcConfiguration is null)
            throw ApiException.InvalidRequest("destinationConfiguration must have one of httpUrlConfiguration and vpcConfiguration");
        RuleDestination destination;
        string? token = null;
        lock (context.Documents.Gate)
        {
            if (input.HttpUrlConfiguration is { } http) (destination, token) = service.CreateHttp(http.ConfirmationUrl);
            else destination = service.CreateVpc(input.VpcConfiguration!.Value);
        }

        await context.Documents.CommitAsync().ConfigureAwait(false);
        if (token is not null) Ask(destination, token, BaseOf(request));
        return Describe(destination);
    }

    private ValueTask<ApiResponse> Get(ApiRequest request) => new(Describe(service.Get(request.Label())));

    private ValueTask<ApiResponse> List(ApiRequest request)
    {
        var paging = new Paging(Paging.Decode(request.Query("nextToken"), "nextToken"), (int)(request.QueryNumber("maxResults", 1, LargestPage) ?? UsualPage));
        lock (context.Documents.Gate)
        {
            var page = paging.Take(records.Destinations.After(paging.After).Select(static entry => entry.Value), static destination => destination.Id, out var next);
            return new(ApiResponse.Json(new DestinationPageDocument([.. page.Select(Summarize)], next), DestinationJson.Default.DestinationPageDocument));
        }
    }

    private async ValueTask<ApiResponse> UpdateAsync(ApiRequest request)
    {
        var input = ChangeOf(request);
        RuleDestination destination;
        string? token;
        lock (context.Documents.Gate)
            (destination, token) = service.Update(service.Get(input.Arn ?? throw ApiException.InvalidRequest("arn is missing")), input.Status);
        await context.Documents.CommitAsync().ConfigureAwait(false);
        if (token is not null) Ask(destination, token, BaseOf(request));
        return ApiResponse.Done;
    }

    private async ValueTask<ApiResponse> DeleteAsync(ApiRequest request)
    {
        lock (context.Documents.Gate) service.Delete(service.Get(request.Label()));
        await context.Documents.CommitAsync().ConfigureAwait(false);
        return ApiResponse.Done;
    }

    private async ValueTask<ApiResponse> ConfirmAsync(ApiRequest request)
    {
        var token = request.Label();
        if (token.Length > LongestToken) throw ApiException.InvalidRequest("the token is too long");
        lock (context.Documents.Gate) service.Confirm(token);
        await context.Documents.CommitAsync().ConfigureAwait(false);
        return ApiResponse.Done;
    }

    private ApiResponse Describe(RuleDestination destination)
    {
        var document = new DestinationDocument(
            service.ArnOf(destination), NameOf(destination.StatusAt(context.Now)), destination.CreatedAt / 1000.0, destination.UpdatedAt / 1000.0,
            destination.ReasonAt(context.Now), destination.Url is { } url ? new HttpDestinationDocument(url) : null, destination.Vpc);
        return ApiResponse.Json(new DestinationAnswerDocument(document), DestinationJson.Default.DestinationAnswerDocument);
    }

    private DestinationSummaryDocument Summarize(RuleDestination destination) => new(
        service.ArnOf(destination), NameOf(destination.StatusAt(context.Now)), destination.CreatedAt / 1000.0, destination.UpdatedAt / 1000.0,
        destination.ReasonAt(context.Now), destination.Url is { } url ? new HttpDestinationDocument(url) : null, destination.Vpc);
}
