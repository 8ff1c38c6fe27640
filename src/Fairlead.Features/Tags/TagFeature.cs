using Fairlead.Features.Api;

namespace Fairlead.Features.Tags;

/// <summary>Operations on tags of every slice's resources (spec/aws-registry-and-policies, section 10).</summary>
internal sealed class TagFeature(FeatureContext context, TagService tags) : IFeature
{
    /// <inheritdoc/>
    public IEnumerable<ApiOperation> Operations =>
    [
        ApiOperation.Control("TagResource", "POST", "/tags", TagAsync, static request => request.Body(TagJson.Default.TagInputDocument).ResourceArn ?? "*"),
        ApiOperation.Control("UntagResource", "POST", "/untag", UntagAsync, static request => request.Body(TagJson.Default.UntagInputDocument).ResourceArn ?? "*"),
        ApiOperation.Control("ListTagsForResource", "GET", "/tags", List, static request => request.Query("resourceArn") ?? "*"),
    ];

    private async ValueTask<ApiResponse> TagAsync(ApiRequest request)
    {
        var input = request.Body(TagJson.Default.TagInputDocument);
        lock (context.Documents.Gate) tags.Add(input.ResourceArn, input.Tags);
        await context.Documents.CommitAsync().ConfigureAwait(false);
        return ApiResponse.Done;
    }

    private async ValueTask<ApiResponse> UntagAsync(ApiRequest request)
    {
        var input = request.Body(TagJson.Default.UntagInputDocument);
        lock (context.Documents.Gate) tags.Remove(input.ResourceArn, input.TagKeys);
        await context.Documents.CommitAsync().ConfigureAwait(false);
        return ApiResponse.Done;
    }

    private ValueTask<ApiResponse> List(ApiRequest request)
    {
        // All tags fit on one page, so no token of this list is ever given out.
        if (request.Query("nextToken") is { Length: > 0 }) throw ApiException.InvalidRequest("nextToken is not one that this hub gave out");
        lock (context.Documents.Gate)
        {
            var page = tags.Find(request.Query("resourceArn")).Select(static tag => new TagDocument(tag.Key, tag.Value));
            return new(ApiResponse.Json(new TagPageDocument([.. page]), TagJson.Default.TagPageDocument));
        }
    }
}
