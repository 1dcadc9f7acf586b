using System.Formats.Tar;
using System.IO.Compression;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Talos.Api.Machine;
using Metadata = Grpc.Core.Metadata;

namespace Talos.Fleet.Agent;

/// <summary>What a person needs who looks at a node from afar: kernel log, logs of services, services, processes; no secrets.</summary>
internal static class SupportBundle
{
    private const int TailLines = 2000;
    private const int MaxPart = 4 << 20;

    /// <summary>Writes a compressed tar archive.</summary>
    public static async Task WriteAsync(MachineService.MachineServiceClient machine, Metadata headers, Stream output, CancellationToken ct)
    {
        await using GZipStream packed = new(output, CompressionLevel.Optimal, leaveOpen: true);
        await using TarWriter tar = new(packed, TarEntryFormat.Ustar, leaveOpen: true);
        CallOptions options = new(headers, cancellationToken: ct);

        ServiceListResponse services = await machine.ServiceListAsync(new Empty(), options);
        await AddAsync(tar, "services.json", JsonFormatter.Default.Format(services), ct);
        await AddAsync(tar, "version.json", JsonFormatter.Default.Format(await machine.VersionAsync(new Empty(), options)), ct);
        await AddAsync(tar, "processes.json", JsonFormatter.Default.Format(await machine.ProcessesAsync(new Empty(), options)), ct);
        await AddAsync(tar, "mounts.json", JsonFormatter.Default.Format(await machine.MountsAsync(new Empty(), options)), ct);
        await AddAsync(tar, "memory.json", JsonFormatter.Default.Format(await machine.MemoryAsync(new Empty(), options)), ct);
        using (AsyncServerStreamingCall<Talos.Api.Common.Data> kernel = machine.Dmesg(new DmesgRequest(), options))
        {
            await AddAsync(tar, "dmesg.log", kernel.ResponseStream, ct);
        }

        foreach (string service in services.Messages[0].Services.Select(s => s.Id))
        {
            using AsyncServerStreamingCall<Talos.Api.Common.Data> log = machine.Logs(new LogsRequest { Namespace = "system", Id = service, TailLines = TailLines }, options);
            await AddAsync(tar, $"logs/{service}.log", log.ResponseStream, ct);
        }
    }

    private static async Task AddAsync(TarWriter tar, string name, IAsyncStreamReader<Talos.Api.Common.Data> parts, CancellationToken ct)
    {
        using MemoryStream content = new();
        try
        {
            while (content.Length < MaxPart && await parts.MoveNext(ct))
            {
                parts.Current.Bytes.WriteTo(content);
            }
        }
        catch (RpcException e) when (e.StatusCode is not StatusCode.Cancelled)
        {
            // One log that is not there does not keep the others from being read.
            content.Write(System.Text.Encoding.UTF8.GetBytes($"\n{e.Status.Detail}\n"));
        }

        await AddAsync(tar, name, content, ct);
    }

    private static async Task AddAsync(TarWriter tar, string name, string text, CancellationToken ct)
    {
        using MemoryStream content = new(System.Text.Encoding.UTF8.GetBytes(text));
        await AddAsync(tar, name, content, ct);
    }

    private static async Task AddAsync(TarWriter tar, string name, MemoryStream content, CancellationToken ct)
    {
        content.Position = 0;
        await tar.WriteEntryAsync(new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = content }, ct);
    }
}
