using System.Diagnostics;
using System.Text;
using CsCheck;

namespace Talos.Config.Tests;

/// <summary>Whatever comes over the wire or from a failing disk: an answer in bounded time, never another exception.</summary>
public sealed class FuzzTests
{
    private static readonly byte[] Seed = Encoding.UTF8.GetBytes(Samples.ControlPlane() + """
        ---
        apiVersion: v1alpha1
        kind: LinkConfig
        name: eth0
        addresses: &a [{address: 10.5.0.2/24}]
        routes:
          - {gateway: 10.5.0.1, metric: 0x10}
        ---
        apiVersion: v1alpha1
        kind: KubeStaticPodConfig
        name: web
        pod: {apiVersion: v1, kind: Pod, metadata: {name: web}, spec: {containers: [{name: web}]}}
        ---
        apiVersion: v1alpha1
        kind: TrustedRootsConfig
        name: extra
        certificates: |
          -----BEGIN CERTIFICATE-----
          AAAA
          -----END CERTIFICATE-----
        """);

    private static readonly string[] Pieces =
    [
        "&a", "*a", "- ", "? ", ": ", "{", "}", "[", "]", "|\n", ">\n", "---\n", "...\n", "\t", "!!", "!<x>", "%YAML 9.9\n", "'", "\"", "\\x",
        "\u0000", "\uFEFF", "\uD7FF", "0x", "1e999", "null", "~", "<<: ", "  ", "\r", "\n\n", "#", "@", "`", "$patch: delete\n", "version: ",
    ];

    [Fact]
    public void Changed_bytes_are_read_or_refused()
    {
        Stopwatch watch = Stopwatch.StartNew();

        Gen.Select(Gen.Int[0, Seed.Length - 1], Gen.Byte).Array[1, 8].Sample(
            changes =>
            {
                byte[] data = [.. Seed];
                foreach ((int at, byte value) in changes)
                {
                    data[at] = value;
                }

                Check(data);
            },
            iter: 500);

        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(60), $"took {watch.Elapsed}");
    }

    [Fact]
    public void Texts_cut_and_spliced_are_read_or_refused() =>
        Gen.Select(Gen.Int[0, Seed.Length], Gen.Int[0, Seed.Length], OneOf(Pieces).Array[0, 6]).Sample(
            (first, second, pieces) =>
                Check([.. Seed[..Math.Min(first, second)], .. Encoding.UTF8.GetBytes(string.Concat(pieces)), .. Seed[Math.Max(first, second)..]]),
            iter: 500);

    [Fact]
    public void Heaps_of_yaml_pieces_are_read_or_refused() =>
        OneOf(Pieces).Array[0, 200].Sample(pieces => Check(Encoding.UTF8.GetBytes(string.Concat(pieces))), iter: 1000);

    [Fact]
    public void Any_bytes_are_read_or_refused() => Gen.Byte.Array[0, 300].Sample(Check, iter: 1000);

    [Fact]
    public void Any_patch_is_applied_or_refused()
    {
        string config = Encoding.UTF8.GetString(Seed);
        OneOf([.. Pieces, "machine", "[{op: add, path: /a, value: ", "]", "}", ", "]).Array[0, 30].Sample(
            pieces =>
            {
                try
                {
                    ConfigPatcher.Apply(config, [string.Concat(pieces)]);
                }
                catch (ConfigException e)
                {
                    Assert.NotEmpty(e.Problems);
                }
            },
            iter: 100);
    }

    [Theory]
    [InlineData("{a: ")]
    [InlineData("[")]
    [InlineData("- ")]
    [InlineData("? ")]
    [InlineData("a: &a ")]
    [InlineData("'")]
    [InlineData("\"\\u")]
    [InlineData("a\n")]
    [InlineData("---\n")]
    [InlineData("a: b\n")]
    [InlineData("# c\n")]
    [InlineData("%a b\n")]
    [InlineData("!")]
    public void A_great_repetition_is_refused_in_bounded_time(string piece)
    {
        string text = string.Concat(Enumerable.Repeat(piece, 300_000 / piece.Length));
        Stopwatch watch = Stopwatch.StartNew();

        Check(Encoding.UTF8.GetBytes(text));

        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10), $"took {watch.Elapsed}");
    }

    [Fact]
    public void What_was_written_reads_the_same() =>
        Gen.String.Array[0, 6].Sample(texts =>
        {
            MappingBuilder map = new();
            for (int i = 0; i < texts.Length; i++)
            {
                string text = new([.. texts[i].Where(c => !char.IsSurrogate(c) && (c >= ' ' || c == '\n') && c is < '\u007f' or (> '\u00a0' and < '\ufeff'))]);
                map.Text($"k{i}", text);
            }

            string written = NodeWriter.Write([map.Node]);

            MappingNode read = map.Node.Entries.Count == 0 ? new MappingNode() : (MappingNode)Assert.Single(ConfigPatcher.Load(written));
            Assert.Equal(
                map.Node.Entries.Select(e => ((ScalarNode)e.Value).Text), read.Entries.Select(e => ((ScalarNode)e.Value).Text));
        });

    private static Gen<string> OneOf(string[] texts) => Gen.Int[0, texts.Length - 1].Select(i => texts[i]);

    private static void Check(byte[] data)
    {
        ConfigReading reading = ConfigReader.Read(data);
        Assert.True(reading.Configuration is null == reading.Problems.Count > 0);
        Assert.All(reading.Problems, p => Assert.NotEmpty(p.Message));
    }
}
