using System.CommandLine;
using Talos.Disks.Gpt;
using Talos.Imager.Disk;
using Talos.Imager.Inspect;

namespace Talos.Imager.Commands;

/// <summary><c>imager inspect</c>: shows an image or a UKI.</summary>
internal static class InspectCommand
{
    private static readonly Argument<string> File = new("file") { Description = "A raw disk image or a UKI" };

    private static readonly Option<bool> Verify = new("--verify") { Description = "Compare every block of the roots with their root hash" };

    public static Command Create()
    {
        Command command = new("inspect", "Shows partitions, UKIs and command lines of an image") { File, Verify };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task RunAsync(ParseResult result, CancellationToken ct)
    {
        string path = result.GetRequiredValue(File);
        if (await StartsLikeUkiAsync(path, ct))
        {
            Console.Write(UkiReport.Read(path, await System.IO.File.ReadAllBytesAsync(path, ct)).ToText(path));
            return;
        }

        ImageReader image = new(path);
        GptTable table = image.Table();
        foreach (GptPartition p in table.Partitions)
        {
            Console.WriteLine($"{p.Number} {p.Label,-10} {p.FirstSector * DiskPartition.SectorSize / 1024,10} KiB + {p.Sectors * DiskPartition.SectorSize / 1024,10} KiB  {p.Id}");
        }

        foreach ((string name, UkiReport uki) in await image.UkisAsync(table, ct))
        {
            Console.Write(uki.ToText(name));
            if (result.GetValue(Verify))
            {
                await image.VerifyAsync(table, name, uki, ct);
                Console.WriteLine("  root: every block fits the root hash");
            }
        }
    }

    private static async Task<bool> StartsLikeUkiAsync(string path, CancellationToken ct)
    {
        byte[] head = new byte[2];
        await using FileStream stream = System.IO.File.OpenRead(path);
        await stream.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, ct);
        return head.AsSpan().SequenceEqual("MZ"u8) && stream.Length < (1L << 30) && !await HasTableAsync(stream, ct);
    }

    // A disk may begin with boot code that looks like a program: the signature in the second sector decides.
    private static async Task<bool> HasTableAsync(FileStream stream, CancellationToken ct)
    {
        byte[] signature = new byte[8];
        stream.Position = DiskPartition.SectorSize;
        await stream.ReadAtLeastAsync(signature, signature.Length, throwOnEndOfStream: false, ct);
        return signature.AsSpan().SequenceEqual("EFI PART"u8);
    }
}
