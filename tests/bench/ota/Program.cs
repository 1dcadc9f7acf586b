using System.Diagnostics;
using System.Globalization;
using Talos.Ota.Bench;
using Talos.Ota.Delta;

// ota-bench create OLD NEW DELTA   makes a delta
// ota-bench apply DELTA OLD NEW SLOT   rebuilds NEW in SLOT; blocks SLOT has already are not written
try
{
    return Run(args);
}
catch (DeltaException e)
{
    Console.Error.WriteLine($"ota-bench: {e.Message}");
    return 1;
}

static int Run(string[] args)
{
    switch (args)
    {
        case ["create", var oldPath, var newPath, var deltaPath]:
        {
            using FileImage oldImage = new(oldPath), newImage = new(newPath);
            using FileStream output = File.Create(deltaPath);
            DeltaReport report = DeltaCreator.Create(oldImage, newImage, output, workers: 2, progress: null, CancellationToken.None);
            Print("delta made", $"{report.Length:N0} bytes; blocks: {report.CopiedBlocks} unchanged, {report.PackedBlocks} packed again, {report.ClosedBlocks} sent as they are; content: {report.Differences:N0} bytes differ, {report.Literals:N0} are new");
            return 0;
        }

        case ["apply", var deltaPath, var oldPath, var newPath, var slotPath]:
        {
            using FileImage oldImage = new(oldPath);
            using FileStream delta = new(deltaPath, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            using FileStream slot = new(slotPath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            using DeltaReader reader = DeltaReader.Open(delta, oldImage, new FileInfo(newPath).Length, CancellationToken.None);
            long written = SlotWriter.Write(reader, slot);
            Print("delta applied", $"{delta.Length:N0} bytes fetched front to back, {written:N0} bytes written");
            return 0;
        }

        default:
            Console.Error.WriteLine("ota-bench: create OLD NEW DELTA | apply DELTA OLD NEW SLOT");
            return 2;
    }
}

static void Print(string what, FormattableString figures)
{
    string peak = File.ReadLines("/proc/self/status").First(l => l.StartsWith("VmHWM:", StringComparison.Ordinal)).Split(':')[1].Trim();
    using var self = Process.GetCurrentProcess();
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: {figures.ToString(CultureInfo.InvariantCulture)}; {self.TotalProcessorTime.TotalSeconds:F1} CPU s, peak RSS {peak}"));
}
