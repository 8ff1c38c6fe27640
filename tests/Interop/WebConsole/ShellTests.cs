using System.Net;
using System.Text.Json;
using Microsoft.Playwright;

namespace Fairlead.Interop.WebConsole;

/// <summary>The shell of the console: signing in, roles, and what must hold on every page.</summary>
public sealed class ShellTests(Browser browser) : IClassFixture<Browser>
{
    /// <summary>Every page, with what it needs to show something.</summary>
    private static readonly string[] Pages =
    [
        "/console/", "/console/start", "/console/connections", "/console/connections/refused", "/console/connections/client/shell1", "/console/things", "/console/things/shell1", "/console/edges", "/console/gateway",
        "/console/things/shell1/shadow", "/console/topics?topic=shell1/temp", "/console/test?filter=shell1/%23", "/console/direct?client=shell1", "/console/rules", "/console/rules/+",
        "/console/policies", "/console/policies/shell1-default", "/console/explain?thing=shell1&action=iot:Publish&resource=topic/other", "/console/logs", "/console/metrics",
        "/console/settings",
    ];

    [Fact]
    public async Task A_link_signs_in_once()
    {
        var link = await Browser.MakeLinkAsync(browser.Administrator);
        await using var first = await browser.VisitAsync();
        await first.Page.GotoAsync(link);
        await first.At("user").WaitForAsync();
        new Uri(first.Page.Url).AbsolutePath.ShouldStartWith("/console/");
        new Uri(first.Page.Url).Query.ShouldBeEmpty();

        await using var second = await browser.VisitAsync();
        await second.Page.GotoAsync(link);
        await second.ExpectContainsAsync("banner-why", "used already");
        await second.At("login").WaitForAsync();
    }

    [Fact]
    public async Task A_newcomer_begins_with_Get_started_and_later_with_the_overview()
    {
        await using var hub = await Browser.StartHubAsync();
        using var administrator = await Browser.LogInAsync(hub);
        await using var visitor = await browser.VisitAsync(hub);
        await visitor.Page.GotoAsync(await Browser.MakeLinkAsync(administrator));
        await visitor.At("create-thing").WaitForAsync();
        using var made = await administrator.PostAsync("/things/first", Browser.Json("{}"), TestContext.Current.CancellationToken);
        made.IsSuccessStatusCode.ShouldBeTrue();
        await visitor.Page.GotoAsync("/");
        await visitor.At("tile-connections").WaitForAsync();
    }

    [Fact]
    public async Task Whoever_is_not_signed_in_sees_nothing_but_the_way_in()
    {
        await using var visitor = await browser.VisitAsync();
        await visitor.Page.GotoAsync("/console/settings");
        await visitor.At("login").WaitForAsync();
        using var anonymous = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = browser.Address };
        using var answer = await anonymous.GetAsync("/v1/console/settings", TestContext.Current.CancellationToken);
        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Files_come_with_a_strict_policy_and_the_session_is_out_of_reach_for_scripts()
    {
        using var answer = await browser.Administrator.GetAsync("/", TestContext.Current.CancellationToken);
        var policy = answer.Headers.GetValues("Content-Security-Policy").Single();
        policy.ShouldContain("default-src 'none'");
        policy.ShouldContain("script-src 'self';");
        policy.ShouldNotContain("unsafe");
        await using var visitor = await browser.OpenAsync("/console/");
        var cookie = (await visitor.Page.Context.CookiesAsync()).ShouldHaveSingleItem();
        cookie.HttpOnly.ShouldBeTrue();
        cookie.SameSite.ShouldBe(SameSiteAttribute.Strict);
        (await visitor.Page.EvaluateAsync<string>("document.cookie")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_page_of_another_site_neither_signs_in_nor_uses_a_session()
    {
        await using var visitor = await browser.OpenAsync("/console/");
        var cookie = (await visitor.Page.Context.CookiesAsync()).Single();
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false, UseCookies = false }) { BaseAddress = browser.Address };

        (await SendAsync("/topics/foreign", "text/plain", "http://evil.example")).ShouldBe(HttpStatusCode.Forbidden);
        (await SendAsync("/v1/console/session", "application/json", "http://evil.example")).ShouldBe(HttpStatusCode.Forbidden);
        (await SendAsync("/topics/foreign", "text/plain", browser.Address.GetLeftPart(UriPartial.Authority))).ShouldBe(HttpStatusCode.OK);

        async Task<HttpStatusCode> SendAsync(string path, string type, string origin)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent("{}", System.Text.Encoding.UTF8, type) };
            request.Headers.Add("Cookie", $"{cookie.Name}={cookie.Value}");
            request.Headers.Add("Origin", origin);
            using var answer = await http.SendAsync(request);
            return answer.StatusCode;
        }
    }

    [Fact]
    public async Task A_viewer_looks_and_changes_nothing()
    {
        await browser.CallAsync(HttpMethod.Post, "/things/viewed", "{}");
        await using var viewer = await browser.OpenAsync("/console/things/viewed", "viewer");
        await viewer.ExpectContainsAsync("user", "viewer");
        await Visitor.ExpectCountAsync(viewer.At("delete-thing"), 0);
        (await StatusAsync(viewer, "POST", "/topics/viewer")).ShouldBe(403);
        (await StatusAsync(viewer, "DELETE", "/things/viewed")).ShouldBe(403);
        (await StatusAsync(viewer, "POST", "/things/viewed/shadow")).ShouldBe(403);
        (await StatusAsync(viewer, "GET", "/things/viewed")).ShouldBe(200);
        (await StatusAsync(viewer, "GET", $"/v1/keys/{await FirstKeyAsync()}")).ShouldBe(403);
    }

    [Fact]
    public async Task An_operator_publishes_and_changes_shadows_but_no_registry()
    {
        await browser.CallAsync(HttpMethod.Post, "/things/operated", "{}");
        await using var visitor = await browser.OpenAsync("/console/", "operator");
        (await StatusAsync(visitor, "POST", "/topics/operator")).ShouldBe(200);
        (await StatusAsync(visitor, "POST", "/things/operated/shadow", """{"state":{"desired":{"on":true}}}""")).ShouldBe(200);
        (await StatusAsync(visitor, "DELETE", "/things/operated")).ShouldBe(403);
        (await StatusAsync(visitor, "POST", "/policies/p")).ShouldBe(403);
    }

    [Fact]
    public async Task A_user_signs_in_by_password_and_is_signed_out_when_removed()
    {
        await using var admin = await browser.OpenAsync("/console/settings");
        await admin.At("add-user").ClickAsync();
        await admin.At("user-name").FillAsync("ann");
        await admin.At("user-password").FillAsync("a long password");
        await admin.At("user-role").SelectOptionAsync("operator");
        await admin.At("user-save").ClickAsync();
        await Visitor.ExpectCountAsync(admin.At("user-row"), 1);

        await using var ann = await browser.VisitAsync();
        await ann.Page.GotoAsync("/console/");
        await ann.At("login-user").FillAsync("ann");
        await ann.At("login-password").FillAsync("wrong");
        await ann.At("login").ClickAsync();
        await ann.ExpectContainsAsync("banner-why", "wrong user name or password");
        await ann.At("login-password").FillAsync("a long password");
        await ann.At("login").ClickAsync();
        await ann.ExpectContainsAsync("user", "ann");
        await ann.ExpectContainsAsync("user", "operator");

        await browser.CallAsync(HttpMethod.Delete, "/v1/console/users/ann");
        await ann.At("login").WaitForAsync();
    }

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Every_page_stays_on_this_host_runs_without_a_fault_and_axe_finds_nothing_serious(ColorScheme theme)
    {
        await SeedAsync();
        await using var visitor = await browser.OpenAsync("/console/", theme: theme);
        var found = new List<string>();
        foreach (var page in Pages)
        {
            await GoAsync(visitor, page);
            found.AddRange((await visitor.AxeAsync()).Select(fault => $"{page}: {fault}"));
        }

        found.ShouldBeEmpty();
        visitor.Faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task Every_page_fits_a_telephone()
    {
        await SeedAsync();
        await using var visitor = await browser.OpenAsync("/console/", width: 400);
        var wide = new List<string>();
        foreach (var page in Pages)
        {
            await GoAsync(visitor, page);
            if (await visitor.Page.EvaluateAsync<int>("document.documentElement.scrollWidth - innerWidth") is > 0 and var over) wide.Add($"{page}: {over}");
        }

        wide.ShouldBeEmpty();
        await visitor.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Open the menu" }).ClickAsync();
        await visitor.At("nav-topics").ClickAsync();
        await visitor.At("tree").WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Attached });
    }

    [Fact]
    public async Task Keys_alone_are_enough_to_get_around()
    {
        await using var visitor = await browser.OpenAsync("/console/");
        await visitor.Page.Keyboard.PressAsync("Tab");
        (await visitor.Page.EvaluateAsync<string>("document.activeElement.className")).ShouldBe("skip");
        await visitor.At("nav-rules").FocusAsync();
        await visitor.Page.Keyboard.PressAsync("Enter");
        await visitor.At("create-rule").WaitForAsync();
        new Uri(visitor.Page.Url).AbsolutePath.ShouldBe("/console/rules");
        await visitor.Page.GoBackAsync();
        await visitor.At("tile-connections").WaitForAsync();
    }

    private static async Task GoAsync(Visitor visitor, string page)
    {
        await visitor.Page.GotoAsync(page);
        await visitor.Page.Locator("#main h1").WaitForAsync();
    }

    private static Task<int> StatusAsync(Visitor visitor, string method, string path, string body = "{}") => visitor.Page.EvaluateAsync<int>(
        "async ([method, path, body]) => (await fetch(path, { method, body: method === 'GET' || method === 'DELETE' ? undefined : body })).status", new[] { method, path, body });

    private async Task<string> FirstKeyAsync()
    {
        using var list = JsonDocument.Parse(await browser.CallAsync(HttpMethod.Get, "/v1/keys"));
        return list.RootElement.GetProperty("keys")[0].GetProperty("id").GetString()!;
    }

    private async Task SeedAsync()
    {
        using var there = await browser.Administrator.GetAsync("/things/shell1");
        if (there.StatusCode == HttpStatusCode.OK) return;
        var kit = await browser.CreateThingAsync("shell1");
        await browser.CallAsync(HttpMethod.Post, "/things/shell1/shadow", """{"state":{"desired":{"on":true,"level":3},"reported":{"on":false}}}""");
        await browser.CallAsync(HttpMethod.Post, "/topics/shell1/temp?retain=true", """{"temp":21.5}""");
        await Device.PublishAsync(kit, browser.Hub, "shell1", "elsewhere/temp", "1");
        await Device.PublishAsync(kit, browser.Hub, "shell1", "$fairlead/edge/report", """{"version":"0.1.0","deviceId":"plant:edge1","link":"hub","buffered":120,"oldestMs":4000,"dropped":3,"blocked":true,"sent":9,"shadowSyncMs":60000}""");
    }
}
