namespace Fairlead.Interop.Aws;

/// <summary>Errors as both SDKs raise them: the class is that of the model, and the status is the listed one.</summary>
public sealed class ErrorTests(AwsHub hub) : IClassFixture<AwsHub>
{
    private const string Document = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iot:Connect","Resource":"*"}]}""";

    [Fact]
    public async Task Registry_01_each_error_has_its_status_and_raises_the_typed_exception()
    {
        var made = await hub.Boto3.IotAsync("CreateKeysAndCertificate", new { setAsActive = true });
        var (id, arn) = (made.GetProperty("certificateId").GetString(), made.GetProperty("certificateArn").GetString());
        await hub.Boto3.IotAsync("CreateThing", new { thingName = "x-thing" });
        await hub.Boto3.IotAsync("AttachThingPrincipal", new { thingName = "x-thing", principal = arn });
        for (var i = 0; i < 10; i++)
        {
            await hub.Boto3.IotAsync("CreatePolicy", new { policyName = $"x-{i}", policyDocument = Document });
            await hub.Boto3.IotAsync("AttachPolicy", new { policyName = $"x-{i}", target = arn });
        }

        await hub.Boto3.IotAsync("CreatePolicy", new { policyName = "x-more", policyDocument = Document });
        for (var i = 0; i < 4; i++) await hub.Boto3.IotAsync("CreatePolicyVersion", new { policyName = "x-more", policyDocument = Document });

        foreach (var api in new[] { hub.Boto3, hub.JavaScript })
        {
            await TypedAsync(api, "InvalidRequestException", 400, "CreateThing", new { thingName = "no spaces please" });
            await TypedAsync(api, "ResourceNotFoundException", 404, "DescribeThing", new { thingName = "x-unknown" });
            var exists = await TypedAsync(api, "ResourceAlreadyExistsException", 409, "CreateThing", new { thingName = "x-thing", attributePayload = new { attributes = new { a = "1" } } });
            exists.Members.GetProperty("resourceArn").GetString().ShouldBe("arn:aws:iot:us-east-1:123456789012:thing/x-thing");
            await TypedAsync(api, "VersionConflictException", 409, "UpdateThing", new { thingName = "x-thing", expectedVersion = 9 });
            await TypedAsync(api, "MalformedPolicyException", 400, "CreatePolicy", new { policyName = "x-bad", policyDocument = "{" });
            await TypedAsync(api, "VersionsLimitExceededException", 409, "CreatePolicyVersion", new { policyName = "x-more", policyDocument = Document });
            await TypedAsync(api, "DeleteConflictException", 409, "DeletePolicy", new { policyName = "x-0" });
            await TypedAsync(api, "LimitExceededException", 410, "AttachPolicy", new { policyName = "x-more", target = arn });
            await TypedAsync(api, "CertificateStateException", 406, "DeleteCertificate", new { certificateId = id });
            await TypedAsync(api, "InvalidQueryException", 400, "SearchIndex", new { queryString = "(" });
            await TypedAsync(api, "InvalidAggregationException", 400, "GetCardinality", new { queryString = "*", aggregationField = "x" });
            await TypedAsync(api, "NotConfiguredException", 404, "GetV2LoggingOptions");
        }
    }

    /// <summary>One path of two APIs: the control plane's says that it is not offered, the other one is not there.</summary>
    [Fact]
    public async Task Registry_03_operations_of_jobs_go_by_the_service_that_the_request_is_signed_for()
    {
        var scene = new Hostile.HostileScene(hub);
        var control = await scene.SendAsync(scene.Signed("GET", "/things/t/jobs/j"));
        control.Status.ShouldBe(400);
        control.Message.ShouldBe("DescribeJobExecution is not offered by this hub: it has no jobs yet");
        var device = await scene.SendAsync(scene.Signed("GET", "/things/t/jobs/j") with { Service = "iot-jobs-data" });
        device.Status.ShouldBe(403);
        device.ErrorType.ShouldBe("InvalidSignatureException");
        device.Message!.ShouldContain("iot-jobs-data");
    }

    private static async Task<AwsError> TypedAsync(AwsApi api, string code, int status, string operation, object? parameters = null)
    {
        var error = await api.RefusedAsync(code, status, operation, parameters);
        error.Typed.ShouldBe(code, operation);
        return error;
    }
}
