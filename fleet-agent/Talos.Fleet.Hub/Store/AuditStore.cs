using Talos.Fleet.Api;

namespace Talos.Fleet.Hub.Store;

/// <summary>Who did what; written in the transaction of the deed.</summary>
internal static class AuditStore
{
    public static void Add(SqlSession s, DateTimeOffset now, string who, string role, string action, string target, string outcome) => s.Execute(
        "INSERT INTO audit (time, who, role, action, target, outcome) VALUES (@t, @w, @r, @a, @g, @o)",
        ("@t", now), ("@w", who), ("@r", role), ("@a", action), ("@g", target), ("@o", outcome));

    public static List<AuditRecord> List(SqlSession s, long before, int limit) => s.Query(
        "SELECT id, time, who, role, action, target, outcome FROM audit WHERE id < @b ORDER BY id DESC LIMIT @l",
        r => new AuditRecord { Id = r.Number(0), Time = r.Time(1), Who = r.Text(2), Role = r.Text(3), Action = r.Text(4), Target = r.Text(5), Outcome = r.Text(6) },
        ("@b", before), ("@l", limit));
}
