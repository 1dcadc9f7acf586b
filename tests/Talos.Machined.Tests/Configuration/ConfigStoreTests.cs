using System.Text;
using Talos.Machined.Configuration;

namespace Talos.Machined.Tests.Configuration;

public sealed class ConfigStoreTests
{
    private readonly MemoryConfigFile _files = new();

    [Fact]
    public void Nothing_is_found_where_nothing_was_saved() =>
        Assert.Equal(ConfigSource.None, new ConfigStore(_files).Load().Source);

    [Fact]
    public void The_text_comes_back_as_it_was()
    {
        ConfigStore store = new(_files);

        store.Save(Texts.Hostname("edge-01") + "# a note\n");

        Assert.Equal(Texts.Hostname("edge-01") + "# a note\n", store.Load().Configuration?.Yaml);
    }

    [Fact]
    public void Whatever_is_cut_off_the_current_config_the_last_good_one_is_taken()
    {
        ConfigStore store = new(_files);
        store.Save(Texts.Hostname("edge-01"));
        store.Save(Texts.Hostname("edge-02"));
        byte[] whole = _files.Content[ConfigStore.CurrentName];

        for (int length = 0; length < whole.Length; length++)
        {
            _files.Content[ConfigStore.CurrentName] = whole[..length];

            StoredConfig stored = store.Load();

            Assert.Equal("edge-01", stored.Configuration?.Network.Hostname);
            Assert.Equal(ConfigSource.LastGood, stored.Source);
            Assert.NotEmpty(stored.Problems);
        }
    }

    [Fact]
    public void A_config_that_this_version_does_not_accept_gives_way_to_the_last_good_one()
    {
        ConfigStore store = new(_files);
        store.Save(Texts.Hostname("edge-01"));
        store.Save(Texts.Hostname("edge-02"));
        _files.Content[ConfigStore.CurrentName] = Encoding.UTF8.GetBytes("version: v1alpha1\nmachine: {oldField: 1}\n");

        StoredConfig stored = store.Load();

        Assert.Equal("edge-01", stored.Configuration?.Network.Hostname);
        Assert.Contains("machine.oldField", Assert.Single(stored.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void A_broken_current_config_never_replaces_the_last_good_one()
    {
        ConfigStore store = new(_files);
        store.Save(Texts.Hostname("edge-01"));
        store.Save(Texts.Hostname("edge-02"));
        _files.Content[ConfigStore.CurrentName] = [0];
        _files.WritesLeft = 0;

        Assert.Throws<IOException>(() => store.Save(Texts.Hostname("edge-03")));

        Assert.Equal("edge-01", store.Load().Configuration?.Network.Hostname);
    }

    [Theory]
    [InlineData(0, "edge-02")]
    [InlineData(1, "edge-02")]
    [InlineData(2, "edge-03")]
    public void A_power_cut_leaves_the_old_or_the_new_config(int writes, string hostname)
    {
        ConfigStore store = new(_files);
        store.Save(Texts.Hostname("edge-01"));
        store.Save(Texts.Hostname("edge-02"));
        _files.WritesLeft = writes;

        try
        {
            store.Save(Texts.Hostname("edge-03"));
        }
        catch (IOException)
        {
            // The power cut.
        }

        StoredConfig stored = store.Load();
        Assert.Equal(hostname, stored.Configuration?.Network.Hostname);
        Assert.Equal(ConfigSource.Current, stored.Source);
    }

    [Fact]
    public void A_config_put_there_by_hand_is_taken()
    {
        _files.Content[ConfigStore.CurrentName] = Encoding.UTF8.GetBytes(Texts.Hostname("edge-01"));

        Assert.Equal(ConfigSource.Current, new ConfigStore(_files).Load().Source);
    }
}
