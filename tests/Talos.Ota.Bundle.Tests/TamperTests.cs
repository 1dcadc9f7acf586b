using CsCheck;

namespace Talos.Ota.Bundle.Tests;

/// <summary>Whatever byte of a bundle is changed or missing, it is refused, and no wrong content comes out.</summary>
public sealed class TamperTests
{
    private static readonly byte[] Good = Sample.Write(TestKeys.Fast.Signer);

    [Fact]
    public async Task Every_changed_byte_before_the_data_is_found_before_the_data_is_read()
    {
        using BundleReader reader = await OpenAsync(Good);
        long data = reader.Payloads[0].DataOffset;
        for (int at = 0; at < data; at++)
        {
            byte[] changed = [.. Good];
            changed[at] ^= (byte)(1 << (at % 8));

            Assert.True(OpenProblemOf(changed) is not null, $"byte {at} of {data}");
        }
    }

    [Fact]
    public async Task Every_changed_byte_of_the_data_is_found()
    {
        using BundleReader reader = await OpenAsync(Good);
        int data = (int)reader.Payloads[0].DataOffset;

        Gen.Int[data, Good.Length - 1].Select(Gen.Byte[1, 255]).Sample((at, mask) =>
        {
            byte[] changed = [.. Good];
            changed[at] ^= mask;
            BundleProblem? problem = ProblemOf(changed);
            return problem is BundleProblem.Corrupt;
        }, iter: 300, threads: 1);
    }

    [Fact]
    public void Every_truncation_is_found_with_and_without_a_known_length() =>
        Gen.Int[0, Good.Length - 1].Select(Gen.Bool).Sample((length, seekable) =>
        {
            BundleProblem? problem = ProblemOf(Good[..length], seekable);
            return problem is BundleProblem.Truncated;
        }, iter: 600, threads: 1);

    [Fact]
    public async Task Swapped_chunks_are_found()
    {
        using BundleReader reader = await OpenAsync(Good);
        byte[] changed = [.. Good];
        int data = (int)reader.Payloads[0].DataOffset;
        int last = data + (int)reader.Payloads[1][0].Offset;
        changed.AsSpan(last, 10).CopyTo(changed.AsSpan(data));

        Assert.Equal(BundleProblem.Corrupt, ProblemOf(changed));
    }

    private static BundleProblem? ProblemOf(byte[] bundle, bool seekable = true)
    {
        try
        {
            using Stream stream = seekable ? new MemoryStream(bundle) : new OneWayStream(bundle);
            using BundleReader reader = BundleReader.OpenAsync(new StreamBundleSource(stream), TestKeys.Fast.Trust, TestKeys.Time, CancellationToken.None).GetAwaiter().GetResult();
            Sample.ReadAllAsync(reader).GetAwaiter().GetResult();
            return null;
        }
        catch (BundleException e)
        {
            return e.Problem;
        }
    }

    private static BundleProblem? OpenProblemOf(byte[] bundle)
    {
        try
        {
            using BundleReader reader = OpenAsync(bundle).GetAwaiter().GetResult();
            return null;
        }
        catch (BundleException e)
        {
            return e.Problem;
        }
    }

    private static Task<BundleReader> OpenAsync(byte[] bundle) => Sample.OpenAsync(bundle, TestKeys.Fast.Trust);
}
