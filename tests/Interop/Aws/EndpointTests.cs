namespace Fairlead.Interop.Aws;

/// <summary>DescribeEndpoint, and with it the shortest way through signing and error shapes.</summary>
public sealed class EndpointTests(AwsHub hub) : IClassFixture<AwsHub>
{
    [Fact]
    public async Task Registry_49_describe_endpoint_is_case_insensitive_rejects_unknown_types_and_names_a_bare_host()
    {
        foreach (var api in new[] { hub.Boto3, hub.JavaScript })
        {
            foreach (var type in new[] { "iot:Data-ATS", "IOT:DATA-ats", "iot:Data" })
                (await api.IotAsync("DescribeEndpoint", new { endpointType = type })).GetProperty("endpointAddress").GetString().ShouldBe("localhost");
            (await api.IotAsync("DescribeEndpoint")).GetProperty("endpointAddress").GetString().ShouldBe("localhost");
            var error = await api.RefusedAsync("InvalidRequestException", 400, "DescribeEndpoint", new { endpointType = "iot:Nothing" });
            error.Typed.ShouldBe("InvalidRequestException");
        }
    }
}
