using System.Net;
using System.Text.RegularExpressions;
using Talos.Fleet.Api;
using Talos.Fleet.Hub.Identity;
using Talos.Fleet.Pages.Tests;

namespace Talos.Fleet.Hub.Tests.Oidc;

/// <summary>People who sign in at the page of a whole hub, at a real provider.</summary>
[Trait("Category", "Integration")]
public sealed class SignInTests(OpenIdProvider provider) : IClassFixture<OpenIdProvider>, IAsyncLifetime
{
    private readonly LaterTime _time = new();
    private RunningHub _hub = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private OidcOptions Public => new() { Authority = provider.Issuer, Client = "hub-page" };

    public async ValueTask InitializeAsync() => _hub = await StartAsync(Public);

    public async ValueTask DisposeAsync() => await _hub.DisposeAsync();

    [Fact]
    public async Task Who_signs_in_comes_to_the_page_that_was_asked_for_and_sees_it_live_and_nothing_else_opens()
    {
        using Person vera = new(_hub);
        (int before, string asked, _) = await vera.GetAsync("/nodes/n-1?x=1");
        string link = WebUtility.HtmlDecode(Regex.Match(asked, "id=\"sign-in\" href=\"([^\"]+)\"").Groups[1].Value);

        Uri back = await vera.AgreeAsync((await vera.GetAsync(link)).Location!, "vera");
        (int status, _, Uri? to) = await vera.GetAsync(back.AbsoluteUri);
        (int after, string page, _) = await vera.GetAsync(to!.OriginalString);

        Assert.Equal((401, "/sign-in?return=%2Fnodes%2Fn-1%3Fx%3D1"), (before, link));
        Assert.Equal((302, "/nodes/n-1?x=1"), (status, to.OriginalString));
        Assert.Equal(200, after);
        Assert.Contains("<span>vera, viewer</span>", page, StringComparison.Ordinal);
        Assert.Equal((200, "stream"), ((await vera.GetAsync("/api/v1/stream", "same-origin")).Status, (await vera.GetAsync("/api/v1/stream", "same-origin")).Text));
        Assert.Equal(401, (await vera.GetAsync("/api/v1/stream")).Status);
        Assert.Equal(401, (await vera.GetAsync("/api/v1/stream", "cross-site")).Status);
        Assert.Equal(401, (await vera.GetAsync("/api/v1/nodes", "same-origin")).Status);
        Assert.Equal(401, (await vera.GetAsync("/metrics", "same-origin")).Status);
        Assert.Equal("vera session.begin", (await _hub.GetAsync("/api/v1/audit?limit=1", HubJson.Default.PageAuditRecord)).Items.Select(a => $"{a.Who} {a.Action}").Single());
    }

    [Fact]
    public async Task The_cookies_are_for_this_host_over_https_alone_and_out_of_reach_of_scripts()
    {
        using Person anna = new(_hub);
        Uri begun = await anna.BeginAsync();
        List<Cookie> asked = [.. anna.Cookies.GetAllCookies().AsEnumerable()];
        await anna.GetAsync((await anna.AgreeAsync(begun, "anna")).AbsoluteUri);
        Cookie session = anna.Cookies.GetAllCookies()["__Host-session"]!;

        Assert.Equal(2, asked.Count);
        Assert.All(asked.Append(session), c => Assert.True(c is { Secure: true, HttpOnly: true, Path: "/" } && c.Name.StartsWith("__Host-", StringComparison.Ordinal), c.Name));
        Assert.All(asked, c => Assert.InRange(c.Expires, DateTime.Now.AddMinutes(5), DateTime.Now.AddMinutes(11)));
        Assert.Equal(DateTime.MinValue, session.Expires);
        Assert.DoesNotContain("anna", session.Value, StringComparison.Ordinal);
        Assert.DoesNotContain(anna.Cookies.GetAllCookies().AsEnumerable(), c => c.Name.StartsWith("__Host-sign-in", StringComparison.Ordinal) || c.Name.StartsWith("__Host-nonce", StringComparison.Ordinal));
        DirectoryInfo keys = new(Path.Combine(_hub.Options.Data, "sign-in-keys"));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, keys.UnixFileMode);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, Assert.Single(keys.GetFiles()).UnixFileMode);
        Assert.Contains("code_challenge_method=S256", begun.Query, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("vera", 403, 403)]
    [InlineData("otto", 302, 403)]
    [InlineData("anna", 302, 302)]
    public async Task Who_signed_in_presses_the_buttons_of_the_role_with_the_token_of_the_form_alone(string name, int restart, int patch)
    {
        using Person person = new(_hub);
        (_, string page, _) = await person.SignInAsync(name, "/nodes/n-1");
        string token = FormToken(page);

        int[] codes =
        [
            (await person.PostAsync("/nodes/n-1/commands", "same-origin", ("form-token", token), ("kind", "reboot"))).Status,
            (await person.PostAsync("/nodes/n-1/commands", "same-origin", ("form-token", token), ("kind", "patch"), ("patch", "machine: {}"))).Status,
            (await person.PostAsync("/nodes/n-1/commands", "same-origin", ("kind", "reboot"))).Status,
            (await person.PostAsync("/nodes/n-1/commands", "cross-site", ("form-token", token), ("kind", "reboot"))).Status,
        ];

        Assert.Equal([restart, patch, 403, 403], codes);
        Assert.Equal(new[] { restart, patch }.Count(c => c == 302), (await _hub.GetAsync("/api/v1/nodes/n-1/commands", HubJson.Default.PageCommandRecord)).Items.Count(c => c.IssuedBy == name));
    }

    [Fact]
    public async Task A_sign_in_with_another_state_nonce_or_challenge_opens_nothing()
    {
        (string Part, string With, int Status, string Line)[] changes =
        [
            ("state=", "state=x", 400, "it is too old, was used already, or began in another browser"),
            ("nonce=", "nonce=x", 401, "belongs to another sign-in (nonce)"),
            ("code_challenge=[^&]+", "code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", 401, "the OIDC provider refused: invalid_grant"),
            ("&code_challenge=[^&]+&code_challenge_method=S256", "", 401, "the OIDC provider refused: invalid_request"),
        ];
        foreach ((string part, string with, int status, string line) in changes)
        {
            using Person vera = new(_hub);
            Uri changed = new(Regex.Replace((await vera.BeginAsync()).AbsoluteUri, part, with));

            (int got, string page, _) = await vera.GetAsync((await vera.AgreeAsync(changed, "vera")).AbsoluteUri);

            Assert.True(got == status && WebUtility.HtmlDecode(page).Contains(line, StringComparison.Ordinal), $"{part}: {got} {page}");
            Assert.False(vera.IsSignedIn);
            Assert.Equal(401, (await vera.GetAsync("/")).Status);
        }
    }

    [Fact]
    public async Task An_answer_of_the_provider_counts_once_and_in_the_browser_that_asked()
    {
        using Person vera = new(_hub), thief = new(_hub);
        Uri back = await vera.AgreeAsync(await vera.BeginAsync(), "vera");
        foreach (Cookie cookie in vera.Cookies.GetAllCookies().AsEnumerable())
        {
            thief.Cookies.Add(new Cookie(cookie.Name, cookie.Value, "/", "localhost") { Secure = cookie.Secure });
        }

        using Person other = new(_hub);
        (int foreign, string without, _) = await other.GetAsync(back.AbsoluteUri);
        (int first, _, _) = await vera.GetAsync(back.AbsoluteUri);
        (int again, _, _) = await vera.GetAsync(back.AbsoluteUri);
        (int copied, string refused, _) = await thief.GetAsync(back.AbsoluteUri);

        Assert.Equal((400, 302, 400, 401), (foreign, first, again, copied));
        Assert.Contains("began in another browser", without, StringComparison.Ordinal);
        Assert.Contains("the OIDC provider refused: invalid_grant", refused, StringComparison.Ordinal);
        Assert.False(other.IsSignedIn || thief.IsSignedIn);
        Assert.True(vera.IsSignedIn);
    }

    [Fact]
    public async Task A_session_ends_after_eight_hours_whatever_is_done_in_it()
    {
        using Person anna = new(_hub);
        await anna.SignInAsync("anna");
        List<int> codes = [];
        foreach (double hours in new[] { 0, 4, 7.9, 8.1 })
        {
            _time.By = TimeSpan.FromHours(hours);
            codes.Add((await anna.GetAsync("/")).Status);
        }

        Assert.Equal([200, 200, 200, 401], codes);
    }

    [Fact]
    public async Task Who_signs_out_is_out_with_every_copy_of_the_cookie_and_nobody_else_is()
    {
        using Person anna = new(_hub), vera = new(_hub);
        (_, string page, _) = await anna.SignInAsync("anna");
        await vera.SignInAsync("vera");
        Cookie copy = anna.Cookies.GetAllCookies()["__Host-session"]!;

        int forged = (await anna.PostAsync("/sign-out", "cross-site", ("form-token", FormToken(page)))).Status, still = (await anna.GetAsync("/")).Status;
        (int status, _, Uri? to) = await anna.PostAsync("/sign-out", "same-origin", ("form-token", FormToken(page)));
        bool kept = anna.IsSignedIn;
        anna.Cookies.Add(new Cookie(copy.Name, copy.Value, "/", "localhost") { Secure = true });

        Assert.Equal((403, 200), (forged, still));
        Assert.Equal((302, "/", false), (status, to!.OriginalString, kept));
        Assert.Equal(401, (await anna.GetAsync("/")).Status);
        Assert.Equal(401, (await anna.GetAsync("/api/v1/stream", "same-origin")).Status);
        Assert.Equal(200, (await vera.GetAsync("/")).Status);
    }

    [Fact]
    public async Task The_live_stream_ends_with_its_session()
    {
        using Person anna = new(_hub), vera = new(_hub);
        (_, string page, _) = await anna.SignInAsync("anna", "/nodes/n-1");
        await vera.SignInAsync("vera");
        using StreamReader ended = await anna.ListenAsync(), goes = await vera.ListenAsync();
        await anna.PostAsync("/sign-out", "same-origin", ("form-token", FormToken(page)));
        _time.By = TimeSpan.FromSeconds(20);
        using HttpResponseMessage told = await _hub.Admin.PostAsync(
            new Uri("/api/v1/nodes/n-1/commands", UriKind.Relative), new StringContent("""{"kind":"reboot"}""", System.Text.Encoding.UTF8, "application/json"), Token);

        while (await ended.ReadLineAsync(Token).AsTask().WaitAsync(TimeSpan.FromSeconds(20), Token) is not null)
        {
        }

        while (!(await goes.ReadLineAsync(Token).AsTask().WaitAsync(TimeSpan.FromSeconds(20), Token))!.StartsWith("event: command", StringComparison.Ordinal))
        {
        }
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example/")]
    [InlineData("/\\evil.example/")]
    [InlineData("/\t/evil.example/")]
    [InlineData("javascript:alert(1)")]
    [InlineData("evil")]
    [InlineData("")]
    public async Task No_sign_in_leads_to_another_site(string to)
    {
        using Person vera = new(_hub);

        (int status, string text, Uri? location) = await vera.GetAsync($"/sign-in?return={Uri.EscapeDataString(to)}");

        Assert.Equal((400, null), (status, location));
        Assert.Contains("return: is no path of this hub", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_has_no_role_or_a_forged_cookie_sees_nothing()
    {
        using Person nora = new(_hub), forger = new(_hub), anna = new(_hub);
        await anna.SignInAsync("anna");
        string session = anna.Cookies.GetAllCookies()["__Host-session"]!.Value;
        forger.Cookies.Add(new Cookie("__Host-session", session[..^6] + "AAAAAA", "/", "localhost") { Secure = true });

        (int status, string page, _) = await nora.SignInAsync("nora");

        Assert.Equal(403, status);
        Assert.Contains("nora: claim roles has none of viewer, operator, admin", page, StringComparison.Ordinal);
        Assert.False(nora.IsSignedIn);
        Assert.Equal((401, 401), ((await nora.GetAsync("/")).Status, (await forger.GetAsync("/")).Status));
    }

    [Fact]
    public async Task A_confidential_client_signs_people_in_and_sessions_go_on_after_a_restart_of_the_hub()
    {
        await _hub.StopAsync();
        string data = Directory.CreateTempSubdirectory("hub-sign-in-").FullName;
        OidcOptions options = new() { Authority = provider.Issuer, Client = "hub-page-secret", ClientSecret = "a secret of the tests" };
        Cookie session;
        await using (RunningHub first = await StartAsync(options, data))
        {
            using Person anna = new(first);
            Assert.Equal(200, (await anna.SignInAsync("anna")).Status);
            session = anna.Cookies.GetAllCookies()["__Host-session"]!;
        }

        await using (RunningHub wrong = await StartAsync(options with { ClientSecret = "another" }, data))
        {
            using Person vera = new(wrong);
            (int refused, string page, _) = await vera.SignInAsync("vera");
            Assert.Equal((401, false), (refused, vera.IsSignedIn));
            Assert.Contains("the OIDC provider refused: invalid_client", page, StringComparison.Ordinal);
        }

        await using RunningHub second = await StartAsync(options, data);
        using Person again = new(second);
        again.Cookies.Add(new Cookie(session.Name, session.Value, "/", "localhost") { Secure = true });
        Assert.Contains("<span>anna, admin</span>", (await again.GetAsync("/")).Text, StringComparison.Ordinal);
        Directory.Delete(data, recursive: true);
    }

    [Fact]
    public async Task While_the_provider_is_away_a_sign_in_gets_a_page_that_says_so()
    {
        await using OpenIdProvider own = new(pushed: true);
        await own.InitializeAsync();
        await using RunningHub hub = await RunningHub.StartAsync(o => o with { HttpsPort = own.HubPort, Oidc = new OidcOptions { Authority = own.Issuer, Client = "hub-page" } });
        using Person vera = new(hub);
        Uri begun = await vera.BeginAsync(), back = await vera.AgreeAsync(begun, "vera");
        await own.StopAsync();

        (int half, string late, _) = await vera.GetAsync(back.AbsoluteUri);
        await using RunningHub fresh = await RunningHub.StartAsync(o => o with { Oidc = new OidcOptions { Authority = own.Issuer, Client = "hub-page" } });
        using Person other = new(fresh);
        (int status, string text, _) = await other.GetAsync("/sign-in");

        Assert.Contains("request_uri=", begun.Query, StringComparison.Ordinal);
        Assert.DoesNotContain("state=", begun.Query, StringComparison.Ordinal);
        Assert.Equal((503, 503), (half, status));
        Assert.Contains("the OIDC provider does not answer", late, StringComparison.Ordinal);
        Assert.Contains($"the OIDC provider {own.Issuer} cannot be asked: ", text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await fresh.Admin.GetAsync(new Uri("/", UriKind.Relative), Token)).StatusCode);
    }

    [Fact]
    public async Task People_sign_in_with_the_keys_that_the_provider_has_now_and_are_not_sent_to_one_that_went_away()
    {
        await using OpenIdProvider own = new();
        await own.InitializeAsync();
        LaterTime time = new();
        await using RunningHub hub = await RunningHub.StartAsync(o => o with { HttpsPort = own.HubPort, Oidc = new OidcOptions { Authority = own.Issuer, Client = "hub-page" } }, time);
        using Person vera = new(hub), anna = new(hub), late = new(hub);

        int before = (await vera.SignInAsync("vera")).Status;
        await own.StopAsync();
        await own.InitializeAsync();
        time.By = TimeSpan.FromMinutes(1);
        int after = (await anna.SignInAsync("anna")).Status;
        await own.StopAsync();
        time.By = TimeSpan.FromMinutes(2);
        (int away, string text, Uri? to) = await late.GetAsync("/sign-in");

        Assert.Equal((200, 200), (before, after));
        Assert.Equal((503, null), (away, to));
        Assert.Contains($"the OIDC provider {own.Issuer} cannot be asked: Connection refused", text, StringComparison.Ordinal);
        Assert.Equal(200, (await anna.GetAsync("/")).Status);
    }

    [Fact]
    public async Task Without_a_client_the_page_offers_no_sign_in()
    {
        await using RunningHub hub = await RunningHub.StartAsync(o => o with { Oidc = new OidcOptions { Authority = provider.Issuer } });
        using Person vera = new(hub);

        Assert.DoesNotContain("/sign-in", (await vera.GetAsync("/")).Text, StringComparison.Ordinal);
        Assert.Equal(404, (await vera.GetAsync("/sign-in")).Status);
    }

    [Fact]
    public async Task In_a_real_browser_a_person_signs_in_sees_the_fleet_live_and_signs_out()
    {
        await using Browser browser = await Browser.StartAsync(1280, dark: false);
        await browser.OpenAsync($"https://localhost:{_hub.Options.HttpsPort}/nodes/n-1");
        await browser.PictureAsync("sign-in");
        await browser.RunAsync("document.getElementById('sign-in').click()");
        await browser.UntilAsync("document.querySelector('input[name=login]')");
        await browser.RunAsync("document.querySelector('input[name=login]').value = 'otto'; document.querySelector('input[name=password]').value = 'any'; document.forms[0].submit()");
        await browser.UntilAsync("document.querySelector('input[name=prompt][value=consent]')");
        await browser.RunAsync("document.forms[0].submit()");
        await browser.UntilAsync("location.pathname === '/nodes/n-1' && document.getElementById('live-status')?.textContent === 'live'");
        await browser.PictureAsync("signed-in");
        string who = (string)(await browser.RunAsync("return document.querySelector('.who').textContent"))!;
        IReadOnlyList<string> complaints = [.. (await browser.ComplaintsAsync()).Where(c => c.Contains("/page/", StringComparison.Ordinal) || c.Contains("Content Security Policy", StringComparison.Ordinal) && c.Contains($":{_hub.Options.HttpsPort}/", StringComparison.Ordinal))];

        await browser.RunAsync("document.querySelector('#ask-reboot > summary').click(); document.getElementById('do-reboot').click()");
        await browser.UntilAsync("location.hash === '#commands' && document.body.textContent.includes('otto')");
        await browser.RunAsync("document.getElementById('sign-out').click()");
        await browser.UntilAsync("location.pathname === '/' && document.querySelector('h1').textContent === 'Who are you?'");

        Assert.Contains("otto, operator", who, StringComparison.Ordinal);
        Assert.Empty(complaints);
        Assert.Equal("otto", Assert.Single((await _hub.GetAsync("/api/v1/nodes/n-1/commands", HubJson.Default.PageCommandRecord)).Items).IssuedBy);
    }

    private static string FormToken(string page) => Regex.Match(page, "name=\"form-token\" value=\"([^\"]+)\"").Groups[1].Value;

    private async Task<RunningHub> StartAsync(OidcOptions oidc, string? data = null)
    {
        RunningHub hub = await RunningHub.StartAsync(o => o with { HttpsPort = provider.HubPort, Data = data ?? o.Data, Oidc = oidc }, _time);
        await hub.Store.WriteAsync(s => s.Execute("INSERT INTO nodes (id, enrolled) VALUES ('n-1', @t) ON CONFLICT DO NOTHING", ("@t", DateTimeOffset.UtcNow)), Token);
        return hub;
    }
}
