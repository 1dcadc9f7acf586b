using System.Diagnostics;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

namespace Talos.Fleet.Pages.Tests;

/// <summary>A headless Chromium, steered over the WebDriver protocol.</summary>
internal sealed class Browser : IAsyncDisposable
{
    private readonly Process _driver;
    private readonly HttpClient _http;
    private string _session = "";

    private Browser(Process driver, int port)
    {
        _driver = driver;
        _http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/"), Timeout = TimeSpan.FromSeconds(90) };
    }

    /// <param name="width">Width of the window.</param>
    /// <param name="dark">Whether the person likes it dark.</param>
    public static async Task<Browser> StartAsync(int width, bool dark)
    {
        Process driver = Process.Start(new ProcessStartInfo("chromedriver", "--port=0") { RedirectStandardOutput = true, RedirectStandardError = true })!;
        string? line;
        do
        {
            line = await driver.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) ?? throw new InvalidOperationException("chromedriver ended at once");
        }
        while (!line.Contains("started successfully on port", StringComparison.Ordinal));
        Browser browser = new(driver, int.Parse(line.Split("on port ")[1].Trim('.', ' '), null));
        JsonNode made = await browser.PostAsync("session", new JsonObject
        {
            ["capabilities"] = new JsonObject
            {
                ["alwaysMatch"] = new JsonObject
                {
                    // Hubs of tests have certificates of a CA that is made for them.
                    ["acceptInsecureCerts"] = true,
                    ["goog:loggingPrefs"] = new JsonObject { ["browser"] = "ALL" },
                    ["goog:chromeOptions"] = new JsonObject
                    {
                        // The pages come from this test alone, and a container has no user namespaces for the sandbox.
                        ["args"] = new JsonArray("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking", "--hide-scrollbars", "--window-size=1280,900"),
                    },
                },
            },
        });
        browser._session = $"session/{(string)made["sessionId"]!}/";
        await browser.DevToolsAsync("Emulation.setDeviceMetricsOverride", new JsonObject { ["width"] = width, ["height"] = 900, ["deviceScaleFactor"] = 1, ["mobile"] = false });
        await browser.DevToolsAsync("Emulation.setEmulatedMedia", new JsonObject { ["features"] = new JsonArray(new JsonObject { ["name"] = "prefers-color-scheme", ["value"] = dark ? "dark" : "light" }) });
        return browser;
    }

    public Task OpenAsync(string url) => PostAsync($"{_session}url", new JsonObject { ["url"] = url });

    /// <summary>The value of a script in the page.</summary>
    public Task<JsonNode> RunAsync(string script) => PostAsync($"{_session}execute/sync", new JsonObject { ["script"] = script, ["args"] = new JsonArray() });

    /// <summary>Presses keys, one after the other.</summary>
    public Task PressAsync(params IEnumerable<string> keys) => PostAsync($"{_session}actions", new JsonObject
    {
        ["actions"] = new JsonArray(new JsonObject
        {
            ["type"] = "key",
            ["id"] = "keys",
            ["actions"] = new JsonArray([.. keys.SelectMany(k => new JsonNode[] { new JsonObject { ["type"] = "keyDown", ["value"] = k }, new JsonObject { ["type"] = "keyUp", ["value"] = k } })]),
        }),
    });

    /// <summary>Asks until a script gives true.</summary>
    public async Task UntilAsync(string script)
    {
        long start = Stopwatch.GetTimestamp();
        while (!(bool)await RunAsync($"return !!({script})"))
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(20), $"never true: {script}");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>What the browser complained about since it was asked last.</summary>
    public async Task<IReadOnlyList<string>> ComplaintsAsync() =>
        [.. ((JsonArray)await PostAsync($"{_session}se/log", new JsonObject { ["type"] = "browser" })).Select(e => (string)e!["message"]!)];

    /// <summary>Keeps a picture of the whole page when TALOS_SCREENSHOTS names a folder.</summary>
    public async Task PictureAsync(string name)
    {
        if (Environment.GetEnvironmentVariable("TALOS_SCREENSHOTS") is { Length: > 0 } folder)
        {
            JsonNode picture = await DevToolsAsync("Page.captureScreenshot", new JsonObject { ["captureBeyondViewport"] = true });
            Directory.CreateDirectory(folder);
            await File.WriteAllBytesAsync(Path.Combine(folder, $"{name}.png"), Convert.FromBase64String((string)picture["data"]!), TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_session.Length > 0)
        {
            using HttpResponseMessage ended = await _http.DeleteAsync(new Uri(_session.TrimEnd('/'), UriKind.Relative), CancellationToken.None);
        }

        _http.Dispose();
        _driver.Kill(entireProcessTree: true);
        await _driver.WaitForExitAsync(CancellationToken.None);
        _driver.Dispose();
    }

    private Task<JsonNode> DevToolsAsync(string command, JsonObject parameters) => PostAsync($"{_session}goog/cdp/execute", new JsonObject { ["cmd"] = command, ["params"] = parameters });

    private async Task<JsonNode> PostAsync(string path, JsonObject body)
    {
        // The driver takes a body with its length alone.
        using StringContent content = new(body.ToJsonString(), Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await _http.PostAsync(new Uri(path, UriKind.Relative), content, TestContext.Current.CancellationToken);
        JsonNode? value = (await answer.Content.ReadFromJsonAsync<JsonNode>(TestContext.Current.CancellationToken))?["value"];
        return answer.IsSuccessStatusCode ? value ?? JsonValue.Create("")! : throw new InvalidOperationException($"{path}: {value}");
    }
}
