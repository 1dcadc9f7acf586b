using System.Security.Authentication;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace Talos.Fleet.Hub.Identity;

/// <summary>What the OIDC provider says of itself: endpoints and keys, read when they are needed and kept for an hour.</summary>
/// <remarks>While the provider is away what it said last is used, for a day at most: keys do not go bad because nobody answers.</remarks>
internal sealed partial class OidcProvider : IConfigurationManager<OpenIdConnectConfiguration>, IDocumentRetriever, IDisposable
{
    private const int MaxDocument = 1 << 20;
    private static readonly TimeSpan Fresh = TimeSpan.FromHours(1);
    private static readonly TimeSpan Usable = TimeSpan.FromDays(1);
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(5);

    // Anybody can send tokens of keys that nobody knows: they make the hub ask no more often than this.
    private static readonly TimeSpan PauseOfKeys = TimeSpan.FromSeconds(10);
    private readonly OidcOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<OidcProvider> _log;
    private readonly SemaphoreSlim _asking = new(1);
    private volatile Said? _said;
    private long? _failed;
    private long? _keys;
    private string _problem = "";

    public OidcProvider(OidcOptions options, TimeProvider time, ILogger<OidcProvider> log)
    {
        (_options, _time, _log) = (options, time, log);
        Client = new HttpClient(TlsPolicy.Handler(options.Ca)) { Timeout = TimeSpan.FromSeconds(10), MaxResponseContentBufferSize = MaxDocument };
    }

    /// <summary>Speaks to the provider; trusts the CA that was given, follows no redirects.</summary>
    public HttpClient Client { get; }

    /// <summary>What the provider says of itself.</summary>
    /// <exception cref="RequestException">503: it does not answer.</exception>
    public async Task<OpenIdConnectConfiguration> GetConfigurationAsync(CancellationToken cancel)
    {
        if (_said is { } said && IsWithin(said.At, Usable))
        {
            if (!IsWithin(said.At, Fresh) && _asking.CurrentCount > 0)
            {
                // Beside the request: a provider that does not answer shall hold up nobody.
                _ = AskIfOlderAsync(Fresh, CancellationToken.None);
            }

            return said.Configuration;
        }

        return await AskIfOlderAsync(Usable, cancel) ?? throw Away();
    }

    /// <summary>What the provider said within the last seconds, for people on their way to it: they are not sent to one that is away.</summary>
    /// <exception cref="RequestException">503: it does not answer.</exception>
    public async Task RequireAsync(CancellationToken ct) => _ = await AskIfOlderAsync(PauseOfKeys, ct) ?? throw Away();

    /// <summary>What the provider says now, when a key was not in what it said before; null when there is nothing newer, or it was asked for just now.</summary>
    public async Task<OpenIdConnectConfiguration?> NewerAsync(OpenIdConnectConfiguration before, CancellationToken ct)
    {
        await _asking.WaitAsync(ct);
        try
        {
            if (ReferenceEquals(_said?.Configuration, before) && !IsWithin(_keys, PauseOfKeys))
            {
                _keys = _time.GetTimestamp();
                await AskAsync(ct);
            }

            return ReferenceEquals(_said?.Configuration, before) ? null : _said?.Configuration;
        }
        finally
        {
            _asking.Release();
        }
    }

    /// <inheritdoc/>
    public void RequestRefresh()
    {
        if (_said is { } said && !IsWithin(_keys, PauseOfKeys))
        {
            long now = _time.GetTimestamp();
            (_keys, _said) = (now, said with { At = now - (long)(Fresh.TotalSeconds * _time.TimestampFrequency) });
        }
    }

    /// <inheritdoc/>
    public async Task<string> GetDocumentAsync(string address, CancellationToken cancel)
    {
        RequireSafe("document", address);
        using HttpResponseMessage answer = await Client.GetAsync(new Uri(address), cancel);
        return answer.IsSuccessStatusCode ? await answer.Content.ReadAsStringAsync(cancel) : throw new InvalidDataException($"{address} answered {(int)answer.StatusCode}");
    }

    public void Dispose()
    {
        Client.Dispose();
        _asking.Dispose();
    }

    /// <summary>What the provider said last; null when that is older and it does not answer now.</summary>
    private async Task<OpenIdConnectConfiguration?> AskIfOlderAsync(TimeSpan age, CancellationToken ct)
    {
        await _asking.WaitAsync(ct);
        try
        {
            if (!IsWithin(_said?.At, age) && !IsWithin(_failed, PauseAfterFailure))
            {
                await AskAsync(ct);
            }

            return _said is { } said && IsWithin(said.At, age) ? said.Configuration : null;
        }
        finally
        {
            _asking.Release();
        }
    }

    private RequestException Away() => new(
        StatusCodes.Status503ServiceUnavailable, $"the OIDC provider {_options.Authority} cannot be asked: {_problem}; try again later, or use a client certificate");

    /// <summary>Whether something was less than a time ago, by the clock that does not jump.</summary>
    private bool IsWithin(long? at, TimeSpan time) => at is { } then && _time.GetElapsedTime(then) < time;

    private async Task AskAsync(CancellationToken ct)
    {
        try
        {
            OpenIdConnectConfiguration read = await OpenIdConnectConfigurationRetriever.GetAsync($"{_options.Authority.TrimEnd('/')}/.well-known/openid-configuration", this, ct);
            if (read.Issuer?.TrimEnd('/') != _options.Authority.TrimEnd('/'))
            {
                throw new InvalidDataException($"it says it is {read.Issuer}");
            }

            RequireSafe("authorization_endpoint", read.AuthorizationEndpoint);
            RequireSafe("token_endpoint", read.TokenEndpoint);
            (_said, _failed) = (new Said(read, _time.GetTimestamp()), null);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            // Whatever a provider sends or does not send, the hub goes on with certificates.
            (_failed, _problem) = (_time.GetTimestamp(), Line(e));
            LogAway(_options.Authority, _problem);
        }
    }

    private static string Line(Exception e) => (e switch
    {
        OperationCanceledException => "no answer within 10 s",
        HttpRequestException { InnerException: AuthenticationException tls } => tls.Message,
        _ => e.Message,
    }).Split('\n')[0].TrimEnd('.', '\r');

    private static void RequireSafe(string what, string? address)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out Uri? url) || !OidcOptions.IsSafe(url))
        {
            throw new InvalidDataException($"{what}: {address} is neither https nor on the loopback");
        }
    }

    /// <summary>What the provider said, and when.</summary>
    private sealed record Said(OpenIdConnectConfiguration Configuration, long At);

    [LoggerMessage(LogLevel.Warning, "The OIDC provider {Authority} cannot be asked: {Problem}")]
    private partial void LogAway(string authority, string problem);
}
