using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Fairlead.Interop.Aws.Operations;

/// <summary>What is not offered answers with an error that says so.</summary>
public sealed class RefusalTests(AwsHub hub) : IClassFixture<AwsHub>
{
    [Fact]
    public async Task What_is_refused_says_so_and_is_not_tried_again()
    {
        foreach (var one in (await OfferedOperation.ListAsync(hub)).Where(static one => !one.IsOffered))
        {
            using var request = new HttpRequestMessage(new HttpMethod(one.Method), OperationFact.Shape(one.Path).Replace("{}", "x", StringComparison.Ordinal));
            if (one.Method is "POST" or "PUT" or "PATCH") request.Content = JsonContent.Create(new { });
            using var answer = await hub.Administrator.SendAsync(request, TestContext.Current.CancellationToken);
            answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest, one.Name);
            answer.Headers.GetValues("x-amzn-ErrorType").ShouldBe(["InvalidRequestException"]);
            (await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("message").GetString().ShouldBe($"{one.Name} is not offered by this hub: {one.Reason}");
        }
    }

    [Fact]
    public async Task Refusals_are_typed_errors_in_the_SDKs()
    {
        foreach (var api in new[] { hub.Boto3, hub.JavaScript })
        {
            (await api.RefusedAsync("InvalidRequestException", 400, "CreateJob", new { jobId = "j", targets = new[] { "arn:aws:iot:us-east-1:123456789012:thing/t" } }))
                .Typed.ShouldBe("InvalidRequestException");
            await api.RefusedAsync("InvalidRequestException", 400, "ListJobExecutionsForThing", new { thingName = "t" });
            await api.RefusedAsync("InvalidRequestException", 400, "ListStreams");
            await api.RefusedAsync("InvalidRequestException", 400, "StartOnDemandAuditTask", new { targetCheckNames = new[] { "x" } });
            await api.RefusedAsync("InvalidRequestException", 400, "CreateDynamicThingGroup", new { thingGroupName = "g", queryString = "*" });
        }
    }
}
