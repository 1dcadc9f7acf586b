using System.Text;
using CsCheck;
using Talos.Ota.Slots.RpiTryboot;

namespace Talos.Ota.Slots.Tests.RpiTryboot;

public sealed class AutobootTests
{
    [Fact]
    public void The_file_is_read_as_it_was_printed_and_always_has_512_bytes() =>
        SlotGen.Table.Where(t => t.Next is not null).Sample(table =>
        {
            byte[] file = Autoboot.Print(table, 2, 3);

            Assert.Equal(512, file.Length);
            Assert.Equal(table, Autoboot.Read(file, 2, 3));
        });

    [Fact]
    public void A_trial_starts_only_when_it_is_asked_for()
    {
        SlotTable table = new(new Slot(SlotId.A, SlotCondition.Good, 1), new Slot(SlotId.B, SlotCondition.Trial, 2, 3));

        string text = Encoding.ASCII.GetString(Autoboot.Print(table, 2, 3));

        Assert.Equal("# A=good,1,0,0 B=trial,2,3,0\n[all]\ntryboot_a_b=1\nboot_partition=2\n[tryboot]\nboot_partition=3\n", text.TrimEnd('\n') + "\n");
        Assert.Equal(2, Autoboot.BootPartition(text, tryboot: false));
        Assert.Equal(3, Autoboot.BootPartition(text, tryboot: true));
    }

    [Fact]
    public void The_file_of_an_image_means_a_good_slot_and_an_empty_one()
    {
        string board = Path.Combine(Root(), "boards/raspberrypi-4/autoboot.txt");

        Assert.Equal(SlotTable.Empty.With(new Slot(SlotId.A, SlotCondition.Good, 1)), Autoboot.Read(File.ReadAllBytes(board), 2, 3));
    }

    [Fact]
    public void Any_bytes_are_read() => Gen.Byte.Array.Sample(b => _ = Autoboot.Read(b, 2, 3));

    private static string Root()
    {
        DirectoryInfo at = new(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(at.FullName, "Talos.sln")))
        {
            at = at.Parent!;
        }

        return at.FullName;
    }
}
