using System.Text.Json;

namespace Fairlead.Interop.Aws.Policies;

/// <summary>Policies and their versions as AWS SDKs see them.</summary>
public sealed class PolicyTests(AwsHub hub) : IClassFixture<AwsHub>
{
    internal const string Anything = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iot:*","Resource":"*"}]}""";

    internal const string Nothing = """{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"iot:*","Resource":"*"}]}""";

    [Fact]
    public async Task Registry_26_versions_are_numbered_up_never_reused_five_at_most_and_the_default_stays()
    {
        foreach (var api in new[] { hub.Boto3, hub.JavaScript })
        {
            var name = $"versions-{Guid.NewGuid():N}";
            var created = await api.IotAsync("CreatePolicy", new { policyName = name, policyDocument = Anything });
            created.GetProperty("policyArn").GetString().ShouldBe($"arn:aws:iot:us-east-1:123456789012:policy/{name}");
            created.GetProperty("policyVersionId").GetString().ShouldBe("1");
            created.GetProperty("policyDocument").GetString().ShouldBe(Anything);
            for (var number = 2; number <= 5; number++)
            {
                var version = await api.IotAsync("CreatePolicyVersion", new { policyName = name, policyDocument = Nothing, setAsDefault = number == 3 });
                version.GetProperty("policyVersionId").GetString().ShouldBe($"{number}");
                version.GetProperty("isDefaultVersion").GetBoolean().ShouldBe(number == 3);
            }

            var full = await api.RefusedAsync("VersionsLimitExceededException", 409, "CreatePolicyVersion", new { policyName = name, policyDocument = Anything });
            full.Message.ShouldBe($"The policy {name} already has the maximum number of versions (5)");
            await api.IotAsync("DeletePolicyVersion", new { policyName = name, policyVersionId = "5" });
            (await api.IotAsync("CreatePolicyVersion", new { policyName = name, policyDocument = Anything })).GetProperty("policyVersionId").GetString().ShouldBe("6");
            (await api.RefusedAsync("InvalidRequestException", 400, "DeletePolicyVersion", new { policyName = name, policyVersionId = "3" }))
                .Message.ShouldBe("Cannot delete the default version of a policy");
            await api.IotAsync("SetDefaultPolicyVersion", new { policyName = name, policyVersionId = "1" });
            (await api.IotAsync("GetPolicy", new { policyName = name })).GetProperty("defaultVersionId").GetString().ShouldBe("1");
            (await api.IotAsync("GetPolicyVersion", new { policyName = name, policyVersionId = "3" })).GetProperty("isDefaultVersion").GetBoolean().ShouldBeFalse();
            var listed = (await api.IotAsync("ListPolicyVersions", new { policyName = name })).GetProperty("policyVersions").EnumerateArray().ToList();
            listed.Select(static version => version.GetProperty("versionId").GetString()).ShouldBe(["6", "4", "3", "2", "1"]);
            listed.Count(static version => version.GetProperty("isDefaultVersion").GetBoolean()).ShouldBe(1);
        }
    }

    [Fact]
    public async Task Registry_27_a_policy_with_an_attachment_or_further_versions_is_not_deleted()
    {
        var name = $"delete-{Guid.NewGuid():N}";
        var identity = $"us-east-1:{Guid.NewGuid()}";
        await hub.Boto3.IotAsync("CreatePolicy", new { policyName = name, policyDocument = Anything });
        await hub.Boto3.IotAsync("CreatePolicyVersion", new { policyName = name, policyDocument = Nothing });
        await hub.Boto3.IotAsync("AttachPolicy", new { policyName = name, target = identity });
        (await hub.Boto3.RefusedAsync("DeleteConflictException", 409, "DeletePolicy", new { policyName = name }))
            .Message.ShouldBe($"The policy cannot be deleted as the policy is attached to one or more principals (name={name})");
        await hub.Boto3.IotAsync("DetachPolicy", new { policyName = name, target = identity });
        (await hub.Boto3.RefusedAsync("DeleteConflictException", 409, "DeletePolicy", new { policyName = name }))
            .Message.ShouldBe($"Cannot delete the policy because it has one or more policy versions attached to it (name={name})");
        await hub.Boto3.IotAsync("DeletePolicyVersion", new { policyName = name, policyVersionId = "2" });
        await hub.Boto3.IotAsync("DeletePolicy", new { policyName = name });
        foreach (var (operation, parameters) in new (string, object)[]
        {
            ("GetPolicy", new { policyName = name }), ("DeletePolicy", new { policyName = name }), ("ListPolicyVersions", new { policyName = name }),
            ("GetPolicyVersion", new { policyName = name, policyVersionId = "1" }), ("DeletePolicyVersion", new { policyName = name, policyVersionId = "1" }),
            ("SetDefaultPolicyVersion", new { policyName = name, policyVersionId = "1" }), ("CreatePolicyVersion", new { policyName = name, policyDocument = Anything }),
            ("AttachPolicy", new { policyName = name, target = identity }), ("ListTargetsForPolicy", new { policyName = name }),
            ("ListPolicyPrincipals", new { policyName = name }), ("AttachPrincipalPolicy", new { policyName = name, principal = identity }),
        })
        {
            await hub.Boto3.RefusedAsync("ResourceNotFoundException", 404, operation, parameters);
        }
    }

    [Fact]
    public async Task Registry_24_deprecated_operations_take_principal_and_policy_from_their_headers()
    {
        foreach (var api in new[] { hub.Boto3, hub.JavaScript })
        {
            var (first, second) = ($"old-a-{Guid.NewGuid():N}", $"old-b-{Guid.NewGuid():N}");
            var identity = $"eu-west-1:{Guid.NewGuid()}";
            foreach (var name in new[] { first, second })
            {
                await api.IotAsync("CreatePolicy", new { policyName = name, policyDocument = Anything });
                await api.IotAsync("AttachPrincipalPolicy", new { policyName = name, principal = identity });
                await api.IotAsync("AttachPrincipalPolicy", new { policyName = name, principal = identity });
            }

            (await api.IotAsync("ListPolicyPrincipals", new { policyName = first })).GetProperty("principals")[0].GetString().ShouldBe(identity);
            (await api.IotAsync("ListTargetsForPolicy", new { policyName = first })).GetProperty("targets")[0].GetString().ShouldBe(identity);
            Names(await api.IotAsync("ListPrincipalPolicies", new { principal = identity, ascendingOrder = true })).ShouldBe([first, second]);
            Names(await api.IotAsync("ListPrincipalPolicies", new { principal = identity })).ShouldBe([second, first]);
            var page = await api.IotAsync("ListPrincipalPolicies", new { principal = identity, pageSize = 1 });
            Names(page).ShouldBe([second]);
            Names(await api.IotAsync("ListPrincipalPolicies", new { principal = identity, pageSize = 1, marker = page.GetProperty("nextMarker").GetString() })).ShouldBe([first]);
            Names(await api.IotAsync("ListAttachedPolicies", new { target = identity })).ShouldBe([second, first]);
            await api.IotAsync("DetachPrincipalPolicy", new { policyName = first, principal = identity });
            await api.RefusedAsync("ResourceNotFoundException", 404, "DetachPrincipalPolicy", new { policyName = first, principal = identity });
            await api.IotAsync("DetachPolicy", new { policyName = first, target = identity });
            Names(await api.IotAsync("ListAttachedPolicies", new { target = identity })).ShouldBe([second]);
        }
    }

    [Fact]
    public async Task Registry_28_attaching_twice_is_one_attachment_the_eleventh_policy_is_refused_and_targets_are_checked()
    {
        var identity = $"us-east-1:{Guid.NewGuid()}";
        for (var i = 0; i < 11; i++)
        {
            var name = $"eleven-{i}-{Guid.NewGuid():N}";
            await hub.Boto3.IotAsync("CreatePolicy", new { policyName = name, policyDocument = Anything });
            if (i < 10)
            {
                await hub.Boto3.IotAsync("AttachPolicy", new { policyName = name, target = identity });
                await hub.Boto3.IotAsync("AttachPolicy", new { policyName = name, target = identity });
            }
            else
            {
                await hub.Boto3.RefusedAsync("LimitExceededException", 410, "AttachPolicy", new { policyName = name, target = identity });
            }

            if (i > 0) continue;
            const string group = "arn:aws:iot:us-east-1:123456789012:thinggroup/nobody";
            (await hub.Boto3.RefusedAsync("ResourceNotFoundException", 404, "AttachPolicy", new { policyName = name, target = group }))
                .Message.ShouldBe($"No thing group with ARN {group} exists");
            var certificate = $"arn:aws:iot:us-east-1:123456789012:cert/{new string('0', 64)}";
            await hub.Boto3.RefusedAsync("ResourceNotFoundException", 404, "AttachPolicy", new { policyName = name, target = certificate });
            foreach (var target in new[] { certificate, "nonsense", "arn:aws:iot:eu-west-1:999999999999:cert/00" })
            {
                (await hub.Boto3.RefusedAsync("InvalidRequestException", 400, "DetachPolicy", new { policyName = name, target })).Message.ShouldBe("Invalid Target");
            }

            await hub.Boto3.RefusedAsync("ResourceNotFoundException", 404, "ListAttachedPolicies", new { target = certificate });
        }

        Names(await hub.Boto3.IotAsync("ListAttachedPolicies", new { target = identity, pageSize = 250 })).Count.ShouldBe(10);
    }

    [Fact]
    public async Task Registry_05_policies_are_paged_by_creation_date_both_ways()
    {
        var names = new List<string>();
        for (var i = 0; i < 7; i++)
        {
            names.Add($"page-{i}-{Guid.NewGuid():N}");
            await hub.Boto3.IotAsync("CreatePolicy", new { policyName = names[^1], policyDocument = Anything });
        }

        var pages = await hub.Boto3.PagesAsync("ListPolicies", "policies", 2);
        pages.Select(NameOf).Where(names.Contains).ShouldBe(Enumerable.Reverse(names));
        var ascending = await hub.Boto3.PagesAsync("ListPolicies", "policies", 2, new { ascendingOrder = true });
        ascending.Select(NameOf).Where(names.Contains).ShouldBe(names);
        pages.Count.ShouldBe(ascending.Count);
        await hub.Boto3.RefusedAsync("InvalidRequestException", 400, "ListPolicies", new { marker = "AAAA" });
    }

    [Theory]
    [InlineData("nonsense", "line 1")]
    [InlineData("{}", "Version is missing")]
    [InlineData("""{"Version":"2012-10-17"}""", "Statement is missing")]
    [InlineData("""{"Version":"2012-10-17","Statement":[]}""", "Statement is empty")]
    [InlineData("""{"Version":"2011-10-17","Statement":[]}""", "Version")]
    [InlineData("""{"Version":"2012-10-17","Statement":[{"Effect":"allow","Action":"*","Resource":"*"}]}""", "Statement[0].Effect")]
    [InlineData("""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Resource":"*"}]}""", "Statement[0].Action")]
    [InlineData("""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":[],"Resource":"*"}]}""", "Statement[0].Action is empty")]
    [InlineData("""{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*"}}""", "Statement.Resource is missing")]
    [InlineData("""{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"${iot:ClientId"}}""", "Statement.Resource: '${' is not closed")]
    [InlineData("""{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}}""", "Statement.Principal")]
    [InlineData("""{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringIs":{"a":"b"}}}}""", "'StringIs'")]
    [InlineData("""{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/33"}}}}""", "aws:SourceIp")]
    public async Task Registry_31_a_malformed_document_is_refused_with_what_is_wrong_and_where(string document, string where)
    {
        var name = $"malformed-{Guid.NewGuid():N}";
        var error = await hub.Boto3.RefusedAsync("MalformedPolicyException", 400, "CreatePolicy", new { policyName = name, policyDocument = document });
        error.Typed.ShouldBe("MalformedPolicyException");
        error.Message!.ShouldContain(where, Case.Sensitive);
        await hub.Boto3.RefusedAsync("ResourceNotFoundException", 404, "GetPolicy", new { policyName = name });
    }

    [Fact]
    public async Task Registry_31_documents_that_are_too_long_or_too_deep_and_names_out_of_range_are_refused()
    {
        await hub.Boto3.IotAsync("CreatePolicy", new { policyName = $"long-{Guid.NewGuid():N}", policyDocument = Anything.PadRight(404_600) });
        // Longer ones do not pass the check of boto3 itself.
        await hub.JavaScript.RefusedAsync("MalformedPolicyException", 400, "CreatePolicy", new { policyName = "too-long", policyDocument = Anything.PadRight(1_000_000) });
        var deep = $$"""{"Version":"2012-10-17","Statement":{{string.Concat(Enumerable.Repeat('[', 5000))}}""";
        (await hub.Boto3.RefusedAsync("MalformedPolicyException", 400, "CreatePolicy", new { policyName = "deep", policyDocument = deep })).Message!.ShouldContain("nested deeper");
        await hub.JavaScript.RefusedAsync("InvalidRequestException", 400, "CreatePolicy", new { policyName = "a b", policyDocument = Anything });
        await hub.JavaScript.RefusedAsync("InvalidRequestException", 400, "CreatePolicy", new { policyName = new string('a', 129), policyDocument = Anything });
        var taken = $"taken-{Guid.NewGuid():N}";
        await hub.Boto3.IotAsync("CreatePolicy", new { policyName = taken, policyDocument = Anything });
        var error = await hub.Boto3.RefusedAsync("ResourceAlreadyExistsException", 409, "CreatePolicy", new { policyName = taken, policyDocument = Anything });
        error.Message.ShouldBe($"Policy cannot be created - name already exists (name={taken})");
        error.Members.GetProperty("resourceId").GetString().ShouldBe(taken);
    }

    private static List<string> Names(JsonElement answer) => [.. answer.GetProperty("policies").EnumerateArray().Select(NameOf)];

    private static string NameOf(JsonElement policy) => policy.GetProperty("policyName").GetString()!;
}
