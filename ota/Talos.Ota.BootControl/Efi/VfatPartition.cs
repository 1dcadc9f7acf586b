using Talos.Linux;
using Talos.Ota.BootControl.Storage;
using Talos.Ota.Slots;
using Talos.Ota.Slots.Efi;

namespace Talos.Ota.BootControl.Efi;

/// <summary>The EFI partition through the kernel's vfat.</summary>
/// <param name="device">Gives its device node.</param>
/// <param name="mountPoint">A folder of ours to mount it on.</param>
public sealed class VfatPartition(Func<string> device, string mountPoint) : IEfiPartition
{
    // A name whose clusters are free already, left by a cut rename, must not make the file system read-only.
    private const string Options = "umask=0077,shortname=mixed,errors=continue";

    private readonly Lock _gate = new();
    private int _users;
    private bool _writable;

    /// <inheritdoc/>
    public IEfiFolder Open(bool writable)
    {
        lock (_gate)
        {
            if (_users == 0)
            {
                Mount(writable);
            }
            else if (writable && !_writable)
            {
                throw new SlotException($"{mountPoint}: the EFI partition is being read; it cannot be written meanwhile");
            }

            _users++;
        }

        return new Folder(this, Path.Combine(mountPoint, EfiBootFile.Folder));
    }

    private void Mount(bool writable)
    {
        Directory.CreateDirectory(mountPoint);
        const MountFlags safe = MountFlags.NoSuid | MountFlags.NoDev | MountFlags.NoExec | MountFlags.NoAtime;
        Mounts.Mount(device(), mountPoint, "vfat", safe | (writable ? MountFlags.DirectorySync : MountFlags.ReadOnly), Options);
        _writable = writable;
    }

    private void Close()
    {
        lock (_gate)
        {
            if (--_users == 0)
            {
                Mounts.Unmount(mountPoint);
            }
        }
    }

    private sealed class Folder(VfatPartition partition, string folder) : IEfiFolder
    {
        public IReadOnlyList<string> Names() => Directory.Exists(folder)
            ? [.. Directory.GetFiles(folder).Select(f => Path.GetFileName(f)).Order(StringComparer.OrdinalIgnoreCase)]
            : [];

        public void Rename(string from, string to)
        {
            if (File.Exists(At(to)))
            {
                throw new SlotException($"{EfiBootFile.Folder}/{from}: not renamed to {to}, which exists");
            }

            // With overwrite it is one rename(2); without, the runtime tries a hard link first.
            File.Move(At(from), At(to), overwrite: true);
            Files.SyncDirectory(folder);
        }

        public void Delete(string name)
        {
            File.Delete(At(name));
            Files.SyncDirectory(folder);
        }

        public ISlotStorage OpenFile(string name) => FileStorage.OpenFile(At(name));

        public ISlotStorage CreateFile(string name, long length)
        {
            Directory.CreateDirectory(folder);
            return FileStorage.CreateFile(At(name), length);
        }

        public void Dispose() => partition.Close();

        private string At(string name) => Path.Combine(folder, name);
    }
}
