using System.Security.Cryptography;
using System.Text;

namespace Talos.Fleet.Hub.Store;

/// <summary>A message that waits for its URL.</summary>
/// <param name="Id">Its place in the order.</param>
/// <param name="Message">The same for every URL and every attempt.</param>
/// <param name="Body">What is posted.</param>
/// <param name="Queued">When it was queued.</param>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="NotBefore">When it is tried next.</param>
internal sealed record WaitingWebhook(long Id, string Message, string Body, DateTimeOffset Queued, int Attempts, DateTimeOffset NotBefore);

/// <summary>Messages for other systems in the database. URLs are there as hashes, since they often hold a secret.</summary>
internal static class WebhookStore
{
    /// <summary>How many messages wait for a URL at most.</summary>
    public const int Limit = 1000;

    /// <summary>Queues a message for a URL; gives how many of the oldest were dropped for it.</summary>
    public static int Add(SqlSession s, string url, string message, string body, DateTimeOffset now)
    {
        s.Execute(
            "INSERT INTO webhooks (target, message, body, queued, not_before) VALUES (@u, @m, @b, @now, @now)",
            ("@u", Target(url)), ("@m", message), ("@b", body), ("@now", now));
        return s.Execute(
            "DELETE FROM webhooks WHERE target=@u AND id <= (SELECT id FROM webhooks WHERE target=@u ORDER BY id DESC LIMIT 1 OFFSET @l)", ("@u", Target(url)), ("@l", Limit));
    }

    /// <summary>The oldest message of a URL.</summary>
    public static WaitingWebhook? First(SqlSession s, string url) => s.Query(
        "SELECT id, message, body, queued, attempts, not_before FROM webhooks WHERE target=@u ORDER BY id LIMIT 1",
        r => new WaitingWebhook(r.Number(0), r.Text(1), r.Text(2), r.Time(3), r.Int(4), r.Time(5)), ("@u", Target(url))).SingleOrDefault();

    public static void Done(SqlSession s, WaitingWebhook waiting) => s.Execute("DELETE FROM webhooks WHERE id=@id", ("@id", waiting.Id));

    /// <summary>Notes an attempt that failed.</summary>
    public static void Failed(SqlSession s, WaitingWebhook waiting, DateTimeOffset notBefore) =>
        s.Execute("UPDATE webhooks SET attempts=@a, not_before=@n WHERE id=@id", ("@a", waiting.Attempts + 1), ("@n", notBefore), ("@id", waiting.Id));

    /// <summary>Drops what was queued before then: its URL is in no hub's settings any more.</summary>
    public static int Prune(SqlSession s, DateTimeOffset before) => s.Execute("DELETE FROM webhooks WHERE queued < @t", ("@t", before));

    public static long Waiting(SqlSession s) => s.Number("SELECT count(*) FROM webhooks") ?? 0;

    private static string Target(string url) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(url)));
}
