using System.Diagnostics;
using System.Globalization;

namespace Talos.Ota.Delta.Tests;

public sealed class FuzzTests(ITestOutputHelper output)
{
    /// <summary>A release build takes minutes for the million that TALOS_FUZZ_INPUTS=1000000 asks for.</summary>
    private static readonly int Inputs = int.Parse(Environment.GetEnvironmentVariable("TALOS_FUZZ_INPUTS") ?? "20000", CultureInfo.InvariantCulture);

    private const long AllocationLimit = 32 << 20;
    private static readonly TimeSpan SlowLimit = TimeSpan.FromSeconds(5);

    private readonly byte[] _old = Images.Old[200..1700];
    private readonly byte[] _new = Images.New[200..1900];

    [Fact]
    public void Damaged_and_random_deltas_are_refused_without_crash_hang_or_memory() => Run(2_000);

    [Fact]
    [Trait("Category", "Integration")]
    public void Very_many_damaged_and_random_deltas_are_refused_without_crash_hang_or_memory() => Run(Inputs);

    private void Run(int inputs)
    {
        byte[][] seeds = [Images.Create(_old, _new).Delta, Images.Create(_old, _old).Delta, Images.Create(Images.Old, Images.New).Delta];
        int[] counts = new int[2];
        long most = 0;
        TimeSpan slowest = TimeSpan.Zero;
        Parallel.For(0, inputs, new ParallelOptions { MaxDegreeOfParallelism = 2 }, i =>
        {
            Random random = new(i);
            int seed = i % 50 == 0 ? 2 : i % 2;
            byte[] old = seed == 2 ? Images.Old : _old;
            long length = seed == 2 ? Images.New.Length : seed == 0 ? _new.Length : _old.Length;
            byte[] delta = Damage(seeds[seed], random);
            long before = GC.GetAllocatedBytesForCurrentThread();
            long start = Stopwatch.GetTimestamp();
            bool made = TryApply(delta, old, length);
            TimeSpan taken = Stopwatch.GetElapsedTime(start);
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            lock (counts)
            {
                counts[made ? 1 : 0]++;
                most = Math.Max(most, allocated);
                slowest = taken > slowest ? taken : slowest;
            }
        });

        output.WriteLine($"{inputs} deltas: {counts[0]} refused, {counts[1]} gave the right image; most allocated {most} bytes, slowest {slowest.TotalMilliseconds:F0} ms");
        Assert.True(most <= AllocationLimit, $"{most} bytes allocated");
        Assert.True(slowest < SlowLimit, $"one took {slowest}");
    }

    // Reads all it gives: what comes out is either refused or has the hash the header promised.
    private static bool TryApply(byte[] delta, byte[] old, long length)
    {
        try
        {
            using DeltaReader reader = DeltaReader.Open(new MemoryStream(delta), new MemoryImage(old), length, CancellationToken.None);
            Span<byte> buffer = stackalloc byte[4096];
            while (reader.Read(buffer) > 0)
            {
            }

            return true;
        }
        catch (DeltaException)
        {
            return false;
        }
    }

    private static byte[] Damage(byte[] seed, Random random)
    {
        byte[] delta = (byte[])seed.Clone();
        int header = DeltaHeader.FixedSize;
        switch (random.Next(5))
        {
            case 0:
                delta[random.Next(delta.Length)] = (byte)random.Next(256);
                return delta;
            case 1:
                for (int i = random.Next(1, 6); i > 0; i--)
                {
                    delta[random.Next(header, delta.Length)] ^= (byte)(1 << random.Next(8));
                }

                return delta;
            case 2:
                random.NextBytes(delta.AsSpan(random.Next(header, delta.Length)));
                return delta;
            case 3:
                // Numbers of the header at their extremes: level, salt, block counts, lengths, tables.
                int[] fields = [10, 11, 12, 13, 14, 96, 97, 98, 104, 108, 109, 110];
                delta[fields[random.Next(fields.Length)]] = (byte)(random.Next(2) * 255 ^ random.Next(4));
                return delta;
            default:
                return delta[..random.Next(delta.Length)];
        }
    }
}
