using Google.Protobuf.Collections;
using Grpc.Core;
using Talos.Api.Common;
using Talos.Api.Machine;
using Talos.Linux;
using Talos.Machined.Api.Filesystem;
using Talos.Rpc.Errors;
using Empty = Google.Protobuf.WellKnownTypes.Empty;
using FileInfo = Talos.Api.Machine.FileInfo;

namespace Talos.Machined.Api;

internal sealed partial class MachineApi
{
    private const int FilesAtOnce = 256;

    public override async Task List(ListRequest request, IServerStreamWriter<FileInfo> responseStream, ServerCallContext context)
    {
        if (request.RecursionDepth < 0)
        {
            throw new InvalidRequestException("recursion_depth", $"{request.RecursionDepth} is negative");
        }

        string root = FileWalk.Resolve("root", request.Root.Length == 0 ? "/" : request.Root);
        int depth = !request.Recurse ? 1 : request.RecursionDepth == 0 ? int.MaxValue : request.RecursionDepth;
        int walked = 0;
        foreach (WalkedFile file in FileWalk.Walk(root, depth))
        {
            await OthersAsync(ref walked, context.CancellationToken);
            if (IsOf(request.Types_, file))
            {
                await responseStream.WriteAsync(Info(file), context.CancellationToken);
            }
        }
    }

    public override async Task Read(ReadRequest request, IServerStreamWriter<Data> responseStream, ServerCallContext context)
    {
        string path = FileWalk.Resolve("path", request.Path);
        if (Files.Status(path).Type is not FileType.Regular)
        {
            throw new InvalidRequestException("path", $"{path} is not a regular file");
        }

        await using ChunkStream chunks = new(responseStream, context.CancellationToken);
        await using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        await file.CopyToAsync(chunks, ChunkStream.ChunkSize, context.CancellationToken);
        await chunks.CompleteAsync();
    }

    public override async Task Copy(CopyRequest request, IServerStreamWriter<Data> responseStream, ServerCallContext context)
    {
        string root = FileWalk.Resolve("root_path", request.RootPath);
        await using ChunkStream chunks = new(responseStream, context.CancellationToken);
        await TarStream.WriteAsync(root, chunks, context.CancellationToken);
        await chunks.CompleteAsync();
    }

    public override async Task DiskUsage(DiskUsageRequest request, IServerStreamWriter<DiskUsageInfo> responseStream, ServerCallContext context)
    {
        int depth = request.RecursionDepth <= 0 ? int.MaxValue : request.RecursionDepth;
        int walked = 0;
        foreach (string path in request.Paths.DefaultIfEmpty("/"))
        {
            foreach (DiskUsageInfo? info in DiskUsageTree.Sum(FileWalk.Resolve("paths", path), depth, request.All, request.Threshold))
            {
                await OthersAsync(ref walked, context.CancellationToken);
                if (info is not null)
                {
                    await responseStream.WriteAsync(info, context.CancellationToken);
                }
            }
        }
    }

    public override Task<MountsResponse> Mounts(Empty request, ServerCallContext context)
    {
        Talos.Api.Machine.Mounts mounts = new();
        foreach (MountInfo mount in MountInfo.ReadAll())
        {
            MountStat stat = new() { Filesystem = mount.Source, MountedOn = mount.MountPoint };
            try
            {
                FileSystemUsage usage = FileSystemUsage.Of(mount.MountPoint);
                stat.Size = usage.Size;
                stat.Available = usage.Available;
            }
            catch (LinuxException)
            {
                // Hidden below another mount, or gone meanwhile: it is listed without a size.
            }

            mounts.Stats.Add(stat);
        }

        return Task.FromResult(new MountsResponse { Messages = { mounts } });
    }

    // A walk through a large tree may find nothing to tell for minutes: others come in between, and it ends with its caller.
    private static Task OthersAsync(ref int walked, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        return ++walked % FilesAtOnce == 0
            ? Task.Factory.StartNew(static () => { }, ct, TaskCreationOptions.None, TaskScheduler.Current)
            : Task.CompletedTask;
    }

    private static bool IsOf(RepeatedField<ListRequest.Types.Type> types, WalkedFile file) =>
        types.Count == 0 || file.Status is null || types.Any(t => t switch
        {
            ListRequest.Types.Type.Directory => file.Status.Type is FileType.Directory,
            ListRequest.Types.Type.Symlink => file.Status.Type is FileType.SymbolicLink,
            _ => file.Status.Type is FileType.Regular,
        });

    private static FileInfo Info(WalkedFile file)
    {
        FileInfo info = new() { Name = file.Path, RelativeName = file.Relative, Error = file.Problem };
        if (file.Status is { } status)
        {
            info.Size = status.Size;
            info.Mode = GoFileMode.From(status.Mode);
            info.Modified = status.Modified.ToUnixTimeSeconds();
            info.IsDir = status.Type is FileType.Directory;
            info.Uid = status.Uid;
            info.Gid = status.Gid;
            info.Link = status.Type is FileType.SymbolicLink ? new System.IO.FileInfo(file.Path).LinkTarget ?? "" : "";
        }

        return info;
    }
}
