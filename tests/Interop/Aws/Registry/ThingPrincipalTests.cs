using System.Net;

namespace Fairlead.Interop.Aws.Registry;

/// <summary>Which principal belongs to which thing.</summary>
public sealed class ThingPrincipalTests(AwsHub hub) : IClassFixture<AwsHub>
{
    private const string Arn = "arn:aws:iot:us-east-1:123456789012:";

    [Fact]
    public Task Registry_24_attach_and_detach_name_the_principal_in_a_header() => Both.Run(hub, async (api, name) =>
    {
        var certificate = await CertificateAsync(api);
        await api.IotAsync("CreateThing", new { thingName = name });
        await api.IotAsync("CreateThing", new { thingName = $"{name}-2" });
        foreach (var thing in new[] { name, name, $"{name}-2" }) await api.IotAsync("AttachThingPrincipal", new { thingName = thing, principal = certificate });
        (await api.IotAsync("ListThingPrincipals", new { thingName = name })).Texts("principals").ShouldBe([certificate]);
        (await api.IotAsync("ListPrincipalThings", new { principal = certificate })).Texts("things").ShouldBe([name, $"{name}-2"]);

        (await api.RefusedAsync("InvalidRequestException", 400, "DeleteThing", new { thingName = name })).Message
            .ShouldBe($"Cannot delete. Thing {name} is still attached to one or more principals");
        await api.IotAsync("DetachThingPrincipal", new { thingName = name, principal = certificate });
        (await api.IotAsync("ListThingPrincipals", new { thingName = name })).Texts("principals").ShouldBeEmpty();
        await api.RefusedAsync("ResourceNotFoundException", 404, "DetachThingPrincipal", new { thingName = name, principal = certificate });
        await api.IotAsync("DeleteThing", new { thingName = name });
    });

    [Fact]
    public Task Registry_24_other_principals_are_kept_as_they_came() => Both.Run(hub, async (api, name) =>
    {
        await api.IotAsync("CreateThing", new { thingName = name });
        var identity = $"us-east-1:{Guid.NewGuid()}";
        await api.IotAsync("AttachThingPrincipal", new { thingName = name, principal = identity });
        (await api.IotAsync("ListThingPrincipals", new { thingName = name })).Texts("principals").ShouldBe([identity]);
        (await api.IotAsync("ListPrincipalThings", new { principal = identity })).Texts("things").ShouldBe([name]);
        await api.IotAsync("DetachThingPrincipal", new { thingName = name, principal = identity });
        (await api.IotAsync("ListPrincipalThings", new { principal = identity })).Texts("things").ShouldBeEmpty();
    });

    [Fact]
    public Task Registry_24_unknown_things_and_principals_are_refused() => Both.Run(hub, async (api, name) =>
    {
        var certificate = await CertificateAsync(api);
        await api.IotAsync("CreateThing", new { thingName = name });
        foreach (var operation in new[] { "AttachThingPrincipal", "DetachThingPrincipal" })
        {
            await api.RefusedAsync("ResourceNotFoundException", 404, operation, new { thingName = $"{name}-none", principal = certificate });
            await api.RefusedAsync("ResourceNotFoundException", 404, operation, new { thingName = name, principal = $"{Arn}cert/{new string('0', 64)}" });
            await api.RefusedAsync("ResourceNotFoundException", 404, operation, new { thingName = name, principal = $"{Arn}cert/short" });
            await api.RefusedAsync("ResourceNotFoundException", 404, operation, new { thingName = name, principal = certificate.Replace("123456789012", "999999999999", StringComparison.Ordinal) });
            (await api.RefusedAsync("InvalidRequestException", 400, operation, new { thingName = name, principal = "nobody" })).Message!.ShouldContain("nobody");
        }

        (await api.RefusedAsync("ResourceNotFoundException", 404, "ListThingPrincipals", new { thingName = $"{name}-none" })).Message
            .ShouldBe($"Failed to list principals for thing {name}-none because the thing does not exist in your account");
        await api.RefusedAsync("ResourceNotFoundException", 404, "ListPrincipalThings", new { principal = $"{Arn}cert/{new string('0', 64)}" });
    });

    [Fact]
    public async Task Registry_24_a_request_without_the_header_is_refused()
    {
        var name = $"raw-{Guid.NewGuid():N}";
        await hub.JavaScript.IotAsync("CreateThing", new { thingName = name });
        foreach (var (method, path) in new[] { ("PUT", $"/things/{name}/principals"), ("DELETE", $"/things/{name}/principals"), ("GET", "/principals/things"), ("GET", "/principals/things-v2") })
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path);
            request.Headers.Add("x-amzn-iot-principal", $"us-east-1:{Guid.NewGuid()}");
            using var response = await hub.Administrator.SendAsync(request, TestContext.Current.CancellationToken);
            response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
            (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldContain("x-amzn-principal");
        }
    }

    [Fact]
    public async Task Registry_25_an_exclusive_thing_is_the_only_one_of_its_principal()
    {
        // Debian's boto3 knows neither the member nor the second versions of the lists.
        var (api, name) = (hub.JavaScript, $"js-{Guid.NewGuid():N}");
        var certificate = await CertificateAsync(api);
        foreach (var thing in new[] { name, $"{name}-2" }) await api.IotAsync("CreateThing", new { thingName = thing });
        await AttachAsync($"{name}-2", "NON_EXCLUSIVE_THING");
        await RefusedAsync(name, "EXCLUSIVE_THING");
        await api.IotAsync("DetachThingPrincipal", new { thingName = $"{name}-2", principal = certificate });
        await AttachAsync(name, "EXCLUSIVE_THING");
        await AttachAsync(name, "EXCLUSIVE_THING");
        await RefusedAsync(name, "NON_EXCLUSIVE_THING");
        await api.RefusedAsync("InvalidRequestException", 400, "AttachThingPrincipal", new { thingName = name, principal = certificate });
        await RefusedAsync($"{name}-2", "NON_EXCLUSIVE_THING");
        await RefusedAsync($"{name}-2", "EXCLUSIVE_THING");
        (await api.RefusedAsync("InvalidRequestException", 400, "AttachThingPrincipal", new { thingName = name, principal = certificate, thingPrincipalType = "SHARED" }))
            .Message!.ShouldContain("thingPrincipalType");

        var other = await CertificateAsync(api);
        await api.IotAsync("AttachThingPrincipal", new { thingName = name, principal = other });
        var principals = (await api.IotAsync("ListThingPrincipalsV2", new { thingName = name })).GetProperty("thingPrincipalObjects").EnumerateArray()
            .ToDictionary(static entry => entry.Text("principal"), static entry => entry.Text("thingPrincipalType"), StringComparer.Ordinal);
        principals.Count.ShouldBe(2);
        principals[certificate].ShouldBe("EXCLUSIVE_THING");
        principals[other].ShouldBe("NON_EXCLUSIVE_THING");
        (await api.IotAsync("ListThingPrincipalsV2", new { thingName = name, thingPrincipalType = "EXCLUSIVE_THING" })).Texts("thingPrincipalObjects", "principal").ShouldBe([certificate]);
        (await api.IotAsync("ListThingPrincipalsV2", new { thingName = name, thingPrincipalType = "NON_EXCLUSIVE_THING" })).Texts("thingPrincipalObjects", "principal").ShouldBe([other]);
        var things = await api.IotAsync("ListPrincipalThingsV2", new { principal = certificate });
        things.Texts("principalThingObjects", "thingName").ShouldBe([name]);
        things.Texts("principalThingObjects", "thingPrincipalType").ShouldBe(["EXCLUSIVE_THING"]);
        (await api.IotAsync("ListPrincipalThingsV2", new { principal = certificate, thingPrincipalType = "NON_EXCLUSIVE_THING" })).Texts("principalThingObjects", "thingName").ShouldBeEmpty();
        await api.RefusedAsync("ResourceNotFoundException", 404, "ListThingPrincipalsV2", new { thingName = $"{name}-none" });
        await api.RefusedAsync("ResourceNotFoundException", 404, "ListPrincipalThingsV2", new { principal = $"{Arn}cert/{new string('0', 64)}" });

        Task AttachAsync(string thing, string type) => api.IotAsync("AttachThingPrincipal", new { thingName = thing, principal = certificate, thingPrincipalType = type });

        Task RefusedAsync(string thing, string type) =>
            api.RefusedAsync("InvalidRequestException", 400, "AttachThingPrincipal", new { thingName = thing, principal = certificate, thingPrincipalType = type });
    }

    [Fact]
    public async Task Registry_05_lists_of_principals_and_their_things_page_to_the_end()
    {
        var name = $"page-{Guid.NewGuid():N}";
        var certificate = await CertificateAsync(hub.Boto3);
        var things = Enumerable.Range(0, 7).Select(i => $"{name}-{i}").ToArray();
        foreach (var thing in things)
        {
            await hub.Boto3.IotAsync("CreateThing", new { thingName = thing });
            await hub.Boto3.IotAsync("AttachThingPrincipal", new { thingName = thing, principal = certificate });
            await hub.Boto3.IotAsync("AttachThingPrincipal", new { thingName = things[0], principal = $"us-east-1:{Guid.NewGuid()}" });
        }

        (await hub.Boto3.PagesAsync("ListPrincipalThings", "things", 3, new { principal = certificate })).Select(static thing => thing.GetString()).ShouldBe(things);
        var principals = await hub.Boto3.PagesAsync("ListThingPrincipals", "principals", 3, new { thingName = things[0] });
        principals.Select(static principal => principal.GetString()!).ShouldBeInOrder(SortDirection.Ascending, StringComparer.Ordinal);
        principals.Count.ShouldBe(8);
        var page = await hub.JavaScript.IotAsync("ListPrincipalThingsV2", new { principal = certificate, maxResults = 5 });
        (await hub.JavaScript.IotAsync("ListPrincipalThingsV2", new { principal = certificate, nextToken = page.Text("nextToken") }))
            .Texts("principalThingObjects", "thingName").ShouldBe(things[5..]);
    }

    private static async Task<string> CertificateAsync(AwsApi api) => (await api.IotAsync("CreateKeysAndCertificate", new { setAsActive = true })).Text("certificateArn");
}
