using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Fairlead.Load.Brokers;
using Fairlead.Load.Measuring;

namespace Fairlead.Load.Scenarios;

// A hundred thousand things, each with a certificate signed by the hub, a policy and attributes: imported, listed, searched, and there again
// after kill -9. Signing requests are made beforehand and shared, because a generator's keys are not what is measured.
internal sealed class FleetScenario() : Scenario("fleet", "things with certificates: import, list, search, restart")
{
    private const int LinesPerRequest = 1000;
    private const int Requests = 64;

    internal override bool IsOurs => true;

    internal override IReadOnlyList<(Measure Measure, double Value)> Run(RunContext context)
    {
        int things = context.Settings.Quick ? 5_000 : 100_000;
        var options = new StartOptions(Durable: true, context.Data, Http: true);
        double empty, full, importSeconds, listSeconds, searchSeconds;
        using (BrokerProcess hub = context.Target.Start(options))
        using (var api = new HubApi(hub.HttpPort, context.Data))
        {
            empty = hub.ReadMemory().Resident;
            api.CreateDevice("device");
            string[] signing = [.. Enumerable.Range(0, Requests).Select(_ => CreateRequest())];
            importSeconds = Timed(() => Import(api, signing, things, context.Cancelled));
            listSeconds = Timed(() => Walk(api, things));
            searchSeconds = Timed(() => Search(api, things / 10));
            full = hub.ReadMemory().Resident;
            hub.Kill();
        }

        var watch = Stopwatch.StartNew();
        using BrokerProcess again = context.Target.Start(options);
        double restart = watch.Elapsed.TotalMilliseconds;
        using var check = new HubApi(again.HttpPort, context.Data);
        int lost = things - Count(check);
        return
        [
            (Measure.Imported, things / importSeconds),
            (Measure.Listed, things / listSeconds),
            (Measure.Searched, things / 10 / searchSeconds),
            (Measure.BytesEachThing, (full - empty) / things),
            (Measure.Restart, restart),
            (Measure.LostThings, lost),
        ];
    }

    private static double Timed(Action work)
    {
        var watch = Stopwatch.StartNew();
        work();
        return watch.Elapsed.TotalSeconds;
    }

    private static string CreateRequest()
    {
        (string request, ECDsa key) = DeviceIdentity.CreateRequest("CN=bench");
        key.Dispose();
        return request;
    }

    private static void Import(HubApi api, string[] signing, int things, CancellationToken cancelled)
    {
        for (int first = 0; first < things; first += LinesPerRequest)
        {
            cancelled.ThrowIfCancellationRequested();
            var body = new StringBuilder();
            for (int i = first; i < Math.Min(first + LinesPerRequest, things); i++)
            {
                var line = new JsonObject
                {
                    ["thing"] = $"thing-{i:D6}",
                    ["attributes"] = new JsonObject { ["site"] = $"site-{i % 10}", ["serial"] = $"{i}" },
                    ["csr"] = signing[i % signing.Length],
                    ["policies"] = new JsonArray("bench"),
                };
                body.AppendLine(line.ToJsonString());
            }

            string answer = api.Send(HttpMethod.Post, "/v1/import", body.ToString());
            if (answer.Contains("\"failed\"", StringComparison.Ordinal))
                throw new BenchException($"a line of the import failed: {answer[..Math.Min(answer.Length, 300)]}");
        }
    }

    private static void Walk(HubApi api, int things)
    {
        int seen = Count(api);
        if (seen != things)
            throw new BenchException($"ListThings shows {seen} of {things} things.");
    }

    private static int Count(HubApi api)
    {
        int seen = 0;
        string? token = null;
        do
        {
            JsonNode page = api.Call(HttpMethod.Get, "/things?maxResults=250" + (token is null ? "" : $"&nextToken={Uri.EscapeDataString(token)}"));
            seen += page["things"]!.AsArray().Count;
            token = (string?)page["nextToken"];
        }
        while (token is not null);
        return seen;
    }

    private static void Search(HubApi api, int expected)
    {
        int seen = 0;
        string? token = null;
        do
        {
            var query = new JsonObject { ["queryString"] = "attributes.site:site-3", ["maxResults"] = 250, ["nextToken"] = token };
            if (token is null)
                query.Remove("nextToken");
            JsonNode page = api.Call(HttpMethod.Post, "/indices/search", query);
            seen += page["things"]!.AsArray().Count;
            token = (string?)page["nextToken"];
        }
        while (token is not null);
        if (seen != expected)
            throw new BenchException($"SearchIndex found {seen} of {expected} things.");
    }
}
