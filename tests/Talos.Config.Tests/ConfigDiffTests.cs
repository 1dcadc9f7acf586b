namespace Talos.Config.Tests;

public sealed class ConfigDiffTests
{
    [Fact]
    public void Equal_configs_have_no_difference() =>
        Assert.Equal("", ConfigDiff.Between("version: v1alpha1\n# note\nmachine: {type: worker}", "version: v1alpha1\nmachine:\n  type: worker\n"));

    [Fact]
    public void The_difference_has_three_lines_around_each_change()
    {
        string difference = ConfigDiff.Unified(
            ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"],
            ["1", "2", "3", "4", "five", "6", "7", "8", "9", "10", "11", "12", "13"]);

        Assert.Equal(
            "--- a\n+++ b\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n@@ -10,3 +10,4 @@\n 10\n 11\n 12\n+13\n", difference);
    }

    [Fact]
    public void Secrets_are_not_shown_but_their_change_is()
    {
        string difference = ConfigDiff.Between(
            "version: v1alpha1\nmachine: {token: old-token, type: worker}\ncluster: {token: same}",
            "version: v1alpha1\nmachine: {token: new-token, type: worker}\ncluster: {token: same}");

        Assert.Contains("(redacted, changed)", difference, StringComparison.Ordinal);
        Assert.DoesNotContain("old-token", difference, StringComparison.Ordinal);
        Assert.DoesNotContain("new-token", difference, StringComparison.Ordinal);
        Assert.DoesNotContain("same", difference, StringComparison.Ordinal);
    }

    [Fact]
    public void Everything_under_a_secret_field_is_hidden()
    {
        string redacted = ConfigRedaction.Redact("""
            version: v1alpha1
            machine:
              systemDiskEncryption: {state: {keys: [{static: {passphrase: hush}}]}}
            ---
            apiVersion: v1alpha1
            kind: WireguardConfig
            name: wg0
            privateKey: aHVzaA==
            """);

        Assert.DoesNotContain("hush", redacted, StringComparison.Ordinal);
        Assert.DoesNotContain("aHVzaA", redacted, StringComparison.Ordinal);
        Assert.Contains("name: wg0", redacted, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("machine: {type: worker}", "machine: {type: controlplane}", "machine.type")]
    [InlineData("machine: {env: {A: 1}}", "machine: {env: {A: 2}, network: {hostname: x}}", "machine.env")]
    [InlineData("machine: {files: []}", "machine: {network: {hostname: x}}", "")]
    [InlineData("machine: {}", "machine: {udev: {rules: [a]}}\n---\nkind: EnvironmentConfig\napiVersion: v1alpha1\nvariables: {A: b}", "EnvironmentConfig/variables")]
    public void Some_changes_need_a_reboot(string before, string after, string fields) =>
        Assert.Equal(fields, string.Join(' ', ConfigChange.NeedingReboot(before, after)));
}
