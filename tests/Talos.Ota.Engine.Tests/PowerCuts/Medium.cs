namespace Talos.Ota.Engine.Tests.PowerCuts;

/// <summary>What is on the disk: partitions, files of the EFI partition by number, and their names.</summary>
internal sealed class Medium
{
    private const int Sector = 512;

    public Dictionary<string, byte[]> Devices { get; } = [];

    public Dictionary<string, int> Names { get; } = new(StringComparer.OrdinalIgnoreCase);

    public HashSet<int> Freed { get; } = [];

    public static string DeviceOf(int file) => $"file {file}";

    public Medium Clone()
    {
        Medium clone = new();
        foreach ((string name, byte[] data) in Devices)
        {
            clone.Devices[name] = [.. data];
        }

        foreach ((string name, int file) in Names)
        {
            clone.Names[name] = file;
        }

        clone.Freed.UnionWith(Freed);
        return clone;
    }

    public void Apply(Operation operation)
    {
        switch (operation)
        {
            case Operation.Write write:
                write.Data.Span.CopyTo(Devices[write.Device].AsSpan((int)write.Offset));
                break;
            case Operation.Link link:
                Names[link.Name] = link.File;
                Devices.TryAdd(DeviceOf(link.File), []);
                break;
            case Operation.Unlink unlink:
                Names.Remove(unlink.Name);
                break;
            case Operation.Free free:
                Freed.Add(Names[free.Name]);
                Names.Remove(free.Name);
                break;
            case Operation.Resize resize:
                byte[] data = Devices[DeviceOf(resize.File)];
                Array.Resize(ref data, resize.Length);
                Devices[DeviceOf(resize.File)] = data;
                break;
        }
    }

    /// <summary>The disk after a cut before operation <paramref name="end"/>: of what was not flushed, any part in any order.</summary>
    public static Medium AfterCut(Medium start, IReadOnlyList<Operation> log, int end, Random chance)
    {
        Medium medium = start.Clone();
        List<Operation.Write> waiting = [];
        for (int i = 0; i < end; i++)
        {
            switch (log[i])
            {
                case Operation.Write write:
                    waiting.Add(write);
                    break;
                case Operation.Flush flush:
                    foreach (Operation.Write write in waiting.Where(w => w.Device == flush.Device))
                    {
                        medium.Apply(write);
                    }

                    waiting.RemoveAll(w => w.Device == flush.Device);
                    break;
                default:
                    medium.Apply(log[i]);
                    break;
            }
        }

        // 0: nothing of it, 1: all of it, else: each write with any run of its sectors, in any order.
        int manner = chance.Next(4);
        foreach (Operation.Write write in manner == 0 ? [] : manner == 1 ? [.. waiting] : Shuffled(waiting, chance))
        {
            medium.Apply(manner == 1 ? write : Torn(write, chance));
        }

        return medium;
    }

    private static Operation.Write[] Shuffled(List<Operation.Write> writes, Random chance)
    {
        Operation.Write[] order = [.. writes.Where(_ => chance.Next(4) > 0)];
        chance.Shuffle(order);
        return order;
    }

    private static Operation.Write Torn(Operation.Write write, Random chance)
    {
        int sectors = (write.Data.Length + Sector - 1) / Sector;
        int first = chance.Next(sectors + 1), last = chance.Next(first, sectors + 1);
        int from = Math.Min(first * Sector, write.Data.Length), to = Math.Min(last * Sector, write.Data.Length);
        return write with { Offset = write.Offset + from, Data = write.Data[from..to] };
    }
}
