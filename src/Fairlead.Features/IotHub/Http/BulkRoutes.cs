using System.Text.Json;
using Fairlead.Features.IotHub.Credentials;
using Fairlead.Features.IotHub.Identities;
using Fairlead.Features.IotHub.Twins;

namespace Fairlead.Features.IotHub.Http;

/// <summary>
/// Many identities in one request (spec/azure-gateway, section 4.3). Each stands for itself, as it does in Azure: those that can be made
/// are, and the answer, a 400 then, names the others.
/// </summary>
internal sealed class BulkRoutes(FeatureContext context, IdentityService identities, ITwins twins)
{
    private const int Most = 100;
    private const int LargestBody = 4 * 1024 * 1024;

    /// <summary>The operation.</summary>
    public IEnumerable<IotHubRoute> Routes => [new("POST", "/devices", HubPermissions.RegistryWrite, ServeAsync) { MaximumBody = LargestBody }];

    private static bool IsTwin(string mode) => mode is "UPDATETWIN" or "UPDATETWINIFMATCHETAG";

    private static string ETag(string? etag, string mode) =>
        string.IsNullOrEmpty(etag) ? throw new IotHubException(IotHubError.ArgumentNull($"importMode {mode} takes an etag")) : etag.Trim('"');

    private async ValueTask<IotHubAnswer> ServeAsync(IotHubCall call)
    {
        var inputs = call.Json(IdentityDocumentJson.Default.IReadOnlyListIdentityInput);
        if (inputs.Count > Most) throw new IotHubException(IotHubError.TooManyDevices($"a request has at most {Most} devices"));
        var errors = new List<BulkErrorDocument>();
        foreach (var input in inputs)
        {
            string device = input?.Id ?? input?.DeviceId ?? "";
            try
            {
                if (input is null || !IdentityName.TryCreate(device, input.ModuleId, out var name)) throw new IotHubException(IotHubError.ArgumentInvalid("the id is missing or is none"));
                await ServeOneAsync(call, name, input).ConfigureAwait(false);
            }
            catch (IotHubException refusal)
            {
                errors.Add(new BulkErrorDocument(device, input?.ModuleId, refusal.Error.Code, refusal.Error.Message));
            }
            catch (Api.ApiException refusal)
            {
                errors.Add(new BulkErrorDocument(device, input?.ModuleId, IotHubEndpoint.Translate(refusal).Code, refusal.Message));
            }
        }

        await context.Documents.CommitAsync().ConfigureAwait(false);
        var answer = IotHubAnswer.Json(new BulkResultDocument(errors.Count == 0, errors, []), IdentityDocumentJson.Default.BulkResultDocument);
        return errors.Count == 0 ? answer : answer with { Status = 400 };
    }

    private async ValueTask ServeOneAsync(IotHubCall call, IdentityName name, IdentityInput input)
    {
        string mode = (input.ImportMode ?? "createOrUpdate").ToUpperInvariant();
        if (IsTwin(mode))
        {
            await UpdateTwinAsync(call, name, input, mode == "UPDATETWIN" ? null : ETag(input.TwinETag, mode)).ConfigureAwait(false);
            return;
        }

        var content = input.Content();
        bool isNew;
        lock (context.Documents.Gate)
        {
            isNew = identities.Find(name) is null;
            switch (mode)
            {
                case "CREATE":
                    identities.Create(name, content);
                    break;
                case "CREATEORUPDATE" when isNew:
                    identities.Create(name, content);
                    break;
                case "CREATEORUPDATE" or "UPDATE":
                    identities.Update(name, content, null);
                    break;
                case "UPDATEIFMATCHETAG":
                    identities.Update(name, content, ETag(input.Etag, mode));
                    break;
                case "DELETE":
                    identities.Delete(name, null);
                    break;
                case "DELETEIFMATCHETAG":
                    identities.Delete(name, ETag(input.Etag, mode));
                    break;
                default:
                    throw new IotHubException(IotHubError.ArgumentInvalid(
                        $"importMode must be create, update, updateIfMatchETag, delete, deleteIfMatchETag, createOrUpdate, updateTwin or updateTwinIfMatchETag, not '{input.ImportMode}'"));
            }
        }

        // A device may come with its first twin.
        if (isNew && mode.StartsWith("CREATE", StringComparison.Ordinal) && (input.Tags is not null || input.Properties is not null)) await UpdateTwinAsync(call, name, input, null).ConfigureAwait(false);
    }

    private async ValueTask UpdateTwinAsync(IotHubCall call, IdentityName name, IdentityInput input, string? etag)
    {
        var document = new System.Buffers.ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(document))
        {
            json.WriteStartObject();
            if (input.Tags is { } tags)
            {
                json.WritePropertyName("tags");
                tags.WriteTo(json);
            }

            if (input.Properties is { } properties)
            {
                json.WritePropertyName("properties");
                properties.WriteTo(json);
            }

            json.WriteEndObject();
        }

        var answer = await twins.WriteAsync(name, document.WrittenMemory.ToArray(), replaces: false, etag, call.Aborted).ConfigureAwait(false);
        if (answer.Error is { } error) throw new IotHubException(error);
    }
}
