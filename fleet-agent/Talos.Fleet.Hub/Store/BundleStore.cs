using Talos.Fleet.Api;

namespace Talos.Fleet.Hub.Store;

/// <summary>What is known of bundles; their bytes are files.</summary>
internal static class BundleStore
{
    public static List<BundleRecord> List(SqlSession s, HubOptions options) =>
        s.Query("SELECT id, version, boards, bytes, uploaded, uploaded_by FROM bundles ORDER BY uploaded DESC", r => Read(r, options));

    public static BundleRecord? Find(SqlSession s, string id, HubOptions options) =>
        s.Query("SELECT id, version, boards, bytes, uploaded, uploaded_by FROM bundles WHERE id=@id", r => Read(r, options), ("@id", id)).SingleOrDefault();

    public static void Add(SqlSession s, BundleRecord b) => s.Execute(
        "INSERT INTO bundles (id, version, boards, bytes, uploaded, uploaded_by) VALUES (@id, @v, @b, @n, @t, @w) ON CONFLICT DO NOTHING",
        ("@id", b.Id), ("@v", b.Version), ("@b", string.Join(',', b.Boards)), ("@n", b.Bytes), ("@t", b.Uploaded), ("@w", b.UploadedBy));

    private static BundleRecord Read(Row r, HubOptions options) => new()
    {
        Id = r.Text(0),
        Version = r.Text(1),
        Boards = r.Text(2).Split(',', StringSplitOptions.RemoveEmptyEntries),
        Bytes = r.Number(3),
        Url = options.BundleUrl(r.Text(0)),
        Uploaded = r.Time(4),
        UploadedBy = r.Text(5),
    };
}
