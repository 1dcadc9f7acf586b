using System.CommandLine;
using System.Globalization;
using Grpc.Core;
using Talos.Api.Common;
using Talos.Api.Machine;
using Talosctl.Cli;

namespace Talosctl.Commands;

/// <summary><c>image list</c>: images in the container runtime.</summary>
internal static class ImageCommand
{
    public static Command Create()
    {
        Option<string> ns = new("--namespace") { Description = "cri or system", DefaultValueFactory = _ => "cri" };
        ns.AcceptOnlyFromAmong("cri", "system");
        Command list = StatusCommands.Listing("list", "List images", ["ls"], ["NODE", "IMAGE", "DIGEST", "SIZE", "CREATED"], async (node, table, parsed, ct) =>
        {
            ImageListRequest request = new() { Namespace = parsed.GetValue(ns) == "system" ? ContainerdNamespace.NsSystem : ContainerdNamespace.NsCri };
            using AsyncServerStreamingCall<ImageListResponse> call = node.Machine.ImageList(request, node.Headers, cancellationToken: ct);
            await foreach (ImageListResponse image in call.ResponseStream.ReadAllAsync(ct))
            {
                table.Add(node.Name, image.Name, image.Digest, Units.Bytes((ulong)Math.Max(image.Size, 0)),
                    image.CreatedAt?.ToDateTimeOffset().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) ?? "-");
            }
        });
        list.Options.Add(ns);
        return new Command("image", "Images in the container runtime") { list };
    }
}
