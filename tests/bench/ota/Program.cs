using System.Globalization;
using Talos.Ota.Bench;
using Talos.Ota.Bundle;
using Talos.Ota.Delta;
using Talos.Ota.Engine;
using Talos.Ota.Engine.Sources;
using Talos.Ota.Slots;

// ota-bench delta OLD NEW DELTA                     makes a delta
// ota-bench bundle BUNDLE ROOT [DELTA OLD]          makes a bundle, and anchors.pem beside it
// ota-bench install SOURCE FOLDER ROOT-A ROOT-B     installs it to ROOT-B through the engine, as the node that runs from ROOT-A
try
{
    return await RunAsync(args).ConfigureAwait(false);
}
catch (Exception e) when (e is DeltaException or BundleException or UpdateException or SlotException or SourceException or IOException)
{
    await Console.Error.WriteLineAsync($"ota-bench: {e.Message}{(e.InnerException is { } inner ? $": {inner.Message}" : "")}").ConfigureAwait(false);
    return 1;
}

static async Task<int> RunAsync(string[] args)
{
    switch (args)
    {
        case ["delta", var oldPath, var newPath, var deltaPath]:
            {
                using FileImage oldImage = new(oldPath), newImage = new(newPath);
                await using FileStream output = File.Create(deltaPath);
                DeltaReport report = DeltaCreator.Create(oldImage, newImage, output, workers: 2, progress: null, CancellationToken.None);
                Print($"delta: {report.Length:N0} bytes; blocks: {report.CopiedBlocks} unchanged, {report.PackedBlocks} packed again, {report.ClosedBlocks} sent as they are; content: {report.Differences:N0} bytes differ, {report.Literals:N0} are new");
                return 0;
            }

        case ["bundle", var bundle, var root]:
            await BundleCommand.RunAsync(bundle, root, null, null).ConfigureAwait(false);
            return 0;

        case ["bundle", var bundle, var root, var delta, var oldRoot]:
            await BundleCommand.RunAsync(bundle, root, delta, oldRoot).ConfigureAwait(false);
            return 0;

        case ["install", var source, var folder, var rootA, var rootB]:
            await InstallAsync(source, new BenchNode(folder, rootA, rootB)).ConfigureAwait(false);
            return 0;

        default:
            await Console.Error.WriteLineAsync("ota-bench: delta OLD NEW DELTA | bundle BUNDLE ROOT [DELTA OLD] | install SOURCE FOLDER ROOT-A ROOT-B").ConfigureAwait(false);
            return 2;
    }
}

static async Task InstallAsync(string reference, BenchNode node)
{
    using UpdateEngine engine = await node.StartAsync().ConfigureAwait(false);
    if (engine.Status.State is UpdateState.TrialPending)
    {
        await engine.CancelAsync(CancellationToken.None).ConfigureAwait(false);
    }

    await using IPayloadSource source = await new PayloadSources(new HttpSourceOptions(), new LinuxRemovableVolumes("/run/ota-bench"))
        .OpenAsync(SourceReference.Parse(reference), CancellationToken.None).ConfigureAwait(false);
    InstallResult result = await engine.InstallAsync(source, new InstallOptions(), progress: null, CancellationToken.None).ConfigureAwait(false);
    Print($"installed {result.Version}: {result.FetchedBytes:N0} bytes of payload fetched, {result.WrittenBytes:N0} written");
}

static void Print(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
