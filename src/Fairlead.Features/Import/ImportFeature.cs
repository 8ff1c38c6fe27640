using System.Buffers;
using System.Text.Json;
using Fairlead.Features.Api;

namespace Fairlead.Features.Import;

/// <summary>
/// <c>POST /v1/import</c>: things with certificates by the thousand. A line a thing, each line all or nothing, one commit for the
/// request. Sending lines again does no harm: what is there already is said to be, and a failed line can be mended and sent alone.
/// </summary>
internal sealed class ImportFeature(FeatureContext context, ThingImport import) : IFeature
{
    private const int MostLines = 1000;
    private const int MostBytes = 8 * 1024 * 1024;

    /// <inheritdoc/>
    public IEnumerable<ApiOperation> Operations =>
        [ApiOperation.Hub("ImportThings", "POST", "/v1/import", ImportAsync) with { MaximumBody = MostBytes }];

    private async ValueTask<ApiResponse> ImportAsync(ApiRequest request)
    {
        var lines = Cut(request.RawBody);
        if (lines.Count > MostLines) throw ApiException.InvalidRequest($"an import takes at most {MostLines} lines at once, not {lines.Count}");
        var items = new ImportItem[lines.Count];
        // Reading a request, verifying its signature and signing it is work for processors; half of them are left to everybody else.
        var parallel = new ParallelOptions { CancellationToken = request.Aborted, MaxDegreeOfParallelism = Math.Max(1, Environment.ProcessorCount / 2) };
        await Parallel.ForAsync(0, lines.Count, parallel, (i, _) =>
        {
            items[i] = import.Prepare(lines[i].Span);
            return ValueTask.CompletedTask;
        }).ConfigureAwait(false);
        var results = new ImportResult[items.Length];
        for (var i = 0; i < items.Length; i++)
        {
            // Not once for all: connects and other callers get their turn between two lines.
            lock (context.Documents.Gate) results[i] = import.Apply(items[i]);
        }

        await context.Documents.CommitAsync().ConfigureAwait(false);
        return new ApiResponse(200, Write(results)) { ContentType = "application/x-ndjson" };
    }

    private static List<ReadOnlyMemory<byte>> Cut(ReadOnlyMemory<byte> body)
    {
        var lines = new List<ReadOnlyMemory<byte>>();
        while (!body.IsEmpty)
        {
            var end = body.Span.IndexOf((byte)'\n');
            var line = end < 0 ? body : body[..end];
            body = end < 0 ? default : body[(end + 1)..];
            if (!line.Span.Trim(" \r\t"u8).IsEmpty) lines.Add(line);
        }

        return lines;
    }

    private static ReadOnlyMemory<byte> Write(ImportResult[] results)
    {
        var bytes = new ArrayBufferWriter<byte>(results.Length * 256);
        using var json = new Utf8JsonWriter(bytes);
        foreach (var result in results)
        {
            JsonSerializer.Serialize(json, result, ImportJson.Default.ImportResult);
            json.Flush();
            json.Reset();
            bytes.Write("\n"u8);
        }

        return bytes.WrittenMemory;
    }
}
