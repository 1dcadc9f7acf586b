using CsCheck;

namespace Talos.Fleet.Agent.Tests;

public sealed class YamlLinesTests
{
    private static readonly string[] Parts = ["list:", "list: []", "- ", "-", " ", "  ", "\n", "\r\n", "a: b", "c:", "a", ":", "\"", "'", "\t", "\u2028", "\ud800", "# "];

    private static readonly Gen<string> Texts = Gen.Int[0, Parts.Length - 1].Array[0, 60].Select(parts => string.Concat(parts.Select(p => Parts[p])));

    [Theory]
    [InlineData("list:\n- a: 1\n  b: two words\n- b: 'x'\n  a: \"2\"\n", "a=1,b=two words a=2,b=x")]
    [InlineData("above: 1\nin:\n    list:\n        - a: 1\n          b: http://c:80/\n    a: 9\n", "a=1,b=http://c:80/")]
    [InlineData("list:\r\n  -   a: 1\r\n      b: 2\r\n\r\n  -\r\n    a: 3\r\nlist:\r\n  - a: 4\r\n", "a=1,b=2 a=3")]
    [InlineData("list:\n- a:\n  - b: 1\n    c: 2\n  d:\n    b: 3\n  b: |\n    c: 4\n  b: 5\n", "a=,b=|,d=")]
    [InlineData("- list:\n  - a: 1\n  b: 2\n- a: 3\n", "a=1")]
    [InlineData("list:\n- 1\n- a\n", " ")]
    [InlineData("list: []\nother:\n- a: 1\n", null)]
    [InlineData("list:\nother:\n- a: 1\n", null)]
    [InlineData("lists:\n- a: 1\n", null)]
    [InlineData("", null)]
    public void A_list_of_records_ends_where_its_indentation_does_and_has_no_nested_members(string yaml, string? records) =>
        Assert.Equal(records, Show(yaml));

    [Fact]
    public void No_more_records_and_members_are_read_than_the_bound()
    {
        string members = string.Concat(Enumerable.Range(0, 1000).Select(i => $"  m{i}: {i}\n"));

        IReadOnlyList<IReadOnlyDictionary<string, string>> records = YamlLines.Records("list:\n" + string.Concat(Enumerable.Repeat("-\n" + members, 100)), "list");

        Assert.Equal(YamlLines.MaxRecords, records.Count);
        Assert.All(records, r => Assert.Equal(YamlLines.MaxMembers, r.Count));
    }

    [Fact]
    public void Whatever_the_text_what_is_read_is_within_it_and_within_the_bounds() => Texts.Sample(text =>
    {
        IReadOnlyList<IReadOnlyDictionary<string, string>> records = YamlLines.Records(text, "list");

        Assert.InRange(records.Count, 0, YamlLines.MaxRecords);
        Assert.All(records, r => Assert.InRange(r.Count, 0, YamlLines.MaxMembers));
        Assert.InRange(records.Sum(r => r.Sum(m => m.Key.Length + m.Value.Length)), 0, text.Length);
    });

    [Fact]
    public void What_was_written_is_read() =>
        Gen.Select(Gen.Int[0, 6], Gen.Int[1, 4], Gen.Dictionary(Gen.String[Gen.Char['a', 'z'], 1, 8], Gen.String[Gen.Char['0', '9'], 0, 8])[1, 5].Array[0, 8]).Sample((outer, gap, wanted) =>
        {
            string indent = new(' ', outer);
            IEnumerable<string> items = wanted.Select(r => $"{indent}-{new string(' ', gap)}{string.Join($"\n{indent} {new string(' ', gap)}", r.Select(m => $"{m.Key}: {m.Value}"))}\n");

            Assert.Equal(wanted, YamlLines.Records($"list:\n{string.Concat(items)}end: 1\n", "list").Select(r => r.ToDictionary()));
        });

    /// <summary>A text a thousand times as long may take a thousand times the memory; squared work would not end within the test's patience.</summary>
    [Fact]
    public async Task The_work_grows_with_the_length_of_the_text_and_not_with_its_square() =>
        await Task.Run(
            () => Texts.Sample(
                part =>
                {
                    string text = "list:\n" + string.Concat(Enumerable.Repeat(part + "\n", 200_000 / (part.Length + 1)));
                    long before = GC.GetAllocatedBytesForCurrentThread();

                    YamlLines.Records(text, "list");

                    Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, (64L * text.Length) + 1_000_000);
                },
                iter: 200),
            TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);

    private static string? Show(string yaml) =>
        YamlLines.Records(yaml, "list") is { Count: > 0 } records
            ? string.Join(' ', records.Select(r => string.Join(',', r.OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => $"{m.Key}={m.Value}"))))
            : null;
}
