namespace Talos.Fleet.Hub.Store;

/// <summary>The tables. Times are milliseconds since 1970, documents are JSON, enums are their numbers.</summary>
internal static class SqlSchema
{
    public static string For(SqlDialect d) => $"""
        CREATE TABLE IF NOT EXISTS nodes (
          id TEXT PRIMARY KEY, enrolled BIGINT NOT NULL, revoked BIGINT NOT NULL DEFAULT 0, hub_labels TEXT NOT NULL DEFAULT '', node_labels TEXT NOT NULL DEFAULT '',
          board TEXT NOT NULL DEFAULT '', version TEXT NOT NULL DEFAULT '', slot TEXT, hostname TEXT, ready BIGINT NOT NULL DEFAULT 0, update_phase BIGINT,
          presence BIGINT, presence_time BIGINT, presence_json TEXT, state_time BIGINT, state_json TEXT, telemetry_json TEXT, last_seen BIGINT,
          wear BIGINT, wear_days BIGINT, wear_warning BIGINT NOT NULL DEFAULT 0,
          desired_rev BIGINT NOT NULL DEFAULT 0, desired_json TEXT, desired {d.Bytes}, desired_version TEXT, desired_rollout TEXT,
          reported_rev BIGINT, reported_status BIGINT, reported_reason TEXT, command_rev BIGINT NOT NULL DEFAULT 0, lost_events BIGINT NOT NULL DEFAULT 0);
        CREATE TABLE IF NOT EXISTS streams (
          node TEXT NOT NULL, stream TEXT NOT NULL, acked BIGINT NOT NULL, highest BIGINT NOT NULL, PRIMARY KEY (node, stream));
        CREATE TABLE IF NOT EXISTS events (
          id {d.Counter}, node TEXT NOT NULL, stream TEXT NOT NULL, seq BIGINT NOT NULL, received BIGINT NOT NULL, json TEXT NOT NULL, UNIQUE (node, stream, seq));
        CREATE INDEX IF NOT EXISTS events_of_node ON events (node, id);
        CREATE TABLE IF NOT EXISTS telemetry (
          id {d.Counter}, node TEXT NOT NULL, time BIGINT NOT NULL, uptime BIGINT NOT NULL, received BIGINT NOT NULL, json TEXT NOT NULL, UNIQUE (node, time, uptime));
        CREATE INDEX IF NOT EXISTS telemetry_received ON telemetry (received);
        CREATE TABLE IF NOT EXISTS commands (
          node TEXT NOT NULL, id TEXT NOT NULL, kind BIGINT NOT NULL, revision BIGINT NOT NULL, issued BIGINT NOT NULL, not_after BIGINT NOT NULL,
          issued_by TEXT NOT NULL, payload {d.Bytes} NOT NULL, state BIGINT, message TEXT, updated BIGINT, PRIMARY KEY (node, id));
        CREATE TABLE IF NOT EXISTS outbox (
          id {d.Counter}, topic TEXT NOT NULL, payload {d.Bytes} NOT NULL, retain BIGINT NOT NULL, expires BIGINT);
        CREATE TABLE IF NOT EXISTS webhooks (
          id {d.Counter}, target TEXT NOT NULL, message TEXT NOT NULL, body TEXT NOT NULL, queued BIGINT NOT NULL, attempts BIGINT NOT NULL DEFAULT 0, not_before BIGINT NOT NULL);
        CREATE INDEX IF NOT EXISTS webhooks_of_target ON webhooks (target, id);
        CREATE TABLE IF NOT EXISTS tokens (
          id TEXT PRIMARY KEY, hash TEXT NOT NULL UNIQUE, uses BIGINT NOT NULL, used BIGINT NOT NULL DEFAULT 0, expires BIGINT NOT NULL,
          created_by TEXT NOT NULL, node TEXT, labels TEXT NOT NULL DEFAULT '');
        CREATE TABLE IF NOT EXISTS certificates (
          serial TEXT PRIMARY KEY, node TEXT NOT NULL, key TEXT NOT NULL, token TEXT, issued BIGINT NOT NULL, not_after BIGINT NOT NULL, revoked BIGINT);
        CREATE INDEX IF NOT EXISTS certificates_of_node ON certificates (node);
        CREATE TABLE IF NOT EXISTS rollouts (
          id TEXT PRIMARY KEY, version BIGINT NOT NULL, plan TEXT NOT NULL, head TEXT NOT NULL, finished BIGINT NOT NULL DEFAULT 0,
          created BIGINT NOT NULL, created_by TEXT NOT NULL, updated BIGINT NOT NULL);
        CREATE TABLE IF NOT EXISTS rollout_nodes (
          rollout TEXT NOT NULL, node TEXT NOT NULL, board TEXT NOT NULL, wave BIGINT NOT NULL, status BIGINT NOT NULL, attempt BIGINT NOT NULL,
          since BIGINT NOT NULL, not_before BIGINT, reason TEXT, revision BIGINT NOT NULL DEFAULT 0, PRIMARY KEY (rollout, node));
        CREATE INDEX IF NOT EXISTS rollout_nodes_status ON rollout_nodes (rollout, status);
        CREATE INDEX IF NOT EXISTS rollout_nodes_node ON rollout_nodes (node);
        CREATE TABLE IF NOT EXISTS held_back (
          bundle TEXT NOT NULL, board TEXT NOT NULL, version TEXT NOT NULL, reason TEXT NOT NULL, since BIGINT NOT NULL, rollout TEXT NOT NULL, PRIMARY KEY (bundle, board));
        CREATE TABLE IF NOT EXISTS bundles (
          id TEXT PRIMARY KEY, version TEXT NOT NULL, boards TEXT NOT NULL, bytes BIGINT NOT NULL, uploaded BIGINT NOT NULL, uploaded_by TEXT NOT NULL);
        CREATE TABLE IF NOT EXISTS audit (
          id {d.Counter}, time BIGINT NOT NULL, who TEXT NOT NULL, role TEXT NOT NULL, action TEXT NOT NULL, target TEXT NOT NULL, outcome TEXT NOT NULL);
        CREATE TABLE IF NOT EXISTS leases (
          name TEXT PRIMARY KEY, holder TEXT NOT NULL, expires BIGINT NOT NULL);
        CREATE TABLE IF NOT EXISTS ended_sessions (
          id TEXT PRIMARY KEY, until BIGINT NOT NULL);
        CREATE TABLE IF NOT EXISTS boots (
          node TEXT PRIMARY KEY, history TEXT NOT NULL, since BIGINT);
        CREATE TABLE IF NOT EXISTS day_usage (
          node TEXT NOT NULL, day BIGINT NOT NULL, used BIGINT NOT NULL, bytes BIGINT NOT NULL, streams BIGINT NOT NULL, PRIMARY KEY (node, day));
        CREATE TABLE IF NOT EXISTS interop (
          name TEXT PRIMARY KEY, value BIGINT NOT NULL);
        """;
}
