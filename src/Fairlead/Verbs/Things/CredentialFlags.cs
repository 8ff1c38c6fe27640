using System.CommandLine;
using Fairlead.Verbs.Kits;
using Fairlead.Verbs.Remote;

namespace Fairlead.Verbs.Things;

/// <summary>The flags that say how a thing gets its certificate, and where it goes.</summary>
internal sealed class CredentialFlags
{
    private readonly Option<string[]> _policies;
    private readonly Option<string?> _request;
    private readonly Option<int?> _days;
    private readonly Option<string?> _output;
    private readonly Option<bool> _force;
    private readonly Option<bool> _wait;
    private readonly Option<bool> _noWait;

    public CredentialFlags(ApiVerb verb, bool withWait)
    {
        _policies = verb.Texts("--policy", "policy", "Policy for the certificate instead of NAME-default; repeat for several.");
        _request = verb.Text("--csr", "file", "Certificate signing request (PEM) of a key that was made elsewhere; - for standard input.");
        _days = verb.Number("--days", "number", "Days of validity (default: as long as the hub gives).");
        _output = verb.Text("--out", "directory", "Write the kit there; - writes everything as JSON to stdout.");
        _force = verb.Flag("--force", "Replace a kit that is there.");
        _wait = new Option<bool>("--wait") { Description = "Wait for the first connection, at most --timeout (default on a terminal: until Ctrl-C)." };
        _noWait = new Option<bool>("--no-wait") { Description = "Do not wait for the first connection." };
        if (!withWait)
            return;
        verb.Add(_wait);
        verb.Add(_noWait);
    }

    /// <summary>What is wished; null for no certificate.</summary>
    public async Task<CredentialWish?> ReadAsync(ApiCall call, string thing, bool needed)
    {
        string? output = call.Get(_output);
        string? file = call.Get(_request);
        string[] policies = call.Get(_policies) ?? [];
        if (output is null && file is null)
        {
            if (needed)
                throw VerbException.Usage($"cannot make a kit for {thing}", "neither --out nor --csr is given", $"Give --out {thing}");
            if (policies.Length > 0 || call.Get(_days) is not null)
                throw VerbException.Usage($"cannot make the thing {thing} so", "--policy and --days are for a certificate, and none is asked for", $"Give --out {thing}, or --csr FILE");
            return null;
        }

        if (call.Get(_wait) && call.Get(_noWait))
            throw VerbException.Usage("cannot wait and not wait", "--wait and --no-wait exclude each other", "Give one of them");
        var kit = output is null or "-" ? null : Kit.In(output, thing);
        if (kit is not null && !call.Get(_force))
            kit.CheckAbsent();
        string? request = file is null ? null : await Files.ReadTextAsync(file, call.Terminal, "the certificate signing request", call.Cancellation);
        bool wait = call.Get(_wait) || (!call.Get(_noWait) && !call.Talk.Json && !call.Talk.Quiet && call.Terminal.IsInteractive && request is null);
        return new CredentialWish(policies, request, call.Get(_days), kit, output == "-", wait, call.Get(_wait));
    }
}

/// <summary>How a thing gets its certificate.</summary>
/// <param name="Policies">Policies; empty for the default one.</param>
/// <param name="Request">PKCS #10; null for a key made here.</param>
/// <param name="Days">Validity.</param>
/// <param name="Kit">Where the kit goes; null for none.</param>
/// <param name="IsToOutput">Whether everything goes to stdout.</param>
/// <param name="Wait">Whether to wait for the first connection.</param>
/// <param name="WaitIsAsked">Whether that was said, and not just what is done on a terminal.</param>
internal sealed record CredentialWish(IReadOnlyList<string> Policies, string? Request, int? Days, Kit? Kit, bool IsToOutput, bool Wait, bool WaitIsAsked);
