using System.Text.Json.Nodes;
using Fairlead.Verbs.Remote;

namespace Fairlead.Verbs.Certificates;

/// <summary>What several verbs do with certificates.</summary>
internal static class CertificateCalls
{
    /// <summary>Has a request signed by the hub's authority.</summary>
    public static async Task<IssuedCertificate> IssueAsync(ApiCall call, string request, bool active, int? days)
    {
        string path = HubRequest.Query(
            "/certificates", ("setAsActive", active ? "true" : "false"), ("validityDays", days?.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        var answer = await call.SendAsync(HubRequest.Post(path, new JsonObject { ["certificateSigningRequest"] = request }), "cannot get a certificate");
        return new IssuedCertificate(
            answer.GetProperty("certificateId").GetString()!, answer.GetProperty("certificateArn").GetString()!, answer.GetProperty("certificatePem").GetString()!);
    }

    public static Task SetStatusAsync(ApiCall call, string id, string status) =>
        call.SendAsync(HubRequest.Put($"/certificates/{id}?newStatus={status}"), $"cannot set the certificate {CertificateName.Short(id)} to {status}");

    public static Task AttachThingAsync(ApiCall call, string thing, string arn, bool exclusive) => call.SendAsync(
        HubRequest.Put($"/things/{HubRequest.Segment(thing)}/principals?thingPrincipalType={(exclusive ? "EXCLUSIVE_THING" : "NON_EXCLUSIVE_THING")}") with { Headers = [("x-amzn-principal", arn)] },
        $"cannot attach the certificate to the thing {thing}");

    public static Task DetachThingAsync(ApiCall call, string thing, string arn) => call.SendAsync(
        HubRequest.Delete($"/things/{HubRequest.Segment(thing)}/principals") with { Headers = [("x-amzn-principal", arn)] },
        $"cannot detach the certificate from the thing {thing}");

    public static Task AttachPolicyAsync(ApiCall call, string policy, string target) => call.SendAsync(
        HubRequest.Put($"/target-policies/{HubRequest.Segment(policy)}", new JsonObject { ["target"] = target }), $"cannot attach the policy {policy}");

    public static Task DetachPolicyAsync(ApiCall call, string policy, string target) => call.SendAsync(
        HubRequest.Post($"/target-policies/{HubRequest.Segment(policy)}", new JsonObject { ["target"] = target }), $"cannot detach the policy {policy}");

    /// <summary>Names of the things that a certificate is attached to.</summary>
    public static async Task<List<string>> ThingsOfAsync(ApiCall call, string arn)
    {
        var things = new List<string>();
        string? token = null;
        do
        {
            var page = await call.SendAsync(
                HubRequest.Get(HubRequest.Query("/principals/things", ("nextToken", token))) with { Headers = [("x-amzn-principal", arn)] }, "cannot list the things of the certificate");
            things.AddRange(page.GetProperty("things").EnumerateArray().Select(static thing => thing.GetString()!));
            token = page.TryGetProperty("nextToken", out var next) ? next.GetString() : null;
        }
        while (token is not null);
        return things;
    }

    /// <summary>Names of the policies that are attached to a target.</summary>
    public static async Task<List<string>> PoliciesOfAsync(ApiCall call, string target)
    {
        var policies = new List<string>();
        await foreach (var policy in call.ListAsync($"/attached-policies/{HubRequest.Segment(target)}", "policies", Paging.Security, "cannot list the policies of the certificate", method: HttpMethod.Post))
            policies.Add(policy.GetProperty("policyName").GetString()!);
        return policies;
    }

    /// <summary>Takes everything off a certificate, and deletes it.</summary>
    public static async Task DeleteAsync(ApiCall call, string id, string arn)
    {
        foreach (string thing in await ThingsOfAsync(call, arn))
            await DetachThingAsync(call, thing, arn);
        if (Cells.Of(await CertificateName.DescribeAsync(call, id), "status") == "ACTIVE")
            await SetStatusAsync(call, id, "INACTIVE");
        await call.SendAsync(HubRequest.Delete($"/certificates/{id}?forceDelete=true"), $"cannot delete the certificate {CertificateName.Short(id)}");
    }
}

/// <summary>A certificate that the hub has signed.</summary>
internal sealed record IssuedCertificate(string Id, string Arn, string Pem);
