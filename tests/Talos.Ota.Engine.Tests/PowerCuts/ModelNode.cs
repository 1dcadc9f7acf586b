using Microsoft.Extensions.Logging.Abstractions;
using Talos.Disks;
using Talos.Disks.Meta;
using Talos.Ota.BootControl;
using Talos.Ota.BootControl.Efi;
using Talos.Ota.Bundle;
using Talos.Ota.Slots;
using Talos.Ota.Slots.Efi;

namespace Talos.Ota.Engine.Tests.PowerCuts;

/// <summary>A node on a disk that records every operation: firmware, boot loader, stage 1, META and the engine.</summary>
internal sealed class ModelNode : ISlotPartitions, IEfiPartition, IUpdateStore
{
    private const string Meta = "META";

    private readonly Medium _now;
    private MetaBlock _meta = MetaBlock.Empty;
    private MetaCondition _condition;
    private int _nextFile;

    public ModelNode(Medium start)
    {
        Start = start;
        _now = start.Clone();
        _nextFile = start.Names.Values.Concat(start.Freed).DefaultIfEmpty(0).Max() + 1;
    }

    /// <summary>The disk before the first operation of <see cref="Log"/>.</summary>
    public Medium Start { get; }

    public List<Operation> Log { get; } = [];

    public SlotId Booted { get; private set; }

    public Release Running { get; private set; } = Release.V1;

    public UpdateEngine Engine { get; private set; } = null!;

    public Medium Disk => _now;

    /// <summary>As an image leaves the imager.</summary>
    public static Medium Image(Release release)
    {
        Medium medium = new();
        medium.Devices["ROOT-A"] = new byte[Release.RootSize + 8192];
        medium.Devices["ROOT-B"] = new byte[Release.RootSize + 8192];
        medium.Devices[Meta] = new byte[MetaPartition.Size];
        release.Root.CopyTo(medium.Devices["ROOT-A"], 0);
        medium.Apply(new Operation.Link("talos-000001-A.efi", 1));
        medium.Apply(new Operation.Resize(1, Release.BootSize));
        release.Boot.CopyTo(medium.Devices[Medium.DeviceOf(1)], 0);
        return medium;
    }

    /// <summary>Firmware, boot loader and stage 1: fails unless they find a whole boot payload and the whole root it names.</summary>
    public async Task<BootReport> PowerOnAsync()
    {
        string name = SystemdBoot.Select(_now.Names.Keys) ?? throw new InvalidDataException("the boot loader finds nothing to start");
        string counted = SystemdBoot.Count(name);
        int file = _now.Names[name];
        if (counted != name)
        {
            // A firmware may write either entry first: cut in between, the file has two names or none.
            Operation[] rename = [new Operation.Link(counted, file), new Operation.Unlink(name)];
            Do(rename[file % 2]);
            Do(rename[1 - (file % 2)]);
        }

        Assert.DoesNotContain(file, _now.Freed);
        byte[] boot = _now.Devices[Medium.DeviceOf(file)];
        Running = Release.All.SingleOrDefault(r => boot.AsSpan().SequenceEqual(r.Boot)) ?? throw new InvalidDataException($"{counted}: a broken boot payload was started");
        SlotId selected = EfiBootFile.TryParse(counted)!.Slot.Id;
        Booted = Holds(selected) ? selected : Holds(selected.Other()) ? selected.Other() : throw new InvalidDataException($"{counted}: the root of {Running.Version} is on neither partition");

        MetaReadResult meta = MetaPartition.Read(_now.Devices[Meta]);
        (_meta, _condition) = (meta.Block, meta.Condition);
        Engine?.Dispose();
        Engine = new UpdateEngine(
            new UpdateNode
            {
                Board = Release.Board,
                Architecture = "arm64",
                BootControl = new EfiBootControl(this),
                Partitions = this,
                Store = this,
                Anchors = () => Release.Trust,
                Clock = () => VerificationTime.Now(Release.Now),
            },
            TimeProvider.System,
            NullLogger<UpdateEngine>.Instance);
        return await Engine.OnBootAsync(Booted, Running.Version, CancellationToken.None);
    }

    public Task<InstallResult> InstallAsync(Release release) =>
        Engine.InstallAsync(release.Source(), new InstallOptions { Force = true }, null, CancellationToken.None);

    ISlotStorage ISlotPartitions.Open(string label, bool writable)
    {
        Assert.False(writable && label == $"ROOT-{Booted}", "the running root was opened for writing");
        return new Storage(this, label, writable);
    }

    IEfiFolder IEfiPartition.Open(bool writable) => new Folder(this, writable);

    ReadOnlyMemory<byte>? IUpdateStore.Find(uint tag) => _meta.Find(tag);

    void IUpdateStore.Write(uint tag, ReadOnlySpan<byte> value) => Store(_meta.With(tag, value));

    void IUpdateStore.Delete(uint tag) => Store(_meta.Without(tag));

    private void Store(MetaBlock block)
    {
        foreach (DiskWrite write in MetaPartition.Plan(block, _condition))
        {
            Do(new Operation.Write(Meta, write.Offset, write.Data));
            Do(new Operation.Flush(Meta));
        }

        (_meta, _condition) = (block, MetaCondition.Both);
    }

    private bool Holds(SlotId slot) => _now.Devices[$"ROOT-{slot}"].AsSpan(0, Release.RootSize).SequenceEqual(Running.Root);

    private void Do(Operation operation)
    {
        Log.Add(operation);
        _now.Apply(operation);
    }

    private sealed class Storage(ModelNode node, string device, bool writable) : ISlotStorage
    {
        public long Length => node._now.Devices[device].Length;

        public void Read(long offset, Span<byte> buffer) => node._now.Devices[device].AsSpan((int)offset, buffer.Length).CopyTo(buffer);

        public void Write(long offset, ReadOnlySpan<byte> data)
        {
            Assert.True(writable);
            node.Do(new Operation.Write(device, offset, data.ToArray()));
        }

        public void Flush() => node.Do(new Operation.Flush(device));

        public void DropCache() { }

        public void Dispose() { }
    }

    private sealed class Folder(ModelNode node, bool writable) : IEfiFolder
    {
        public IReadOnlyList<string> Names() => [.. node._now.Names.Keys];

        public void Rename(string from, string to)
        {
            Assert.True(writable);
            node.Do(new Operation.Link(to, node._now.Names[from]));
            node.Do(new Operation.Unlink(from));
        }

        public void Delete(string name)
        {
            Assert.True(writable);
            node.Do(new Operation.Free(name));
        }

        public ISlotStorage OpenFile(string name) => new Storage(node, Medium.DeviceOf(node._now.Names[name]), writable: false);

        public ISlotStorage CreateFile(string name, long length)
        {
            Assert.True(writable);
            if (!node._now.Names.TryGetValue(name, out int file))
            {
                file = node._nextFile++;
                node.Do(new Operation.Link(name, file));
            }

            Assert.Single(node._now.Names.Values, file);
            node.Do(new Operation.Resize(file, (int)length));
            return new Storage(node, Medium.DeviceOf(file), writable: true);
        }

        public void Dispose() { }
    }
}
