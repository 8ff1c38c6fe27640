using System.Text.Json.Serialization;
using Fairlead.Features.Api;
using Fairlead.Features.Notifications.Mail;

namespace Fairlead.Features.Notifications;

/// <summary>The outbox for administrators: <c>GET /v1/outbox</c> and <c>GET /v1/outbox/{id}</c>.</summary>
/// <param name="outbox">The outbox.</param>
/// <param name="isUsed">Whether mails go there, and not to an SMTP server.</param>
internal sealed class OutboxFeature(IMailOutbox outbox, bool isUsed) : IFeature
{
    private const int Most = 1_000;

    /// <inheritdoc/>
    public IEnumerable<ApiOperation> Operations =>
    [
        ApiOperation.Hub("ListOutbox", "GET", "/v1/outbox", ListAsync),
        ApiOperation.Hub("GetOutboxMail", "GET", "/v1/outbox/{id}", GetAsync),
    ];

    private async ValueTask<ApiResponse> ListAsync(ApiRequest request)
    {
        var limit = (int)(request.QueryNumber("limit", 1, Most) ?? Most);
        var mails = await outbox.ListAsync(request.Aborted).ConfigureAwait(false);
        return ApiResponse.Json(new OutboxDocument([.. mails.Take(limit)], isUsed), OutboxJson.Default.OutboxDocument);
    }

    private async ValueTask<ApiResponse> GetAsync(ApiRequest request)
    {
        var id = request.Label();
        if (request.QueryBoolean("raw") is true)
        {
            var raw = await outbox.ReadAsync(id, request.Aborted).ConfigureAwait(false) ?? throw Missing(id);
            return new ApiResponse(200, raw) { ContentType = "message/rfc822" };
        }

        var mail = await outbox.FindAsync(id, request.Aborted).ConfigureAwait(false) ?? throw Missing(id);
        return ApiResponse.Json(mail, OutboxJson.Default.StoredMail);
    }

    private static ApiException Missing(string id) => ApiException.NotFound(id == "last" ? "the outbox is empty" : $"there is no mail {id} in the outbox");
}

/// <summary>Answer of ListOutbox.</summary>
/// <param name="Mails">Newest first.</param>
/// <param name="IsUsed">Whether mails go there, and not to an SMTP server.</param>
internal sealed record OutboxDocument(IReadOnlyList<StoredMail> Mails, bool IsUsed);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(OutboxDocument))]
[JsonSerializable(typeof(StoredMail))]
internal sealed partial class OutboxJson : JsonSerializerContext;
