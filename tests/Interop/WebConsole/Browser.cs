using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Fairlead.Shared;
using Microsoft.Playwright;

namespace Fairlead.Interop.WebConsole;

/// <summary>A hub and a headless Chromium, shared by the tests of the console: they keep apart by names.</summary>
public sealed class Browser : IAsyncLifetime
{
    /// <summary>Debian's Chromium.</summary>
    public const string Program = "/usr/bin/chromium";

    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("fairlead-console-");
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public HubProcess Hub { get; private set; } = null!;

    /// <summary>The hub's API as its administrator, by the token in its data directory.</summary>
    public HttpClient Administrator { get; private set; } = null!;

    /// <summary>Where the hub is.</summary>
    public Uri Address => Hub.Http;

    public async ValueTask InitializeAsync()
    {
        Requirements.NeedFile(Program, "chromium");
        Hub = await StartHubAsync();
        Administrator = await LogInAsync(Hub);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = Program, Args = ["--no-sandbox"] });
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        _playwright?.Dispose();
        Administrator?.Dispose();
        if (Hub is not null) await Hub.DisposeAsync();
        _home.Delete(recursive: true);
    }

    /// <summary>Starts a further hub, for tests that kill it or fill it.</summary>
    public static Task<HubProcess> StartHubAsync(params string[] arguments) => HubProcess.StartAsync(new HubSettings
    {
        Listen = ["mqtt://127.0.0.1:0", "mqtts://127.0.0.1:0", "http://127.0.0.1:0"],
        Arguments = arguments,
    });

    /// <summary>The API of a hub as its administrator.</summary>
    public static async Task<HttpClient> LogInAsync(HubProcess hub)
    {
        var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = hub.Http };
        var token = (await File.ReadAllTextAsync(Path.Combine(hub.DataDirectory, "admin.token"))).Trim();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return http;
    }

    /// <summary>A browser of its own, not signed in.</summary>
    public async Task<Visitor> VisitAsync(HubProcess? hub = null, int width = 1280, ColorScheme theme = ColorScheme.Light)
    {
        var context = await _browser!.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = (hub ?? Hub).Http.ToString(),
            ViewportSize = new ViewportSize { Width = width, Height = 800 },
            ColorScheme = theme,
            AcceptDownloads = true,
        });
        return new Visitor(await context.NewPageAsync(), (hub ?? Hub).Http);
    }

    /// <summary>A browser that is signed in, on a page.</summary>
    public async Task<Visitor> OpenAsync(string path, string role = "admin", HubProcess? hub = null, int width = 1280, ColorScheme theme = ColorScheme.Light)
    {
        var visitor = await VisitAsync(hub, width, theme);
        using var administrator = hub is null ? null : await LogInAsync(hub);
        await visitor.Page.GotoAsync(await MakeLinkAsync(administrator ?? Administrator, role));
        await visitor.At("sign-out").WaitForAsync();
        await visitor.Page.GotoAsync(path);
        await visitor.Page.Locator("#main h1").WaitForAsync();
        return visitor;
    }

    /// <summary>A link that signs in once.</summary>
    public static async Task<string> MakeLinkAsync(HttpClient administrator, string role = "admin")
    {
        using var answer = await administrator.PostAsync("/v1/console/links", Json($$"""{"role":"{{role}}"}"""));
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
        using var document = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        return document.RootElement.GetProperty("path").GetString()!;
    }

    /// <summary>JSON as a body.</summary>
    public static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    /// <summary>Makes a thing with certificate and policy by the command line, and returns its kit.</summary>
    public async Task<DeviceKit> CreateThingAsync(string name)
    {
        var token = (await File.ReadAllTextAsync(Path.Combine(Hub.DataDirectory, "admin.token"))).Trim();
        var cli = new Tools.Cli(_home.FullName, new Dictionary<string, string> { ["FAIRLEAD_URL"] = Hub.Http.ToString(), ["FAIRLEAD_TOKEN"] = token });
        var outcome = await cli.RunAsync("thing", "create", name, "--out", name, "--no-wait");
        outcome.ShouldBeDone();
        return KitOf(name);
    }

    /// <summary>The kit of a thing that was made before.</summary>
    public DeviceKit KitOf(string name) => new(
        Path.Combine(_home.FullName, name, $"{name}.cert.pem"), Path.Combine(_home.FullName, name, $"{name}.private.key"), Path.Combine(_home.FullName, name, "root-CA.crt"));

    /// <summary>Calls the API as administrator; fails when it does.</summary>
    public async Task<string> CallAsync(HttpMethod method, string path, string? body = null, string? principal = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = Json(body);
        if (principal is not null) request.Headers.Add("x-amzn-principal", principal);
        using var answer = await Administrator.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        answer.IsSuccessStatusCode.ShouldBeTrue($"{method} {path}: {(int)answer.StatusCode} {text}");
        return text;
    }
}

/// <summary>Somebody who looks at the console, and everything that went wrong meanwhile.</summary>
public sealed class Visitor : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> _faults = new();

    public Visitor(IPage page, Uri hub)
    {
        Page = page;
        page.SetDefaultTimeout(20_000);
        page.Console += (_, message) =>
        {
            // Chromium tells each answer of 400 and above; what it means is the page's business.
            if (message.Type == "error" && !message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal)) _faults.Enqueue($"console: {message.Text}");
        };
        page.PageError += (_, error) => _faults.Enqueue($"script: {error}");
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(hub.ToString(), StringComparison.Ordinal) && !request.Url.StartsWith("data:", StringComparison.Ordinal) && !request.Url.StartsWith("blob:", StringComparison.Ordinal))
                _faults.Enqueue($"another host: {request.Url}");
        };
    }

    public IPage Page { get; }

    /// <summary>Scripts that failed, and requests that left the hub.</summary>
    public IReadOnlyCollection<string> Faults => _faults;

    /// <summary>What the page has under a name for tests.</summary>
    public ILocator At(string testId) => Page.GetByTestId(testId);

    /// <summary>A row of a list by its data attribute.</summary>
    public ILocator Row(string testId, string attribute, string value) => Page.Locator($"[data-testid='{testId}'][data-{attribute}='{value}']");

    /// <summary>Waits until something reads as it should.</summary>
    public Task ExpectTextAsync(string testId, string text, float timeout = 15_000) => ExpectTextAsync(At(testId), text, timeout);

    /// <summary>Waits until something reads as it should.</summary>
    public static Task ExpectTextAsync(ILocator place, string text, float timeout = 15_000) =>
        Assertions.Expect(place).ToHaveTextAsync(text, new LocatorAssertionsToHaveTextOptions { Timeout = timeout });

    /// <summary>Waits until something holds a text.</summary>
    public Task ExpectContainsAsync(string testId, string text, float timeout = 15_000) =>
        Assertions.Expect(At(testId)).ToContainTextAsync(text, new LocatorAssertionsToContainTextOptions { Timeout = timeout });

    /// <summary>Waits until there are so many.</summary>
    public static Task ExpectCountAsync(ILocator place, int count, float timeout = 15_000) =>
        Assertions.Expect(place).ToHaveCountAsync(count, new LocatorAssertionsToHaveCountOptions { Timeout = timeout });

    /// <summary>What axe finds serious on the page as it is.</summary>
    public async Task<IReadOnlyList<string>> AxeAsync()
    {
        Requirements.NeedNodePackage("axe-core");
        string axe = Path.Combine(ProgramPath.Root, "tests", "Interop", "node", "node_modules", "axe-core", "axe.min.js");
        // Not as a script element: the page's own policy would refuse it.
        await Page.EvaluateAsync(await File.ReadAllTextAsync(axe));
        var violations = await Page.EvaluateAsync<JsonElement>("async () => (await axe.run(document, { resultTypes: ['violations'] })).violations");
        return
        [
            .. violations.EnumerateArray().Where(static violation => violation.GetProperty("impact").GetString() is "serious" or "critical").Select(static violation =>
                $"{violation.GetProperty("id").GetString()}: {violation.GetProperty("nodes")[0].GetProperty("html").GetString()} {violation.GetProperty("nodes")[0].GetProperty("failureSummary").GetString()}"),
        ];
    }

    /// <summary>Pictures of the page as it is, in both themes and on a telephone, when they are asked for as in <see cref="ScreenshotTests"/>.</summary>
    public async Task PictureAsync(string name)
    {
        if (Environment.GetEnvironmentVariable("FAIRLEAD_WRITE_SCREENSHOTS") != "1") return;
        var folder = Path.Combine(ProgramPath.Root, "artifacts", "screenshots");
        foreach (var (kind, theme, width) in new[] { ("light", ColorScheme.Light, 1280), ("dark", ColorScheme.Dark, 1280), ("400", ColorScheme.Light, 400) })
        {
            await Page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = theme });
            await Page.SetViewportSizeAsync(width, 800);
            await Page.WaitForTimeoutAsync(300);
            await Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, $"{name}-{kind}.png") });
        }

        await Page.SetViewportSizeAsync(1280, 800);
    }

    public async ValueTask DisposeAsync() => await Page.Context.DisposeAsync();
}
