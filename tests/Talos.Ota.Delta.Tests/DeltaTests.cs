using CsCheck;

namespace Talos.Ota.Delta.Tests;

public sealed class DeltaTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(777)]
    [InlineData(4096)]
    [InlineData(1 << 20)]
    public void The_new_root_is_rebuilt_whatever_the_caller_takes_at_a_time(int step)
    {
        (byte[] delta, _) = Images.Create(Images.Old, Images.New);

        Assert.Equal(Images.New, Images.Apply(delta, Images.Old, Images.New.Length, step));
    }

    [Fact]
    public void Only_what_changed_is_in_the_delta()
    {
        (byte[] delta, DeltaReport report) = Images.Create(Images.Old, Images.New);

        Assert.InRange(delta.Length, 1, 3000);
        Assert.Equal(0, report.ClosedBlocks);
        Assert.True(report.CopiedBlocks > 10, $"{report}");
        Assert.True(report.Header.VerityData > 0, "the hash tree is computed, not sent");
    }

    [Fact]
    public void The_same_images_give_the_same_delta() =>
        Assert.Equal(Images.Create(Images.Old, Images.New).Delta, Images.Create(Images.Old, Images.New).Delta);

    [Fact]
    public void Between_equal_images_next_to_nothing_is_sent() =>
        Assert.InRange(Images.Create(Images.New, Images.New).Delta.Length, 1, 600);

    [Fact]
    public void Blocks_another_encoder_packed_are_sent_as_they_are()
    {
        // The level in the superblock's options: the blocks were packed with another.
        byte[] odd = (byte[])Images.New.Clone();
        odd[98] = 1;

        (byte[] delta, DeltaReport report) = Images.Create(Images.Old, odd);

        Assert.Equal(odd, Images.Apply(delta, Images.Old, odd.Length));
        Assert.InRange(report.ClosedBlocks, 5, 30);
    }

    [Fact]
    public void No_delta_is_made_of_a_damaged_image()
    {
        byte[] odd = (byte[])Images.New.Clone();
        odd[102] ^= 0xFF;

        Assert.Throws<DeltaException>(() => Images.Create(Images.Old, odd));
    }

    [Fact]
    public void Any_two_files_are_rebuilt() => Gen.Select(Gen.Byte[0, 3].Array[0, 400], Gen.Byte[0, 3].Array[0, 400]).Sample(
        (old, @new) => Images.Apply(Images.Create(old, @new).Delta, old, @new.Length).AsSpan().SequenceEqual(@new), iter: 200);

    [Fact]
    public void Another_base_is_refused_before_anything_is_made()
    {
        (byte[] delta, _) = Images.Create(Images.Old, Images.New);
        byte[] other = (byte[])Images.Old.Clone();
        other[^1] ^= 1;

        DeltaException e = Assert.Throws<DeltaException>(() => Images.Apply(delta, other, Images.New.Length));

        Assert.Contains("made for the base", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_base_of_another_length_is_refused_without_reading_it()
    {
        (byte[] delta, _) = Images.Create(Images.Old, Images.New);
        MemoryImage other = new(Images.Old[..^4096]);

        Assert.Throws<DeltaException>(() => DeltaReader.Open(new MemoryStream(delta), other, Images.New.Length, CancellationToken.None));
        Assert.Equal(0, other.BytesRead);
    }

    [Fact]
    public void A_target_of_another_length_than_wanted_is_refused()
    {
        (byte[] delta, _) = Images.Create(Images.Old, Images.New);

        Assert.Throws<DeltaException>(() => Images.Apply(delta, Images.Old, Images.New.Length + 4096));
    }

    [Fact]
    public void A_truncated_delta_is_refused_wherever_it_ends()
    {
        (byte[] delta, _) = Images.Create(Images.Old, Images.New);

        for (int length = 0; length < delta.Length; length += 41)
        {
            Assert.Throws<DeltaException>(() => Images.Apply(delta[..length], Images.Old, Images.New.Length));
        }
    }

    [Fact]
    public void A_changed_bit_never_gives_another_image()
    {
        (byte[] delta, _) = Images.Create(Images.Old, Images.New);

        for (int at = 0; at < delta.Length; at += 31)
        {
            byte[] bad = (byte[])delta.Clone();
            bad[at] ^= (byte)(1 << (at % 8));
            try
            {
                Assert.Equal(Images.New, Images.Apply(bad, Images.Old, Images.New.Length));
            }
            catch (DeltaException e)
            {
                Assert.StartsWith("delta: ", e.Message.Replace("base image: ", "delta: ", StringComparison.Ordinal), StringComparison.Ordinal);
            }
        }
    }
}
