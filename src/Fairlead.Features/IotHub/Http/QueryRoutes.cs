using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Fairlead.Features.Api;
using Fairlead.Features.IotHub.Credentials;
using Fairlead.Features.IotHub.Identities;
using Fairlead.Features.IotHub.Query;
using Fairlead.Features.IotHub.Twins;

namespace Fairlead.Features.IotHub.Http;

/// <summary>
/// Queries over twins (spec/azure-gateway, section 4.3). Twins are looked at in the order of their ids, a bounded number for each page; a
/// page may be short, or empty, and still have one behind it.
/// </summary>
internal sealed class QueryRoutes(FeatureContext context, IdentityService identities, TwinService twins)
{
    private const int LargestPage = 1000;
    private const int DefaultPage = 100;
    private const int MostLookedAt = 10_000;
    private const int Chunk = 256;

    /// <summary>The operation.</summary>
    public IEnumerable<IotHubRoute> Routes => [new("POST", "/devices/query", HubPermissions.RegistryRead, Serve) { Role = HubRole.Viewer }];

    private static string Encode(string key, int told) => Convert.ToBase64String(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{told}:{key}")));

    private static (string? Key, int Told) Decode(string? continuation)
    {
        if (string.IsNullOrEmpty(continuation)) return (null, 0);
        var bytes = new byte[continuation.Length];
        if (Convert.TryFromBase64String(continuation, bytes, out int length) && Encoding.UTF8.GetString(bytes, 0, length).Split(':', 2) is [var told, var key]
            && int.TryParse(told, NumberStyles.None, CultureInfo.InvariantCulture, out int number)) return (key, number);
        throw new IotHubException(IotHubError.ArgumentInvalid("x-ms-continuation is none of this hub"));
    }

    private ValueTask<IotHubAnswer> Serve(IotHubCall call)
    {
        string text = call.Json(QueryJson.Default.QueryDocument).Query ?? throw new IotHubException(IotHubError.ArgumentNull("the query is missing"));
        int size = IotHubCall.Number(call.Header("x-ms-max-item-count"), "x-ms-max-item-count", 1, LargestPage) ?? DefaultPage;
        TwinQuery query;
        try
        {
            query = QueryParser.Parse(text);
        }
        catch (QueryException problem)
        {
            throw new IotHubException(IotHubError.ArgumentInvalid($"the query cannot be run: {problem.Message}"));
        }

        var body = new ArrayBufferWriter<byte>();
        var (after, told) = Decode(call.Header("x-ms-continuation"));
        string? next = null;
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartArray();
            if (query.CountName is { } name)
            {
                json.WriteStartObject();
                json.WriteNumber(name, Math.Min(Count(query, call.Aborted), query.Top ?? long.MaxValue));
                json.WriteEndObject();
            }
            else
            {
                next = WritePage(query, json, after, told, size);
            }

            json.WriteEndArray();
        }

        List<KeyValuePair<string, string>> headers = [new("x-ms-item-type", query.Fields is null && query.CountName is null ? "twin" : "raw")];
        if (next is not null) headers.Add(new("x-ms-continuation", next));
        return new(new IotHubAnswer(200, body.WrittenMemory) { Headers = headers });
    }

    private string? WritePage(TwinQuery query, Utf8JsonWriter json, string? after, int told, int size)
    {
        int looked = 0;
        int written = 0;
        while (true)
        {
            var chunk = Take(query, after);
            foreach (var identity in chunk)
            {
                if (query.Top is { } top && told + written >= top) return null;
                if (written == size || looked == MostLookedAt) return Encode(after!, told + written);
                looked++;
                after = identity.Name.Key;
                using var document = JsonDocument.Parse(twins.Describe(identity));
                if (!query.Matches(document.RootElement)) continue;
                query.Write(json, document.RootElement);
                written++;
            }

            if (chunk.Count < Chunk) return null;
        }
    }

    private long Count(TwinQuery query, CancellationToken cancellation)
    {
        long count = 0;
        string? after = null;
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            var chunk = Take(query, after);
            foreach (var identity in chunk)
            {
                after = identity.Name.Key;
                if (query.Where is null)
                {
                    count++;
                    continue;
                }

                using var document = JsonDocument.Parse(twins.Describe(identity));
                if (query.Matches(document.RootElement)) count++;
            }

            if (chunk.Count < Chunk) return count;
        }
    }

    private List<Identity> Take(TwinQuery query, string? after)
    {
        lock (context.Documents.Gate) return [.. (query.OfModules ? identities.ModulesAfter(after) : identities.DevicesAfter(after)).Take(Chunk)];
    }
}

/// <summary>A query.</summary>
internal sealed record QueryDocument(string? Query);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, PropertyNameCaseInsensitive = true)]
[JsonSerializable(typeof(QueryDocument))]
internal sealed partial class QueryJson : JsonSerializerContext;
