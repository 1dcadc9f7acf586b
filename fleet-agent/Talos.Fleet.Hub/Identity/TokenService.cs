using System.Security.Cryptography;
using Talos.Fleet.Api;
using Talos.Fleet.Hub.Rest;
using Talos.Fleet.Hub.Store;
using Talos.Fleet.Protocol;

namespace Talos.Fleet.Hub.Identity;

/// <summary>Tokens with which nodes enrol, whichever way a person asks for them.</summary>
internal sealed class TokenService(FleetStore store, TimeProvider time)
{
    private const int LongestSeconds = 365 * 86400;

    /// <summary>All tokens, without their secrets.</summary>
    public Task<List<TokenRecord>> ListAsync(CancellationToken ct) => store.ReadAsync(
        s => s.Query(
            "SELECT id, uses, used, expires, created_by, node, labels FROM tokens ORDER BY expires DESC",
            r => new TokenRecord { Id = r.Text(0), Uses = r.Int(1), Used = r.Int(2), Expires = r.Time(3), CreatedBy = r.Text(4), Node = r.TextOrNull(5), Labels = Labels.Read(r.Text(6)) }),
        ct);

    /// <summary>Makes a token; its secret is in this answer alone.</summary>
    /// <exception cref="RequestException">The request makes no sense.</exception>
    public async Task<TokenRecord> CreateAsync(TokenRequest request, Caller caller, CancellationToken ct)
    {
        string? problem = request.Uses is < 1 or > 100_000 ? $"uses: {request.Uses} is not within 1 and 100000"
            : request.ExpiresSeconds is < 60 or > LongestSeconds ? $"expiresSeconds: {request.ExpiresSeconds} is not within 60 and {LongestSeconds}"
            : request.Node is { } node && !NodeId.IsValid(node) ? $"node: {node} is no node id"
            : request.Labels.Count > 32 ? "labels: more than 32" : null;
        if (problem is not null)
        {
            throw RequestException.Bad(problem);
        }

        string secret = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)).Replace('+', '-').Replace('/', '_').TrimEnd('=');
        DateTimeOffset now = time.GetUtcNow();
        TokenRecord record = new()
        {
            Id = Guid.NewGuid().ToString("n")[..12],
            Token = secret,
            Uses = request.Uses,
            Used = 0,
            Expires = now.AddSeconds(request.ExpiresSeconds),
            CreatedBy = caller.Name,
            Node = request.Node,
            Labels = request.Labels,
        };
        await store.WriteAsync(
            s =>
            {
                s.Execute(
                    "INSERT INTO tokens (id, hash, uses, expires, created_by, node, labels) VALUES (@id, @h, @u, @e, @w, @n, @l)",
                    ("@id", record.Id), ("@h", Enrollment.Hash(secret)), ("@u", record.Uses), ("@e", record.Expires), ("@w", record.CreatedBy), ("@n", record.Node), ("@l", Labels.Write(record.Labels)));
                AuditStore.Add(s, now, caller.Name, caller.RoleWord, "token.create", record.Id, $"{record.Uses} uses, until {record.Expires:O}");
            },
            ct);
        return record;
    }

    /// <summary>Makes a token void.</summary>
    /// <exception cref="RequestException">It is not there.</exception>
    public Task DeleteAsync(string id, Caller caller, CancellationToken ct) => store.WriteAsync(
        s =>
        {
            if (s.Execute("DELETE FROM tokens WHERE id=@id", ("@id", id)) == 0)
            {
                throw RequestException.NotFound($"token {id}");
            }

            AuditStore.Add(s, time.GetUtcNow(), caller.Name, caller.RoleWord, "token.delete", id, "done");
        },
        ct);
}
