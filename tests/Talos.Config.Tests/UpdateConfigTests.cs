using System.Text;

namespace Talos.Config.Tests;

public sealed class UpdateConfigTests
{
    private const string Head = "apiVersion: v1alpha1\nkind: UpdateConfig\n";

    [Fact]
    public void Without_the_document_a_trial_has_ten_minutes_and_no_probes()
    {
        UpdateConfiguration update = ConfigReader.Parse("apiVersion: v1alpha1\nkind: HostnameConfig\nhostname: edge\n").Update;

        Assert.Equal(TimeSpan.FromMinutes(10), update.HealthDeadline);
        Assert.Empty(update.Probes);
        Assert.Equal(0, update.BytesPerSecond);
    }

    [Fact]
    public void Deadline_probes_and_download_are_read()
    {
        UpdateConfiguration update = ConfigReader.Parse(Head + """
            healthDeadline: 3m
            probes:
              - name: web
                url: http://127.0.0.1:8080/
              - name: broker
                url: https://10.0.0.9/health
                timeout: 20s
            download:
              bytesPerSecond: 1MiB
              proxy: http://10.0.0.1:3128
            """).Update;

        Assert.Equal(TimeSpan.FromMinutes(3), update.HealthDeadline);
        Assert.Equal(
            [new UpdateProbe("web", new Uri("http://127.0.0.1:8080/"), TimeSpan.FromSeconds(5)), new UpdateProbe("broker", new Uri("https://10.0.0.9/health"), TimeSpan.FromSeconds(20))],
            update.Probes);
        Assert.Equal(1 << 20, update.BytesPerSecond);
        Assert.Equal(new Uri("http://10.0.0.1:3128"), update.Proxy);
    }

    [Theory]
    [InlineData("healthDeadline: 10s\n", "UpdateConfig/healthDeadline", "10 s is less than 60 s")]
    [InlineData("healthDeadline: 3h\n", "UpdateConfig/healthDeadline", "10800 s is more than 7200 s")]
    [InlineData("probes:\n- name: x\n  url: ftp://h/\n", "UpdateConfig/probes[0].url", "'ftp' is neither http nor https")]
    [InlineData("probes:\n- name: x\n  url: http://h/\n  timeout: 2m\n", "UpdateConfig/probes[0].timeout", "120 s is more than 60 s")]
    [InlineData("probes:\n- url: http://h/\n", "UpdateConfig/probes[0].name", "missing")]
    [InlineData("download: {proxy: socks5://h:1}\n", "UpdateConfig/download.proxy", "'socks5' is neither http nor https")]
    public void What_is_wrong_is_named(string rest, string path, string reason)
    {
        ConfigProblem problem = Assert.Single(ConfigReader.Read(Encoding.UTF8.GetBytes(Head + rest)).Problems);

        Assert.Equal(path, problem.Path);
        Assert.Contains(reason, problem.Message, StringComparison.Ordinal);
    }
}
