using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Authentication;
using Talos.Fleet.Hub.Rest;
using Talos.Fleet.Hub.Store;
using Talos.Fleet.Protocol;

namespace Talos.Fleet.Hub.Identity;

/// <summary>Sessions of people who signed in at the page: an encrypted cookie, and in the database those that were ended before their time.</summary>
internal sealed partial class Sessions(OidcOptions options, FleetStore store, TimeProvider time, ILogger<Sessions> log)
{
    public const string Scheme = "session";
    private const string Id = "id", Name = "name", Role = "role", Issuer = "issuer";

    /// <summary>A new one.</summary>
    public ClaimsPrincipal Begin(string name, FleetRole role) => new(new ClaimsIdentity(
        [new Claim(Id, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))), new Claim(Name, name), new Claim(Role, FleetAuthority.RoleWord(role)), new Claim(Issuer, options.Authority)], Scheme));

    /// <summary>Who signed in, by the cookie of a request; null when there is none or it does not count any more.</summary>
    public async Task<Caller?> FindAsync(HttpContext http)
    {
        AuthenticateResult read = await http.AuthenticateAsync(Scheme);
        return read is { Succeeded: true, Principal: { } who, Properties.ExpiresUtc: { } until } && who.FindFirstValue(Issuer) == options.Authority
            && CallerOf(who) is { } caller && !await IsOverAsync(caller = caller with { Until = until }, http.RequestAborted) ? caller : null;
    }

    /// <summary>Whether a session was ended, by time or by its person.</summary>
    public async Task<bool> IsOverAsync(Caller caller, CancellationToken ct) =>
        caller.Until <= time.GetUtcNow() || await store.ReadAsync(s => s.Number("SELECT 1 FROM ended_sessions WHERE id=@id", ("@id", caller.Session)), ct) is not null;

    /// <summary>Ends the session everywhere: a copy of its cookie is worth nothing any more.</summary>
    public async Task EndAsync(HttpContext http, Caller caller)
    {
        if (caller.Session is not null)
        {
            await store.WriteAsync(
                s =>
                {
                    s.Execute("INSERT INTO ended_sessions (id, until) VALUES (@id, @u) ON CONFLICT DO NOTHING", ("@id", caller.Session), ("@u", caller.Until));
                    AuditStore.Add(s, time.GetUtcNow(), caller.Name, caller.RoleWord, "session.end", "page", "done");
                },
                http.RequestAborted);
        }

        await http.SignOutAsync(Scheme);
    }

    /// <summary>Writes a sign-in into the audit log.</summary>
    public Task NoteAsync(ClaimsPrincipal who, CancellationToken ct)
    {
        Caller caller = CallerOf(who)!;
        return store.WriteAsync(s => AuditStore.Add(s, time.GetUtcNow(), caller.Name, caller.RoleWord, "session.begin", "page", "done"), ct);
    }

    [LoggerMessage(LogLevel.Warning, "A sign-in was refused: {Problem}")]
    public partial void LogRefused(string problem);

    private static Caller? CallerOf(ClaimsPrincipal who) =>
        OidcTokens.RoleIn(who.FindAll(Role)) is { } role && who.FindFirstValue(Name) is { } name && who.FindFirstValue(Id) is { } id ? new Caller(name, role) { Session = id } : null;
}
