using System.Text.Json;

namespace Fairlead.Interop.Aws.Provisioning;

/// <summary>Provisioning templates and their versions (spec/aws-registry-and-policies, section 11.1), through both SDKs.</summary>
public sealed class TemplateTests(AwsHub hub) : IClassFixture<AwsHub>
{
    private const string Role = "arn:aws:iam::123456789012:role/provisioning";

    private const string Body = """
        {
          "Parameters": { "Serial": { "Type": "String" }, "AWS::IoT::Certificate::Id": { "Type": "String" } },
          "Resources": {
            "thing": { "Type": "AWS::IoT::Thing", "Properties": { "ThingName": { "Fn::Join": ["", ["lamp-", { "Ref": "Serial" }]] } } },
            "certificate": { "Type": "AWS::IoT::Certificate", "Properties": { "CertificateId": { "Ref": "AWS::IoT::Certificate::Id" }, "Status": "Active" } },
            "policy": { "Type": "AWS::IoT::Policy", "Properties": { "PolicyDocument": "{\"Version\":\"2012-10-17\",\"Statement\":[]}" } }
          }
        }
        """;

    public static TheoryData<AwsTool> Tools => [AwsTool.Boto3, AwsTool.JavaScript];

    [Theory]
    [MemberData(nameof(Tools))]
    public async Task Template_lives_from_creation_to_deletion(AwsTool tool)
    {
        var api = Api(tool);
        var name = Name(tool, "life");
        var made = await api.IotAsync("CreateProvisioningTemplate", new
        {
            templateName = name,
            description = "lamps",
            templateBody = Body,
            enabled = true,
            provisioningRoleArn = Role,
            preProvisioningHook = new { targetArn = "https://hooks.example/allow" },
            tags = new[] { new { Key = "team", Value = "light" } },
        });
        made.GetProperty("defaultVersionId").GetInt32().ShouldBe(1);
        var arn = made.GetProperty("templateArn").GetString()!;
        arn.ShouldBe($"arn:aws:iot:us-east-1:123456789012:provisioningtemplate/{name}");
        var tags = await api.IotAsync("ListTagsForResource", new { resourceArn = arn });
        tags.GetProperty("tags")[0].GetProperty("Value").GetString().ShouldBe("light");

        var shown = await api.IotAsync("DescribeProvisioningTemplate", new { templateName = name });
        shown.GetProperty("templateBody").GetString().ShouldBe(Body);
        shown.GetProperty("enabled").GetBoolean().ShouldBeTrue();
        shown.GetProperty("type").GetString().ShouldBe("FLEET_PROVISIONING");
        shown.GetProperty("provisioningRoleArn").GetString().ShouldBe(Role);
        var hook = shown.GetProperty("preProvisioningHook");
        hook.GetProperty("targetArn").GetString().ShouldBe("https://hooks.example/allow");
        hook.GetProperty("payloadVersion").GetString().ShouldBe("2020-04-01");
        shown.GetProperty("creationDate").GetDouble().ShouldBeGreaterThan(1_700_000_000);

        await api.IotAsync("UpdateProvisioningTemplate", new { templateName = name, description = "lights", enabled = false, removePreProvisioningHook = true });
        shown = await api.IotAsync("DescribeProvisioningTemplate", new { templateName = name });
        shown.GetProperty("description").GetString().ShouldBe("lights");
        shown.GetProperty("enabled").GetBoolean().ShouldBeFalse();
        shown.TryGetProperty("preProvisioningHook", out _).ShouldBeFalse();

        await api.IotAsync("DeleteProvisioningTemplate", new { templateName = name });
        await api.RefusedAsync("ResourceNotFoundException", 404, "DescribeProvisioningTemplate", new { templateName = name });
        await api.RefusedAsync("ResourceNotFoundException", 404, "DeleteProvisioningTemplate", new { templateName = name });
        await api.RefusedAsync("ResourceNotFoundException", 404, "UpdateProvisioningTemplate", new { templateName = name, enabled = true });
    }

    [Theory]
    [MemberData(nameof(Tools))]
    public async Task Versions_are_numbered_once_and_five_at_most(AwsTool tool)
    {
        var api = Api(tool);
        var name = Name(tool, "versions");
        await CreateAsync(api, name);
        var second = await api.IotAsync("CreateProvisioningTemplateVersion", new { templateName = name, templateBody = Body });
        second.GetProperty("versionId").GetInt32().ShouldBe(2);
        second.GetProperty("isDefaultVersion").GetBoolean().ShouldBeFalse();
        await api.IotAsync("DeleteProvisioningTemplateVersion", new { templateName = name, versionId = 2 });
        var third = await api.IotAsync("CreateProvisioningTemplateVersion", new { templateName = name, templateBody = Body, setAsDefault = true });
        third.GetProperty("versionId").GetInt32().ShouldBe(3);
        (await api.IotAsync("DescribeProvisioningTemplateVersion", new { templateName = name, versionId = 3 })).GetProperty("isDefaultVersion").GetBoolean().ShouldBeTrue();
        await api.RefusedAsync("DeleteConflictException", 409, "DeleteProvisioningTemplateVersion", new { templateName = name, versionId = 3 });
        await api.RefusedAsync("ResourceNotFoundException", 404, "DescribeProvisioningTemplateVersion", new { templateName = name, versionId = 2 });
        await api.RefusedAsync("ResourceNotFoundException", 404, "DeleteProvisioningTemplateVersion", new { templateName = name, versionId = 2 });
        await api.RefusedAsync("InvalidRequestException", 400, "UpdateProvisioningTemplate", new { templateName = name, defaultVersionId = 2 });
        await api.IotAsync("UpdateProvisioningTemplate", new { templateName = name, defaultVersionId = 1 });
        for (var i = 0; i < 3; i++) await api.IotAsync("CreateProvisioningTemplateVersion", new { templateName = name, templateBody = Body });
        await api.RefusedAsync("VersionsLimitExceededException", 409, "CreateProvisioningTemplateVersion", new { templateName = name, templateBody = Body });
        var listed = await api.IotAsync("ListProvisioningTemplateVersions", new { templateName = name });
        listed.GetProperty("versions").EnumerateArray().Select(static v => v.GetProperty("versionId").GetInt32()).ShouldBe([1, 3, 4, 5, 6]);
        await api.RefusedAsync("ResourceNotFoundException", 404, "ListProvisioningTemplateVersions", new { templateName = name + "x" });
        await api.RefusedAsync("ResourceNotFoundException", 404, "CreateProvisioningTemplateVersion", new { templateName = name + "x", templateBody = Body });
        if (tool != AwsTool.Boto3) return;
        (await api.PagesAsync("ListProvisioningTemplateVersions", "versions", 2, new { templateName = name })).Count.ShouldBe(5);
    }

    [Fact]
    public async Task Registry_05_templates_are_listed_in_pages()
    {
        for (var i = 0; i < 5; i++) await CreateAsync(hub.JavaScript, $"page-{i}");
        var names = (await hub.Boto3.PagesAsync("ListProvisioningTemplates", "templates", 2)).Select(static t => t.GetProperty("templateName").GetString()!).ToList();
        names.Where(static n => n.StartsWith("page-", StringComparison.Ordinal)).ShouldBe(["page-0", "page-1", "page-2", "page-3", "page-4"]);
        names.ShouldBe(names.Order(StringComparer.Ordinal));
        await hub.Boto3.RefusedAsync("InvalidRequestException", 400, "ListProvisioningTemplates", new { nextToken = "*not a token*" });
        var first = await hub.JavaScript.IotAsync("ListProvisioningTemplates", new { maxResults = 1 });
        first.GetProperty("templates").GetArrayLength().ShouldBe(1);
        first.GetProperty("nextToken").GetString().ShouldNotBeNullOrEmpty();
    }

    [Theory]
    [MemberData(nameof(Tools))]
    public async Task Creation_refuses_what_would_not_work(AwsTool tool)
    {
        var api = Api(tool);
        var name = Name(tool, "refused");
        async Task RefusedAsync(string body, string because)
        {
            var error = await api.RefusedAsync(
                "InvalidRequestException", 400, "CreateProvisioningTemplate", new { templateName = name, templateBody = body, provisioningRoleArn = Role });
            error.Message!.ShouldContain(because);
        }

        await RefusedAsync("not json", "not JSON");
        await RefusedAsync("{}", "Resources");
        await RefusedAsync(Body.Replace("Fn::Join", "Fn::Transform", StringComparison.Ordinal), "Fn::Transform");
        await RefusedAsync(Body.Replace("\"Ref\": \"Serial\"", "\"Ref\": \"Serail\"", StringComparison.Ordinal), "Serail");
        await RefusedAsync(Body.Replace("AWS::IoT::Thing\"", "AWS::S3::Bucket\"", StringComparison.Ordinal), "AWS::S3::Bucket");
        await RefusedAsync(Body.Replace("ThingName", "Name", StringComparison.Ordinal), "ThingName");
        await RefusedAsync(Body.Replace("CertificateId", "CertificatePem", StringComparison.Ordinal), "CertificateId");
        await RefusedAsync("""{"Resources":{"thing":{"Type":"AWS::IoT::Thing","Properties":{"ThingName":"a"}}}}""", "AWS::IoT::Certificate");
        await CreateAsync(api, name);
        var taken = await api.RefusedAsync(
            "ResourceAlreadyExistsException", 409, "CreateProvisioningTemplate", new { templateName = name, templateBody = Body, provisioningRoleArn = Role });
        taken.Members.GetProperty("resourceId").GetString().ShouldBe(name);
        foreach (var hook in new object[] { new { targetArn = "arn:aws:lambda:us-east-1:123456789012:function:unknown" }, new { targetArn = "http://hooks.example/" } })
        {
            await api.RefusedAsync("InvalidRequestException", 400, "CreateProvisioningTemplate", new
            {
                templateName = name + "2",
                templateBody = Body,
                provisioningRoleArn = Role,
                preProvisioningHook = hook,
            });
        }

        await api.RefusedAsync("InvalidRequestException", 400, "CreateProvisioningTemplateVersion", new { templateName = name, templateBody = "{}" });
    }

    [Fact]
    public async Task Registry_04_a_template_without_options_shows_no_nulls()
    {
        await CreateAsync(hub.JavaScript, "bare");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/provisioning-templates/bare");
        using var response = await hub.Administrator.SendAsync(request, TestContext.Current.CancellationToken);
        using var document = JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        document.RootElement.EnumerateObject().ShouldAllBe(static member => member.Value.ValueKind != JsonValueKind.Null);
        document.RootElement.TryGetProperty("description", out _).ShouldBeFalse();
    }

    private static string Name(AwsTool tool, string test) => $"{tool}-{test}";

    private static Task<JsonElement> CreateAsync(AwsApi api, string name) =>
        api.IotAsync("CreateProvisioningTemplate", new { templateName = name, templateBody = Body, provisioningRoleArn = Role });

    private AwsApi Api(AwsTool tool) => tool == AwsTool.Boto3 ? hub.Boto3 : hub.JavaScript;
}
