namespace Talos.Ota.Delta.Coding;

/// <summary>The logistic function and its inverse in whole numbers, so that every machine computes the same.</summary>
internal static class Logistic
{
    /// <summary>Largest value of the logarithmic scale: 8 times 256.</summary>
    public const int Limit = 2047;

    // 4096 / (1 + e^-x) at x = -8, -7.5, ... 8.
    private static readonly int[] Knots =
        [1, 2, 3, 6, 10, 16, 27, 45, 73, 120, 194, 310, 488, 747, 1101, 1546, 2047, 2549, 2994, 3348, 3607, 3785, 3901, 3975, 4022, 4050, 4068, 4079, 4085, 4089, 4092, 4093, 4094];

    private static readonly short[] Stretched = BuildStretch();

    /// <summary>ln(p / (1 - p)) times 256, of a probability in 4096ths.</summary>
    public static int Stretch(int probability) => Stretched[probability];

    /// <summary>The probability in 65536ths of a value of the logarithmic scale.</summary>
    public static int Squash(int value)
    {
        value = Math.Clamp(value, -Limit, Limit);
        int into = value & 127;
        int knot = (value >> 7) + 16;
        // 128 steps between knots; 16 more in scale.
        return ((Knots[knot] * (128 - into)) + (Knots[knot + 1] * into)) >> 3;
    }

    private static short[] BuildStretch()
    {
        short[] table = new short[4096];
        int filled = 0;
        for (int value = -Limit; value <= Limit; value++)
        {
            for (int end = Squash(value) >> 4; filled <= end; filled++)
            {
                table[filled] = (short)value;
            }
        }

        for (; filled < table.Length; filled++)
        {
            table[filled] = Limit;
        }

        return table;
    }
}
