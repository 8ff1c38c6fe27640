using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fairlead.Verbs.Certificates;
using Fairlead.Verbs.Remote;

namespace Fairlead.Verbs.Policies;

/// <summary><c>fairlead policy create|ls|get|set|rm|attach|detach|versions</c>; what a policy means is for <see cref="PolicyQuestions"/> and <see cref="PolicyExplanation"/>.</summary>
internal sealed class PolicyVerb(Terminal terminal)
{
    public Command Create()
    {
        var questions = new PolicyQuestions(terminal);
        return new Command("policy", "Policies: what certificates may do. A change is in force at once.")
        {
            CreatePolicy(), List(), Get(), Set(), Remove(), Attach(), Detach(), Versions(), questions.Test(), new PolicyExplanation(terminal).Create(),
        };
    }

    private static string PathOf(string policy) => $"/policies/{HubRequest.Segment(policy)}";

    private Command CreatePolicy()
    {
        const string Examples =
            """
            fairlead policy create lamps lamps.json
            fairlead policy get lamp1-default | fairlead policy create lamp9 -
            """;
        var verb = new ApiVerb(terminal, "policy create", "Make a policy.", Examples);
        var name = verb.Argument("name", "Name of the policy.");
        var file = verb.Argument("file", "Policy document (JSON); - for standard input.");
        return verb.Runs(async call =>
        {
            var body = new JsonObject { ["policyDocument"] = await Files.ReadTextAsync(call.Get(file), terminal, "the policy", call.Cancellation) };
            var answer = await call.SendAsync(HubRequest.Post(PathOf(call.Get(name)), body), $"cannot make the policy {call.Get(name)}");
            call.Say($"created the policy {call.Get(name)}; it is in force for what it gets attached to");
            if (call.Talk.Json)
                call.WriteDetails(answer);
        });
    }

    private Command List()
    {
        const string Examples =
            """
            fairlead policy ls
            fairlead policy ls --of 3f9a1c20        # attached to this certificate
            fairlead policy ls --of thinggroup/lamps
            """;
        var verb = new ApiVerb(terminal, "policy ls", "List policies.", Examples);
        var target = verb.Text("--of", "target", "Only those attached to this certificate or thing group.");
        var limit = verb.Limit();
        return verb.Runs(async call =>
        {
            var list = call.Get(target) is { } of
                ? call.ListAsync($"/attached-policies/{HubRequest.Segment(await TargetAsync(call, of))}", "policies", Paging.Security, "cannot list policies", call.Get(limit), HttpMethod.Post)
                : call.ListAsync("/policies", "policies", Paging.Security, "cannot list policies", call.Get(limit));
            await new Listing(call, "policyName", "policyArn").ShowAsync(list);
        });
    }

    private Command Get()
    {
        const string Examples =
            """
            fairlead policy get lamps                # the document in force
            fairlead policy get lamps --version 2
            fairlead policy get lamps --targets      # what it is attached to
            """;
        var verb = new ApiVerb(terminal, "policy get", "Print the document of a policy.", Examples);
        var name = verb.Argument("name", "Name of the policy.");
        var version = verb.Text("--version", "version", "A version instead of the one in force.");
        var targets = verb.Flag("--targets", "What the policy is attached to, instead.");
        return verb.Runs(async call =>
        {
            string policy = call.Get(name);
            if (call.Get(targets))
            {
                await foreach (var target in call.ListAsync($"/policy-targets/{HubRequest.Segment(policy)}", "targets", Paging.Security, $"cannot list the targets of {policy}", method: HttpMethod.Post))
                    call.WriteLine(call.Talk.Json ? JsonText.OneLine(target) : Cells.Safe(target.GetString()!));
                return;
            }

            string path = call.Get(version) is { } number ? $"{PathOf(policy)}/version/{HubRequest.Segment(number)}" : PathOf(policy);
            var answer = await call.SendAsync(HubRequest.Get(path), $"cannot show the policy {policy}");
            call.WriteLine(call.Talk.Json ? JsonText.OneLine(answer) : Pretty(answer.GetProperty("policyDocument").GetString()!));
        });
    }

    private Command Set()
    {
        const string Examples =
            """
            fairlead policy set lamps lamps.json                    # a new version, in force at once
            fairlead policy set lamps lamps.json --no-default       # not yet
            fairlead policy set lamps lamps.json --replace-oldest   # five versions are kept: make room
            """;
        var verb = new ApiVerb(terminal, "policy set", "Give a policy a new version, in force at once for live connections too.", Examples);
        var name = verb.Argument("name", "Name of the policy.");
        var file = verb.Argument("file", "Policy document (JSON); - for standard input.");
        var later = verb.Flag("--no-default", "Keep the present version in force.");
        var replace = verb.Flag("--replace-oldest", "When there are five versions, delete the oldest that is not in force.");
        return verb.Runs(async call =>
        {
            string policy = call.Get(name);
            string what = $"cannot change the policy {policy}";
            var body = new JsonObject { ["policyDocument"] = await Files.ReadTextAsync(call.Get(file), terminal, "the policy", call.Cancellation) };
            var request = HubRequest.Post($"{PathOf(policy)}/version?setAsDefault={(call.Get(later) ? "false" : "true")}", body);
            var answer = await call.Hub.SendAsync(request, call.Cancellation);
            if (answer.ErrorType == "VersionsLimitExceededException" && call.Get(replace))
            {
                string oldest = (await VersionsAsync(call, policy)).Where(static version => !version.GetProperty("isDefaultVersion").GetBoolean())
                    .Select(static version => version.GetProperty("versionId").GetString()!).MinBy(static version => int.Parse(version))!;
                await call.SendAsync(HubRequest.Delete($"{PathOf(policy)}/version/{oldest}"), what);
                answer = await call.Hub.SendAsync(request, call.Cancellation);
            }

            if (!answer.IsSuccess)
                throw answer.ToException(what);
            var made = answer.Json() ?? default;
            call.Say($"the policy {policy} has version {Cells.Of(made, "policyVersionId")}{(call.Get(later) ? "" : ", in force")}");
            if (call.Talk.Json)
                call.WriteDetails(made);
        });
    }

    private Command Remove()
    {
        const string Examples =
            """
            fairlead policy rm lamps                  # must be attached to nothing
            fairlead policy rm lamps --force --yes    # detach it, and delete its versions
            """;
        var verb = new ApiVerb(terminal, "policy rm", "Delete a policy.", Examples);
        var name = verb.Argument("name", "Name of the policy.");
        var force = verb.Flag("--force", "Detach it from everything and delete its other versions first.");
        verb.Asks();
        return verb.Runs(async call =>
        {
            string policy = call.Get(name);
            string what = $"cannot delete the policy {policy}";
            await call.ConfirmAsync($"delete the policy {policy}");
            if (call.Get(force))
            {
                var targets = new List<string>();
                await foreach (var target in call.ListAsync($"/policy-targets/{HubRequest.Segment(policy)}", "targets", Paging.Security, what, method: HttpMethod.Post))
                    targets.Add(target.GetString()!);
                foreach (string target in targets)
                    await CertificateCalls.DetachPolicyAsync(call, policy, target);
                foreach (var version in await VersionsAsync(call, policy))
                {
                    if (!version.GetProperty("isDefaultVersion").GetBoolean())
                        await call.SendAsync(HubRequest.Delete($"{PathOf(policy)}/version/{version.GetProperty("versionId").GetString()}"), what);
                }
            }

            await call.SendAsync(HubRequest.Delete(PathOf(policy)), what);
            call.WriteJson(new JsonObject { ["policyName"] = policy, ["deleted"] = true });
            call.Say($"deleted the policy {policy}");
        });
    }

    private Command Attach() => Bind("attach", "Attach a policy to certificates and thing groups.", CertificateCalls.AttachPolicyAsync);

    private Command Detach() => Bind("detach", "Detach a policy from certificates and thing groups.", CertificateCalls.DetachPolicyAsync);

    private Command Bind(string word, string description, Func<ApiCall, string, string, Task> work)
    {
        string examples =
            $"""
            fairlead policy {word} lamps 3f9a1c20
            fairlead policy {word} lamps thinggroup/hall
            """;
        var verb = new ApiVerb(terminal, $"policy {word}", description, examples);
        var name = verb.Argument("name", "Name of the policy.");
        var targets = verb.Arguments("target", "Certificate (id, its first digits, ARN, PEM file), or thinggroup/NAME.");
        return verb.Runs(async call =>
        {
            foreach (string target in call.Get(targets))
            {
                string arn = await TargetAsync(call, target);
                await work(call, call.Get(name), arn);
                call.WriteJson(new JsonObject { ["policyName"] = call.Get(name), ["target"] = arn, [$"{word}ed"] = true });
                call.Say($"{word}ed {call.Get(name)}: {arn}");
            }
        });
    }

    private Command Versions()
    {
        const string Examples =
            """
            fairlead policy versions lamps
            fairlead policy versions lamps --default 2     # back to version 2, at once
            fairlead policy versions lamps --rm 1
            """;
        var verb = new ApiVerb(terminal, "policy versions", "List the versions of a policy, put one in force, or delete one.", Examples);
        var name = verb.Argument("name", "Name of the policy.");
        var inForce = verb.Text("--default", "version", "Put this version in force.");
        var removed = verb.Text("--rm", "version", "Delete this version.");
        return verb.Runs(async call =>
        {
            string policy = call.Get(name);
            if (call.Get(inForce) is { } chosen)
            {
                await call.SendAsync(HubRequest.Patch($"{PathOf(policy)}/version/{HubRequest.Segment(chosen)}"), $"cannot put version {chosen} of {policy} in force");
                call.Say($"version {chosen} of {policy} is in force");
            }

            if (call.Get(removed) is { } old)
            {
                await call.SendAsync(HubRequest.Delete($"{PathOf(policy)}/version/{HubRequest.Segment(old)}"), $"cannot delete version {old} of {policy}");
                call.Say($"deleted version {old} of {policy}");
            }

            var listing = new Listing(call, "versionId", new Column("inForce", static version => Cells.Of(version, "isDefaultVersion")), "createDate");
            foreach (var version in await VersionsAsync(call, policy))
                listing.Add(version);
            listing.End();
        });
    }

    private static async Task<List<JsonElement>> VersionsAsync(ApiCall call, string policy)
    {
        var answer = await call.SendAsync(HubRequest.Get($"{PathOf(policy)}/version"), $"cannot list the versions of {policy}");
        return [.. answer.GetProperty("policyVersions").EnumerateArray()];
    }

    private static async Task<string> TargetAsync(ApiCall call, string target)
    {
        if (target.StartsWith("arn:", StringComparison.Ordinal))
            return target;
        if (target.StartsWith("thinggroup/", StringComparison.Ordinal))
            return (await HubSite.ReadAsync(call)).ArnPrefix + target;
        string id = await CertificateName.ResolveAsync(call, target);
        return Cells.Of(await CertificateName.DescribeAsync(call, id), "certificateArn");
    }

    private static string Pretty(string document)
    {
        try
        {
            using var parsed = JsonDocument.Parse(document);
            return JsonText.Pretty(parsed.RootElement);
        }
        catch (JsonException)
        {
            return document;
        }
    }
}
