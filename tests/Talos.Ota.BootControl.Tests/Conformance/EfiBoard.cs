using Talos.Ota.BootControl.Efi;
using Talos.Ota.Slots;
using Talos.Ota.Slots.Efi;

namespace Talos.Ota.BootControl.Tests.Conformance;

/// <summary>systemd-boot on a FAT whose renames can be cut in the middle.</summary>
internal sealed class EfiBoard : SimulatedBoard, IEfiPartition
{
    private readonly Dictionary<string, FatFile> _files = new(StringComparer.OrdinalIgnoreCase);
    private bool _open;

    public EfiBoard()
    {
        _files["talos-000001-A.efi"] = new FatFile { Data = new byte[PayloadSize] };
        Array.Fill(_files["talos-000001-A.efi"].Data, (byte)1);
    }

    public override IBootControl Control => new EfiBootControl(this);

    public IEnumerable<string> Names => _files.Keys;

    public override (SlotId Slot, byte Content) Start(string? rebootArgument = null)
    {
        _open = false;
        string name = SystemdBoot.Select(_files.Keys) ?? throw new InvalidDataException("the boot loader finds nothing to start");
        string counted = SystemdBoot.Count(name);
        if (counted != name)
        {
            _files[counted] = _files[name];
            _files.Remove(name);
        }

        FatFile file = _files[counted];
        Assert.False(file.Freed, $"{counted}: its clusters are free");
        return (EfiBootFile.TryParse(counted)!.Slot.Id, Whole(file.Data));
    }

    public IEfiFolder Open(bool writable)
    {
        Assert.False(_open, "the EFI partition is mounted already");
        _open = true;
        return new Folder(this, writable);
    }

    private sealed class FatFile
    {
        public required byte[] Data { get; set; }

        public bool Freed { get; set; }
    }

    private sealed class Folder(EfiBoard board, bool writable) : IEfiFolder
    {
        private readonly Dictionary<string, FatFile> _files = board._files;

        public IReadOnlyList<string> Names() => [.. _files.Keys];

        public void Rename(string from, string to)
        {
            Assert.True(writable);
            Assert.False(_files.ContainsKey(to));
            board.Power.Step();
            _files.Add(to, _files[from]);
            board.Power.Step();
            _files.Remove(from);
        }

        public void Delete(string name)
        {
            Assert.True(writable);
            board.Power.Step();
            _files[name].Freed = true;
            _files.Remove(name);
        }

        public ISlotStorage OpenFile(string name)
        {
            Assert.False(_files[name].Freed, $"{name}: its clusters are free");
            return new MemoryStorage(_files[name].Data, board.Power);
        }

        public ISlotStorage CreateFile(string name, long length)
        {
            Assert.True(writable);
            board.Power.Step();
            FatFile file = _files.TryGetValue(name, out FatFile? there) ? there : new FatFile { Data = [] };
            Assert.False(_files.Any(f => f.Key != name && f.Value == file), $"{name} shares its clusters with another name");
            byte[] data = file.Data;
            Array.Resize(ref data, (int)length);
            file.Data = data;
            _files[name] = file;
            return new MemoryStorage(data, board.Power);
        }

        public void Dispose() => board._open = false;
    }
}
