using System.Net;
using System.Text.Json;
using Fairlead.Shared;

namespace Fairlead.Interop.WebConsole;

/// <summary>API tokens by curl, by the command line and by the page, and the password that the environment gives.</summary>
public sealed class TokenTests(Browser browser) : IClassFixture<Browser>
{
    private const int Denied = 3;
    private const int NotFound = 4;

    [Fact]
    public async Task A_token_does_what_its_role_may_is_shown_once_and_ends_when_it_is_revoked()
    {
        using var home = new Home();
        var cli = await home.CliAsync(browser.Hub);
        var made = await cli.RunAsync("token", "create", "watcher", "--role", "viewer", "--days", "1", "--json");
        made.ShouldBeDone();
        string text = TextOf(made.Output);
        text.ShouldStartWith("flt_");
        var list = await cli.RunAsync("token", "ls", "--json");
        list.Output.ShouldContain("\"watcher\"");
        list.Output.ShouldNotContain(text);
        (await cli.RunAsync("token", "create", "watcher")).ExitCode.ShouldNotBe(0);
        foreach (string file in Directory.EnumerateFiles(browser.Hub.DataDirectory, "*", SearchOption.AllDirectories))
            (await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken)).AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(text)).ShouldBe(-1, file);

        (await CurlAsync(text, "GET", "/v1/console/settings")).ShouldBe(200);
        (await CurlAsync(text, "GET", "/v1/clients")).ShouldBe(200);
        (await CurlAsync(text, "DELETE", "/v1/clients/x")).ShouldBe(403);
        (await CurlAsync(text, "POST", "/topics/token/x")).ShouldBe(403);
        (await CurlAsync(text, "POST", "/v1/tokens")).ShouldBe(403);
        var viewer = await home.CliAsync(browser.Hub, text);
        (await viewer.RunAsync("token", "rm", "watcher", "--yes")).ExitCode.ShouldBe(Denied);

        // What it has open ends with it.
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = browser.Address };
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/console/live/overview");
        request.Headers.Add("Authorization", $"Bearer {text}");
        using var stream = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        stream.StatusCode.ShouldBe(HttpStatusCode.OK);
        var events = stream.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        (await cli.RunAsync("token", "rm", "watcher", "--yes")).ShouldBeDone();
        try
        {
            await events.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        }
        catch (HttpRequestException)
        {
            // Cut in the middle: that is an end too.
        }

        (await CurlAsync(text, "GET", "/v1/console/settings")).ShouldBe(403);
        (await viewer.RunAsync("token", "ls")).Errors.ShouldContain("revoked");
        (await cli.RunAsync("token", "rm", "watcher", "--yes")).ExitCode.ShouldBe(NotFound);
    }

    [Fact]
    public async Task A_token_of_an_operator_publishes_and_survives_a_restart_and_one_that_has_ended_is_refused()
    {
        await using var hub = await Browser.StartHubAsync();
        using var home = new Home();
        var cli = await home.CliAsync(hub);
        string text = TextOf((await cli.RunAsync("token", "create", "op", "--role", "operator", "--json")).Output);
        using var administrator = await Browser.LogInAsync(hub);
        using var past = await administrator.PostAsync("/v1/tokens", Browser.Json("""{"name":"past","role":"viewer","expiresAt":"2001-01-01T00:00:00Z"}"""), TestContext.Current.CancellationToken);
        past.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        await hub.RestartAsync();
        var user = await home.CliAsync(hub, text);
        (await user.RunAsync("retained", "ls")).ShouldBeDone();
        (await CurlAsync(hub.Http, text, "POST", "/topics/token/x?qos=1")).ShouldBe(200);
        (await CurlAsync(hub.Http, text, "POST", "/things/tokenthing")).ShouldBe(403);
        (await CurlAsync(hub.Http, "flt_" + new string('0', 64), "GET", "/v1/tokens")).ShouldBe(403);
    }

    [Fact]
    public async Task The_page_of_settings_makes_a_token_shows_it_once_and_revokes_it()
    {
        await using var visitor = await browser.OpenAsync("/console/settings");
        await visitor.At("add-token").ClickAsync();
        await visitor.At("token-name").FillAsync("from the page");
        await visitor.At("token-role").SelectOptionAsync("viewer");
        await visitor.At("token-make").ClickAsync();
        string text = await visitor.At("token-text").InnerTextAsync();
        (await CurlAsync(text, "GET", "/v1/tokens")).ShouldBe(200);
        await visitor.PictureAsync("token-made");
        await visitor.At("dialog-cancel").ClickAsync();
        await visitor.At("add-token").ScrollIntoViewIfNeededAsync();
        await visitor.PictureAsync("settings-tokens");
        var row = visitor.Row("token-row", "token", "from the page");
        await row.WaitForAsync();
        (await visitor.Page.ContentAsync()).ShouldNotContain(text);
        await row.GetByTestId("revoke-token").ClickAsync();
        await visitor.At("dialog-confirm").ClickAsync();
        await Visitor.ExpectCountAsync(row, 0);
        (await CurlAsync(text, "GET", "/v1/tokens")).ShouldBe(403);
        visitor.Faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_password_of_the_environment_wins_over_the_stored_one_and_says_so()
    {
        using var home = new Home();
        string data = Path.Combine(home.Path, "data");
        string file = Path.Combine(home.Path, "password");
        await File.WriteAllTextAsync(file, "from the environment\n", TestContext.Current.CancellationToken);
        await using (var first = await StartAsync(data, null))
        {
            using var administrator = await Browser.LogInAsync(first);
            using var made = await administrator.PutAsync("/v1/console/users/admin", Browser.Json("""{"password":"the stored one","role":"viewer"}"""), TestContext.Current.CancellationToken);
            made.StatusCode.ShouldBe(HttpStatusCode.OK);
            (await SignInAsync(first, "the stored one")).ShouldBe("viewer");
        }

        await using (var second = await StartAsync(data, file))
        {
            await second.LogLineAsync("password_overridden");
            (await SignInAsync(second, "the stored one")).ShouldBeNull();
            (await SignInAsync(second, "from the environment")).ShouldBe("admin");
            using var administrator = await Browser.LogInAsync(second);
            using var changed = await administrator.PutAsync("/v1/console/users/admin", Browser.Json("""{"password":"quite another one","role":"viewer"}"""), TestContext.Current.CancellationToken);
            changed.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
            (await changed.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldContain("FAIRLEAD_ADMIN_PASSWORD");
        }

        await using var third = await StartAsync(data, null);
        (await SignInAsync(third, "the stored one")).ShouldBe("viewer");
    }

    [Fact]
    public async Task A_viewer_on_a_developers_machine_sees_no_key_of_a_device()
    {
        await using var hub = await HubProcess.StartAsync(new HubSettings { Verb = "dev", Listen = ["mqtt://127.0.0.1:0", "http://127.0.0.1:0"], AllowAnonymous = false });
        using var administrator = await Browser.LogInAsync(hub);
        using var made = await administrator.PutAsync("/devices/keyed?api-version=2021-04-12", Browser.Json("""{"deviceId":"keyed"}"""), TestContext.Current.CancellationToken);
        string device = await made.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        made.StatusCode.ShouldBe(HttpStatusCode.OK, device);
        string key = JsonDocument.Parse(device).RootElement.GetProperty("authentication").GetProperty("symmetricKey").GetProperty("primaryKey").GetString()!;
        string viewer = await CookieAsync(hub, await Browser.MakeLinkAsync(administrator, "viewer"));
        string admin = await CookieAsync(hub, await Browser.MakeLinkAsync(administrator));
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false, UseCookies = false }) { BaseAddress = hub.Http };

        foreach (string path in new[] { "/devices/keyed", "/devices", "/devices/keyed/modules", "/twins/keyed", "/statistics/devices", "/devices/keyed/messages/devicebound", "/messages/serviceBound/feedback" })
        {
            var (status, body) = await SendAsync(viewer, HttpMethod.Get, path, null);
            body.ShouldNotContain(key, customMessage: path);
            status.ShouldBe(path is "/twins/keyed" or "/statistics/devices" ? 200 : 401, path);
        }

        (await SendAsync(viewer, HttpMethod.Post, "/devices/query", """{"query":"SELECT * FROM devices"}""")).Body.ShouldContain("keyed");
        (await SendAsync(viewer, HttpMethod.Patch, "/twins/keyed", "{}")).Status.ShouldBe(401);
        (await SendAsync(viewer, HttpMethod.Delete, "/devices/keyed", null)).Status.ShouldBe(401);
        (await SendAsync(viewer, HttpMethod.Delete, "/v1/clients/keyed", null)).Status.ShouldBe(403);
        (await SendAsync(viewer, HttpMethod.Post, "/?Action=ListTopics", "")).Status.ShouldBe(403);
        (await SendAsync(admin, HttpMethod.Get, "/devices/keyed", null)).Body.ShouldContain(key);

        async Task<(int Status, string Body)> SendAsync(string cookie, HttpMethod method, string path, string? body)
        {
            using var request = new HttpRequestMessage(method, path + (path.Contains('?', StringComparison.Ordinal) ? "" : "?api-version=2021-04-12"));
            request.Headers.Add("Cookie", cookie);
            if (body is not null) request.Content = Browser.Json(body);
            using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
            // Every other key has a plus sign, which JSON may write in another way.
            string text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            return ((int)answer.StatusCode, text.Replace("\\u002B", "+", StringComparison.OrdinalIgnoreCase));
        }
    }

    private static string TextOf(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.GetProperty("token").GetString()!;
    }

    private static Task<HubProcess> StartAsync(string data, string? passwordFile) => HubProcess.StartAsync(new HubSettings
    {
        Listen = ["http://127.0.0.1:0"],
        DataDirectory = data,
        Environment = passwordFile is null ? null : new Dictionary<string, string> { ["FAIRLEAD_ADMIN_PASSWORD_FILE"] = passwordFile },
    });

    private static async Task<string?> SignInAsync(HubProcess hub, string password)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = hub.Http };
        using var answer = await http.PostAsync("/v1/console/session", Browser.Json(JsonSerializer.Serialize(new { user = "admin", password })), TestContext.Current.CancellationToken);
        if (!answer.IsSuccessStatusCode) return null;
        using var document = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return document.RootElement.GetProperty("role").GetString();
    }

    private static async Task<string> CookieAsync(HubProcess hub, string link)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false, UseCookies = false }) { BaseAddress = hub.Http };
        using var answer = await http.PostAsync("/v1/console/session", Browser.Json(JsonSerializer.Serialize(new { link = link[(link.IndexOf('=', StringComparison.Ordinal) + 1)..] })), TestContext.Current.CancellationToken);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        return answer.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
    }

    private Task<int> CurlAsync(string token, string method, string path) => CurlAsync(browser.Address, token, method, path);

    private static async Task<int> CurlAsync(Uri hub, string token, string method, string path)
    {
        using var home = new Home();
        var outcome = await home.Cli().RunProgramAsync(
            "curl", null, "--silent", "--noproxy", "*", "--output", "/dev/null", "--write-out", "%{http_code}", "--request", method, "--header", $"Authorization: Bearer {token}",
            "--header", "Content-Type: application/json", new Uri(hub, path).ToString());
        return int.Parse(outcome.Output, System.Globalization.CultureInfo.InvariantCulture);
    }

    private sealed class Home : IDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fairlead-tokens-");

        public string Path => _folder.FullName;

        public Tools.Cli Cli(IReadOnlyDictionary<string, string>? environment = null) => new(Path, environment ?? new Dictionary<string, string>());

        public async Task<Tools.Cli> CliAsync(HubProcess hub, string? token = null) => Cli(new Dictionary<string, string>
        {
            ["FAIRLEAD_URL"] = hub.Http.ToString(),
            ["FAIRLEAD_TOKEN"] = token ?? (await File.ReadAllTextAsync(System.IO.Path.Combine(hub.DataDirectory, "admin.token"))).Trim(),
        });

        public void Dispose() => _folder.Delete(recursive: true);
    }
}
