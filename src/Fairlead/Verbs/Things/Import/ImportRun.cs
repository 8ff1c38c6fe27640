using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fairlead.Verbs.Certificates;
using Fairlead.Verbs.Kits;
using Fairlead.Verbs.Remote;

namespace Fairlead.Verbs.Things.Import;

/// <summary>
/// One import: makes keys on all processors, sends rows in batches, writes kits. A key is on the disk before its request is sent, and a
/// certificate after the answer: whatever interrupts it, the same command goes on where it stopped.
/// </summary>
internal sealed class ImportRun(ApiCall call, HubSite site, IReadOnlyList<ImportRow> rows, string? folder, IReadOnlyList<string> policies)
{
    private const int BatchesAtOnce = 2;
    private const int MostToldFailures = 20;

    private readonly ProgressBar _progress = new(call.Terminal, call.Talk, rows.Count);
    private readonly Lock _output = new();
    private readonly List<string> _failures = [];
    private string? _rootCa;
    private long _created;
    private long _existing;
    private long _complete;
    private long _failed;

    private long Done => Volatile.Read(ref _created) + Volatile.Read(ref _existing) + Volatile.Read(ref _complete) + Volatile.Read(ref _failed);

    public async Task<int> RunAsync(int batchSize)
    {
        _rootCa = new Credentials(call, site).RootCa();
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = BatchesAtOnce, CancellationToken = call.Cancellation };
        try
        {
            await Parallel.ForEachAsync(rows.Chunk(batchSize), parallel, async (batch, cancellation) => await SendAsync(batch, cancellation));
        }
        catch (OperationCanceledException) when (call.Cancellation.IsCancellationRequested)
        {
            Tell();
            throw new VerbException(ExitCode.Failed, "the import was stopped", $"{rows.Count - Done} of {rows.Count} things are left", "Run the same command again to go on");
        }
        catch (VerbException)
        {
            Tell();
            throw;
        }

        Tell();
        return _failed == 0 ? ExitCode.Done : ExitCode.Failed;
    }

    private async Task SendAsync(ImportRow[] batch, CancellationToken cancellation)
    {
        var jobs = new Job?[batch.Length];
        await Parallel.ForAsync(0, batch.Length, cancellation, (i, _) =>
        {
            jobs[i] = Prepare(batch[i]);
            return ValueTask.CompletedTask;
        });
        try
        {
            var left = jobs.Where(static job => job is not null).Select(static job => job!).ToArray();
            _progress.Show(Done, _failed);
            if (left.Length == 0)
                return;
            string body = string.Join('\n', left.Select(static job => job.Line));
            var request = new HubRequest(HttpMethod.Post, "/v1/import") { Body = Encoding.UTF8.GetBytes(body), ContentType = "application/x-ndjson" };
            var answer = await call.Hub.SendAsync(request, cancellation);
            if (!answer.IsSuccess)
                throw answer.ToException("cannot import");
            string[] results = Encoding.UTF8.GetString(answer.Body).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            if (results.Length != left.Length)
                throw new VerbException(ExitCode.Failed, "cannot import", $"the hub answered {results.Length} lines to {left.Length}", "Look into the hub's log, and run the command again");
            await Parallel.ForAsync(0, left.Length, cancellation, async (i, token) => await FinishAsync(left[i], results[i], token));
        }
        finally
        {
            foreach (var job in jobs)
                job?.Key?.Dispose();
        }
    }

    /// <summary>Makes the key of a row; null when its kit is complete.</summary>
    private Job? Prepare(ImportRow row)
    {
        var line = (JsonObject)row.Line.DeepClone();
        KitKey? key = null;
        Kit? kit = null;
        if (folder is not null && !row.HasKeyElsewhere)
        {
            kit = new Kit(Path.Combine(folder, row.Thing), row.Thing);
            if (File.Exists(kit.CertificateFile) && File.Exists(kit.PrivateKeyFile))
            {
                Interlocked.Increment(ref _complete);
                return null;
            }

            kit.MakeFolder();
            key = KeyOf(kit);
            line["csr"] = key.Request(row.Thing);
        }

        if (policies.Count > 0 && !line.ContainsKey("policies") && (line.ContainsKey("csr") || line.ContainsKey("certificate")))
            line["policies"] = new JsonArray([.. policies.Select(static policy => (JsonNode)policy)]);
        return new Job(row, line.ToJsonString(), kit, key);
    }

    private static KitKey KeyOf(Kit kit)
    {
        if (File.Exists(kit.PrivateKeyFile))
        {
            try
            {
                return KitKey.Read(File.ReadAllText(kit.PrivateKeyFile));
            }
            catch (Exception exception) when (exception is CryptographicException or IOException or UnauthorizedAccessException)
            {
                throw VerbException.Usage($"cannot read {kit.PrivateKeyFile}", Files.Problem(kit.PrivateKeyFile, exception), "Remove the file, and run the command again");
            }
        }

        var key = KitKey.Make();
        kit.WriteSecret(kit.PrivateKeyFile, key.PrivatePem);
        kit.WritePublic(kit.PublicKeyFile, key.PublicPem);
        return key;
    }

    private async Task FinishAsync(Job job, string text, CancellationToken cancellation)
    {
        using var parsed = JsonDocument.Parse(text);
        var result = parsed.RootElement;
        string outcome = Cells.Of(result, "result");
        string? problem = outcome == "failed" ? $"{Cells.Of(result, "message")} ({Cells.Of(result, "code")})" : await WriteKitAsync(job, result, cancellation);
        if (problem is not null)
            Fail(job.Row.Thing, problem);
        else
            Interlocked.Increment(ref outcome == "created" ? ref _created : ref _existing);
        if (call.Talk.Json)
        {
            var line = new JsonObject { ["thing"] = job.Row.Thing, ["result"] = problem is null ? outcome : "failed" };
            if (result.TryGetProperty("certificateId", out var id))
                line["certificateId"] = id.GetString();
            if (problem is null && job.Kit is { } kit)
                line["kit"] = kit.Folder;
            if (problem is not null)
                line["message"] = problem;
            lock (_output)
                call.WriteLine(JsonText.Of(line));
        }

        _progress.Show(Done, _failed);
    }

    /// <summary>Writes what came; fetches a certificate whose answer got lost.</summary>
    /// <returns>What is wrong; null for nothing.</returns>
    private async Task<string?> WriteKitAsync(Job job, JsonElement result, CancellationToken cancellation)
    {
        if (job.Kit is not { } kit || job.Key is not { } key)
            return null;
        if (!result.TryGetProperty("certificateId", out var id))
            return "the hub made no certificate";
        string pem;
        if (result.TryGetProperty("certificatePem", out var signed))
        {
            pem = signed.GetString()!;
        }
        else
        {
            var answer = await call.Hub.CallAsync(HubRequest.Get($"/certificates/{id.GetString()}"), $"cannot read the certificate of {job.Row.Thing}", cancellation);
            pem = answer.GetProperty("certificateDescription").GetProperty("certificatePem").GetString()!;
        }

        if (!key.Fits(pem))
            return $"it has certificate {CertificateName.Short(id.GetString()!)} with another key: fairlead thing kit {job.Row.Thing} --out {CurlLine.Quote(kit.Folder)} --force makes another";
        new KitTexts(kit, site, id.GetString()!).Write(pem, policy: null, _rootCa);
        return null;
    }

    private void Fail(string thing, string problem)
    {
        Interlocked.Increment(ref _failed);
        lock (_output)
        {
            if (_failures.Count < MostToldFailures)
                _failures.Add($"  {thing}: {Cells.Safe(problem)}");
        }
    }

    private void Tell()
    {
        _progress.Clear();
        double seconds = _progress.Elapsed.TotalSeconds;
        var parts = new List<string> { Count(_created, "created") };
        if (_existing > 0)
            parts.Add(Count(_existing, "exist already"));
        if (_complete > 0)
            parts.Add(Count(_complete, "complete before"));
        if (_failed > 0)
            parts.Add(Count(_failed, "failed"));
        call.Say(string.Create(CultureInfo.InvariantCulture, $"{Done:N0} of {rows.Count:N0} things in {seconds:0.0} s ({Done / Math.Max(seconds, 0.001):N0}/s): {string.Join(", ", parts)}"));
        foreach (string failure in _failures)
            call.Say(failure);
        if (_failed > _failures.Count)
            call.Say($"  and {Count(_failed - _failures.Count, "more")}; --json tells all");
    }

    private static string Count(long number, string what) => string.Create(CultureInfo.InvariantCulture, $"{number:N0} {what}");

    private sealed record Job(ImportRow Row, string Line, Kit? Kit, KitKey? Key);
}
