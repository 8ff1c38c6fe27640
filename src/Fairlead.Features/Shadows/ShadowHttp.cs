using System.Text.Json.Serialization;
using Fairlead.Features.Api;

namespace Fairlead.Features.Shadows;

/// <summary>Shadows over HTTP (spec/aws-shadow, section 3): the same service, answered with the documents themselves.</summary>
internal sealed class ShadowHttp(FeatureContext context, ShadowService shadows, ShadowAnswers answers, IApiAuthorizer authorizer)
{
    private const int DefaultPage = 25;
    private const int LargestPage = 100;
    private static readonly TimeSpan LongestCommit = TimeSpan.FromSeconds(10);

    private delegate ShadowRefusal? Request(ShadowName name, ApiRequest request, ShadowScratch scratch, out ShadowOutcome? outcome);

    /// <summary>The operations.</summary>
    public IEnumerable<ApiOperation> Operations =>
    [
        ApiOperation.Data("GetThingShadow", "GET", "/things/{thingName}/shadow", request => ServeAsync(ShadowOperation.Get, request, Get)),
        ApiOperation.Data("UpdateThingShadow", "POST", "/things/{thingName}/shadow", request => ServeAsync(ShadowOperation.Update, request, Update)),
        ApiOperation.Data("DeleteThingShadow", "DELETE", "/things/{thingName}/shadow", request => ServeAsync(ShadowOperation.Delete, request, Delete)),
        ApiOperation.Data("ListNamedShadowsForThing", "GET", "/api/things/shadow/ListNamedShadowsForThing/{thingName}", List),
    ];

    private static ApiResponse Refuse(ShadowRefusal refusal, ShadowScratch scratch)
    {
        scratch.Text.Clear();
        ShadowMessages.WriteRejected(scratch.Text, refusal, scratch.Request.Token);
        return new ApiResponse(refusal.Code, scratch.Text.ToArray()) { ErrorType = refusal.Type };
    }

    private ShadowRefusal? Get(ShadowName name, ApiRequest request, ShadowScratch scratch, out ShadowOutcome? outcome) =>
        shadows.Get(name, scratch, ShadowDoor.Http, out outcome);

    private ShadowRefusal? Update(ShadowName name, ApiRequest request, ShadowScratch scratch, out ShadowOutcome? outcome) =>
        shadows.Update(name, request.RawBody.Span, scratch, ShadowDoor.Http, out outcome);

    private ShadowRefusal? Delete(ShadowName name, ApiRequest request, ShadowScratch scratch, out ShadowOutcome? outcome) =>
        shadows.Delete(name, scratch, ShadowDoor.Http, out outcome);

    private async ValueTask<ApiResponse> ServeAsync(ShadowOperation operation, ApiRequest request, Request serve)
    {
        var response = Begin(operation, request, serve, out var outcome);
        if (outcome is null) return response;
        bool isKept;
        try
        {
            isKept = await outcome.Waiter!.Task.WaitAsync(LongestCommit, context.Time, request.Aborted).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            isKept = false;
        }

        if (isKept) return new ApiResponse(200, outcome.Answer);
        var scratch = ShadowScratch.Take();
        scratch.Request.Forget();
        response = Refuse(ShadowRefusal.Unavailable, scratch);
        scratch.Give();
        return response;
    }

    private ApiResponse Begin(ShadowOperation operation, ApiRequest request, Request serve, out ShadowOutcome? outcome)
    {
        string thing = request.Label();
        string shadow = request.Query("name") ?? "";
        var name = new ShadowName(thing, shadow);
        outcome = null;
        var scratch = ShadowScratch.Take();
        scratch.Request.Forget();
        string resource = context.Scope.Arn("thing", shadow.Length == 0 ? thing : $"{thing}/{shadow}");
        ShadowRefusal? refusal;
        if (!authorizer.Authorize(request.Caller, $"iot:{request.Operation.Name}", resource).Allowed)
        {
            refusal = ShadowRefusal.Forbidden;
            answers.Note(operation, ShadowDoor.Http, name, refusal);
        }
        else
        {
            refusal = serve(name, request, scratch, out outcome);
        }

        var response = refusal is null ? new ApiResponse(200, outcome is null ? scratch.Text.ToArray() : default) : Refuse(refusal, scratch);
        scratch.Give();
        return response;
    }

    private ValueTask<ApiResponse> List(ApiRequest request)
    {
        string thing = request.Label();
        var refusal = authorizer.Authorize(request.Caller, "iot:ListNamedShadowsForThing", context.Scope.Arn("thing", thing)).Allowed
            ? ShadowName.IsThing(thing) ? null : ShadowRefusal.InvalidThing
            : ShadowRefusal.Forbidden;
        answers.Note(ShadowOperation.List, ShadowDoor.Http, new ShadowName(thing, default), refusal);
        if (refusal is not null)
        {
            var scratch = ShadowScratch.Take();
            scratch.Request.Forget();
            var response = Refuse(refusal, scratch);
            scratch.Give();
            return new(response);
        }

        var paging = new Paging(Paging.Decode(request.Query("nextToken"), "nextToken"), (int)(request.QueryNumber("pageSize", 1, LargestPage) ?? DefaultPage));
        var names = shadows.NamesOf(thing).Where(name => paging.After is null || string.CompareOrdinal(name, paging.After) > 0);
        var page = paging.Take(names, static name => name, out string? next);
        return new(ApiResponse.Json(new NamedShadowsDocument(page, next, context.Now / 1000), ShadowJson.Default.NamedShadowsDocument));
    }
}

/// <summary>A page of names (spec/aws-shadow, section 4.8).</summary>
internal sealed record NamedShadowsDocument(IReadOnlyList<string> Results, string? NextToken, long Timestamp);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(NamedShadowsDocument))]
internal sealed partial class ShadowJson : JsonSerializerContext;
