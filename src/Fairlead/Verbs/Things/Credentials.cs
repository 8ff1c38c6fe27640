using System.Text.Json.Nodes;
using Fairlead.Verbs.Certificates;
using Fairlead.Verbs.Kits;
using Fairlead.Verbs.Remote;

namespace Fairlead.Verbs.Things;

/// <summary>Gives a thing a certificate with policies and, unless the key stays elsewhere, a kit. What was made is taken back when a later step fails.</summary>
internal sealed class Credentials(ApiCall call, HubSite site)
{
    private readonly Stack<Func<Task>> _undo = new();

    /// <summary>What has to be undone when the next steps fail.</summary>
    public void OnFailure(Func<Task> undo) => _undo.Push(undo);

    /// <summary>Does something; when it fails, everything that was noted is undone in reverse order.</summary>
    public async Task<T> OrUndoAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch
        {
            while (_undo.TryPop(out var undo))
            {
                try
                {
                    await undo();
                }
                catch (VerbException left)
                {
                    call.Say($"  left behind: {left.What}: {left.Why}");
                }
            }

            throw;
        }
    }

    /// <summary>Gets a certificate for a request, attaches policies and the thing.</summary>
    /// <param name="thing">Thing.</param>
    /// <param name="request">PKCS #10.</param>
    /// <param name="policies">Policies; empty for the default one.</param>
    /// <param name="days">Days of validity; null for as long as the hub gives.</param>
    public async Task<ThingCredential> MakeAsync(string thing, string request, IReadOnlyList<string> policies, int? days)
    {
        var certificate = await CertificateCalls.IssueAsync(call, request, active: true, days);
        OnFailure(() => CertificateCalls.DeleteAsync(call, certificate.Id, certificate.Arn));
        string? document = null;
        if (policies.Count == 0)
        {
            string name = DefaultPolicy.NameOf(thing);
            document = await EnsurePolicyAsync(name, DefaultPolicy.ForThing(thing, site.ArnPrefix));
            policies = [name];
        }

        foreach (string policy in policies)
            await CertificateCalls.AttachPolicyAsync(call, policy, certificate.Arn);
        await CertificateCalls.AttachThingAsync(call, thing, certificate.Arn, exclusive: false);
        if (document is null && policies.Count == 1)
        {
            var policy = await call.SendAsync(HubRequest.Get($"/policies/{HubRequest.Segment(policies[0])}"), $"cannot read the policy {policies[0]}");
            document = policy.GetProperty("policyDocument").GetString();
        }

        return new ThingCredential(certificate, policies, document);
    }

    /// <summary>Makes a policy unless there is one of that name.</summary>
    /// <returns>The document in force.</returns>
    public async Task<string> EnsurePolicyAsync(string name, string document)
    {
        string path = $"/policies/{HubRequest.Segment(name)}";
        if (await call.FindAsync(HubRequest.Get(path), $"cannot read the policy {name}") is { } existing)
            return existing.GetProperty("policyDocument").GetString()!;
        await call.SendAsync(HubRequest.Post(path, new JsonObject { ["policyDocument"] = document }), $"cannot make the policy {name}");
        OnFailure(() => call.SendAsync(HubRequest.Delete(path), $"cannot delete the policy {name}"));
        return document;
    }

    /// <summary>The authority that goes into kits.</summary>
    public string? RootCa() => site.RootCa ?? (call.Hub.Address.CaFile is { } file ? File.ReadAllText(file) : null);
}

/// <summary>What a thing connects with.</summary>
/// <param name="Certificate">Certificate.</param>
/// <param name="Policies">Its policies.</param>
/// <param name="PolicyDocument">The document, when there is one policy.</param>
internal sealed record ThingCredential(IssuedCertificate Certificate, IReadOnlyList<string> Policies, string? PolicyDocument);
