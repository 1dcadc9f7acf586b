using CsCheck;
using Talos.Ota.Delta.Coding;

namespace Talos.Ota.Delta.Tests;

public sealed class CodingTests
{
    [Fact]
    public void Numbers_come_back() => Gen.Select(Gen.Long[0, (1L << 38) - 1], Gen.Long[-(1L << 37), 1L << 37]).Array[0, 50].Sample(pairs =>
    {
        using MemoryStream code = new();
        RangeEncoder encoder = new(code);
        NumberModel written = new(2);
        foreach ((long plain, long signed) in pairs)
        {
            written.Code(encoder, plain, 0);
            written.CodeSigned(encoder, signed, 1);
        }

        encoder.Finish();
        code.Position = 0;
        RangeDecoder decoder = new(code);
        NumberModel read = new(2);
        return pairs.All(p => read.Code(decoder, 0, 0) == p.Item1 && read.CodeSigned(decoder, 0, 1) == p.Item2);
    }, iter: 1000);

    [Fact]
    public void Bytes_come_back_and_repetition_costs_little()
    {
        byte[] text = [.. Enumerable.Range(0, 40_000).Select(i => (byte)(i % 100))];
        using MemoryStream code = new();
        RangeEncoder encoder = new(code);
        new ContentModel(encoder, 14).CodeLiterals((byte[])text.Clone());
        encoder.Finish();

        code.Position = 0;
        byte[] read = new byte[text.Length];
        new ContentModel(new RangeDecoder(code), 14).CodeLiterals(read);

        Assert.Equal(text, read);
        Assert.InRange(code.Length, 1, 1500);
    }

    [Fact]
    public void The_logistic_function_and_its_inverse_agree()
    {
        for (int probability = 1; probability < 4096; probability++)
        {
            int back = Logistic.Squash(Logistic.Stretch(probability)) >> 4;
            Assert.InRange(back, probability - 16, probability + 16);
        }
    }
}
