using System.CommandLine;
using Fairlead.Verbs.Kits;
using Fairlead.Verbs.Remote;

namespace Fairlead.Verbs.Things.Import;

/// <summary><c>fairlead thing import</c>: things by the thousand, each with its kit.</summary>
internal sealed class ThingImportVerb(Terminal terminal)
{
    private const string Examples =
        """
        fairlead thing import fleet.csv                             # things alone: columns thing, type, billingGroup, groups; others are attributes
        fairlead thing import fleet.csv --out kits                  # a key, a certificate and a kit for each, in kits/NAME
        fairlead thing import fleet.csv --out kits                  # again, after an interruption: goes on where it stopped
        fairlead thing import fleet.ndjson --policy lamps --json    # {"thing":"lamp1","type":"lamp","attributes":{"room":"hall"},"csr":"..."}
        """;

    public Command Create()
    {
        var verb = new ApiVerb(terminal, "thing import", "Make many things from a CSV or NDJSON file; run it again to go on after an interruption.", Examples, 120);
        var file = verb.Argument("file", "CSV with a header, or one JSON object a line; - for standard input.");
        var output = verb.Text("--out", "directory", "Make a key and a certificate for each thing, and write a kit into NAME below.");
        var policies = verb.Texts("--policy", "policy", $"Policy for certificates of rows that name none (default with --out: {DefaultPolicy.SharedName}, made when missing); repeat for several.");
        var size = verb.Number("--batch", "number", "Rows in one request (default 500).", 1, 1000);
        return verb.Runs(async call =>
        {
            var rows = ImportFile.Read(call.Get(file), await Files.ReadAsync(call.Get(file), terminal, "the things", call.Cancellation));
            string? folder = call.Get(output) is { } path ? Path.GetFullPath(path) : null;
            var site = await HubSite.ReadAsync(call);
            IReadOnlyList<string> given = call.Get(policies) ?? [];
            if (folder is not null && given.Count == 0)
            {
                await new Credentials(call, site).EnsurePolicyAsync(DefaultPolicy.SharedName, DefaultPolicy.ForAll(site.ArnPrefix));
                given = [DefaultPolicy.SharedName];
            }

            return await new ImportRun(call, site, rows, folder, given).RunAsync(call.Get(size) ?? 500);
        });
    }
}
