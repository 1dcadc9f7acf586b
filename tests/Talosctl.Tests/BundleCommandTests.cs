using System.Text.Json;
using Talos.Pki;
using Talosctl.Cli;

namespace Talosctl.Tests;

public sealed class BundleCommandTests : IDisposable
{
    private readonly CommandRun _run = new();

    public BundleCommandTests()
    {
        WriteKeys("own");
        byte[] root = new byte[200_000];
        new Random(1).NextBytes(root.AsSpan(0, 80_000));
        File.WriteAllBytes(_run["root"], root);
        File.WriteAllBytes(_run["boot"], new byte[5000]);
    }

    public void Dispose() => _run.Dispose();

    [Fact]
    public async Task A_bundle_that_was_created_is_verified_and_shown()
    {
        Assert.Equal(0, await CreateAsync());
        Assert.Contains("signed by CN=own signer", _run.Error, StringComparison.Ordinal);

        Assert.Equal(0, await _run.Run("bundle", "verify", "./x.bundle", "--anchors", "./own.ca"));
        Assert.Contains("v1.2.3 for board-a, board-b is good, signed by CN=own signer", _run.Out, StringComparison.Ordinal);

        Assert.Equal(0, await _run.Run("bundle", "info", "./x.bundle"));
        Assert.Contains("version:        v1.2.3\n", _run.Out, StringComparison.Ordinal);
        Assert.Contains("root   full   200 kB", _run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_and_yaml_hold_the_same()
    {
        await CreateAsync("--floor", "v1.0.0", "--expires", "2031-01-31T00:00:00Z");

        await _run.Run("bundle", "info", "./x.bundle", "-o", "json");
        using var json = JsonDocument.Parse(_run.Out);
        await _run.Run("bundle", "info", "./x.bundle", "-o", "yaml");

        Assert.Equal("v1.2.3", json.RootElement.GetProperty("version").GetString());
        Assert.Equal(200_000, json.RootElement.GetProperty("payloads")[0].GetProperty("size").GetInt64());
        Assert.Contains("floor: \"v1.0.0\"\n", _run.Out, StringComparison.Ordinal);
        Assert.Contains("expires: \"2031-01-31T00:00:00Z\"\n", _run.Out, StringComparison.Ordinal);
        Assert.Contains("payloads:\n    - part: \"root\"\n      kind: \"full\"\n      size: 200000\n", _run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_changed_or_foreign_bundle_is_one_line_and_a_failure()
    {
        await CreateAsync();
        WriteKeys("other");

        Assert.Equal(1, await _run.Run("bundle", "verify", "./x.bundle", "--anchors", "./other.ca"));
        Assert.Contains("none of the 1 trust anchors", _run.Error, StringComparison.Ordinal);

        byte[] bytes = File.ReadAllBytes(_run["x.bundle"]);
        bytes[^100] ^= 1;
        File.WriteAllBytes(_run["x.bundle"], bytes);
        Assert.Equal(1, await _run.Run("bundle", "verify", "./x.bundle", "--anchors", "./own.ca"));
        Assert.Single(_run.Error.TrimEnd('\n').Split('\n'));
        Assert.Contains("its SHA-256 is not the one of the index", _run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_delta_is_added_before_the_full_payloads_and_the_outcome_is_signed()
    {
        byte[] boot = new byte[5000];
        new Random(2).NextBytes(boot);
        File.WriteAllBytes(_run["boot"], boot);
        await CreateAsync();
        File.Move(_run["x.bundle"], _run["old.bundle"]);
        byte[] root = File.ReadAllBytes(_run["root"]);
        root[5000] ^= 1;
        File.WriteAllBytes(_run["root"], root);
        await CreateAsync();

        Assert.Equal(0, await _run.Run("bundle", "delta", "./old.bundle", "./x.bundle", "-o", "./y.bundle", "--cert", "./own.crt", "--key", "./own.key", "--level", "1"));
        Assert.Contains("content: 1 B differ, 0 B are new", _run.Error, StringComparison.Ordinal);

        Assert.Equal(0, await _run.Run("bundle", "verify", "./y.bundle", "--anchors", "./own.ca"));
        await _run.Run("bundle", "info", "./y.bundle");
        Assert.Matches("(?s)root   delta .*boot   delta .*root   full .*boot   full ", _run.Out);
        Assert.Empty(Directory.GetFiles(_run.Folder, ".*"));
    }

    [Fact]
    public async Task A_second_signer_is_added_and_another_replaces()
    {
        await CreateAsync();
        WriteKeys("other");

        Assert.Equal(0, await _run.Run("bundle", "sign", "./x.bundle", "--add", "--cert", "./other.crt", "--key", "./other.key"));
        Assert.Equal(0, await _run.Run("bundle", "verify", "./x.bundle", "--anchors", "./own.ca"));
        Assert.Equal(0, await _run.Run("bundle", "verify", "./x.bundle", "--anchors", "./other.ca"));

        Assert.Equal(0, await _run.Run("bundle", "sign", "./x.bundle", "-o", "./y.bundle", "--cert", "./other.crt", "--key", "./other.key"));
        Assert.Equal(1, await _run.Run("bundle", "verify", "./y.bundle", "--anchors", "./own.ca"));
    }

    [Fact]
    public async Task A_key_set_lets_a_new_authority_sign()
    {
        WriteKeys("other");
        File.WriteAllText(_run["both.ca"], File.ReadAllText(_run["own.ca"]) + File.ReadAllText(_run["other.ca"]));
        Assert.Equal(0, await _run.Run("bundle", "keyset", "--sequence", "1", "--anchors", "./both.ca", "--cert", "./own.crt", "--key", "./own.key", "-o", "./keys"));

        await CreateAsync("--key-set", "./keys");
        await _run.Run("bundle", "sign", "./x.bundle", "--cert", "./other.crt", "--key", "./other.key");

        Assert.Equal(0, await _run.Run("bundle", "verify", "./x.bundle", "--anchors", "./own.ca"));
    }

    [Fact]
    public async Task Nothing_is_replaced_unless_it_is_asked_for()
    {
        await CreateAsync();

        Assert.Equal(1, await CreateAsync());
        Assert.Contains("exists already", _run.Error, StringComparison.Ordinal);
        Assert.Equal(0, await CreateAsync("--force"));
        Assert.Equal(["boot", "own.ca", "own.crt", "own.key", "root", "x.bundle"], Directory.GetFiles(_run.Folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_bar_is_drawn_for_a_person_only()
    {
        await CreateAsync();
        Assert.DoesNotContain('\r', _run.Error);
        _run.IsInteractive = true;

        await _run.Run("bundle", "verify", "./x.bundle", "--anchors", "./own.ca");

        Assert.Contains("verifying [##############################] 100% 205 kB of 205 kB", _run.Error, StringComparison.Ordinal);
        Assert.Equal("packing [###############               ]  50% 1 MB of 2 MB, 500 kB/s", ProgressBar.Line("packing", 1_000_000, 2_000_000, TimeSpan.FromSeconds(2)));
    }

    private Task<int> CreateAsync(params string[] more) => _run.Run(
    [
        "bundle", "create", "--root", "./root", "--boot", "./boot", "--version", "v1.2.3", "--build", "abc", "--board", "board-a,board-b",
        "--cert", "./own.crt", "--key", "./own.key", "--level", "1", "-o", "./x.bundle", .. more,
    ]);

    private void WriteKeys(string name)
    {
        var authority = CertificateAuthority.Create(AuthorityOptions.Updates, TimeProvider.System);
        CertificateAndKey signer = authority.IssueCodeSigner($"{name} signer", KeyAlgorithm.EcdsaP256, TimeSpan.FromDays(1));
        File.WriteAllText(_run[$"{name}.ca"], authority.CertificatePem);
        File.WriteAllText(_run[$"{name}.crt"], signer.CertificatePem);
        File.WriteAllText(_run[$"{name}.key"], signer.KeyPem.Reveal());
    }
}
