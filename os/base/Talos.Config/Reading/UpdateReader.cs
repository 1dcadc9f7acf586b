namespace Talos.Config;

/// <summary>Reads the document <c>UpdateConfig</c>.</summary>
internal static class UpdateReader
{
    private const string Kind = "UpdateConfig";

    private static readonly TimeSpan ShortestDeadline = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestDeadline = TimeSpan.FromHours(2);
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ShortestTimeout = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromMinutes(1);

    public static UpdateConfiguration Read(DocumentSet documents, List<ConfigProblem> problems)
    {
        View document = documents.One(Kind);
        UpdateConfiguration defaults = new();
        if (!document.IsPresent)
        {
            return defaults;
        }

        View download = document.Map("download");
        Uri? proxy = download.Url("proxy");
        if (proxy is not null && !IsWeb(proxy))
        {
            problems.Add(new ConfigProblem($"{Kind}/download.proxy", download.Line("proxy"), $"'{proxy.Scheme}' is neither http nor https"));
        }

        return new UpdateConfiguration
        {
            HealthDeadline = Between(
                document, "healthDeadline", $"{Kind}/healthDeadline", defaults.HealthDeadline, ShortestDeadline, LongestDeadline, problems),
            Probes = Probes(document, $"{Kind}/", problems),
            BytesPerSecond = download.Size("bytesPerSecond"),
            Proxy = proxy,
        };
    }

    public static List<UpdateProbe> Probes(View document, string prefix, List<ConfigProblem> problems)
    {
        List<UpdateProbe> probes = [];
        IReadOnlyList<View> listed = document.Maps("probes");
        for (int i = 0; i < listed.Count; i++)
        {
            View probe = listed[i];
            string path = $"{prefix}probes[{i}]";
            if (probe.Url("url") is not { } url)
            {
                continue;
            }

            if (!IsWeb(url))
            {
                problems.Add(new ConfigProblem($"{path}.url", probe.Line("url"), $"'{url.Scheme}' is neither http nor https"));
            }

            TimeSpan timeout = Between(probe, "timeout", $"{path}.timeout", DefaultTimeout, ShortestTimeout, LongestTimeout, problems);
            probes.Add(new UpdateProbe(probe.Text("name"), url, timeout));
        }

        return probes;
    }

    public static bool IsWeb(Uri url) => url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps;

    public static TimeSpan Between(
        View view, string key, string path, TimeSpan otherwise, TimeSpan least, TimeSpan greatest, List<ConfigProblem> problems)
    {
        TimeSpan value = view.Duration(key) ?? otherwise;
        if (value < least || value > greatest)
        {
            string limit = value < least ? $"less than {least.TotalSeconds:0} s" : $"more than {greatest.TotalSeconds:0} s";
            problems.Add(new ConfigProblem(path, view.Line(key), $"{value.TotalSeconds:0.###} s is {limit}"));
        }

        return value;
    }
}
