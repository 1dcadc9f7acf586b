using Grpc.Core;
using Talos.Block;
using Talos.Disks.Meta;
using Talos.Rpc.Errors;

namespace Talos.Machined.Api;

/// <summary>META as callers may change it: never what the update engine relies on, whatever role they have.</summary>
/// <remarks>The API sees META through this alone, so that a new call cannot forget to ask.</remarks>
/// <param name="meta">META.</param>
internal sealed class UserMeta(IMeta meta)
{
    /// <summary>Sets a value.</summary>
    /// <exception cref="RpcException">The tag is not the caller's to change.</exception>
    public void Write(uint tag, ReadOnlySpan<byte> value)
    {
        RequireOpen(tag);
        meta.Write(tag, value);
    }

    /// <summary>Removes a value.</summary>
    /// <exception cref="RpcException">The tag is not the caller's to change, or has no value.</exception>
    public void Delete(uint tag)
    {
        RequireOpen(tag);
        if (!meta.Delete(tag))
        {
            throw new RpcException(new Status(StatusCode.NotFound, $"META has no value with the key 0x{tag:x}"));
        }
    }

    private static void RequireOpen(uint tag)
    {
        if (tag == 0)
        {
            throw new InvalidRequestException("key", "tag 0 marks the end of META; 1 to 127 can be changed");
        }

        if (tag >= MetaTag.FirstOfSystem)
        {
            throw new RpcException(new Status(
                StatusCode.PermissionDenied, $"key: tag 0x{tag:x} belongs to the update engine and is not changed over the API; 1 to 127 can be"));
        }
    }
}
