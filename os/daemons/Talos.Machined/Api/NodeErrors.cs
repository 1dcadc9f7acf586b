using Grpc.Core;
using Talos.Config;
using Talos.Containers;
using Talos.Linux;
using Talos.Machined.Configuration;
using Talos.Machined.Lifecycle;
using Talos.Machined.Sequences;
using Talos.Ota.Bundle;
using Talos.Ota.Engine;
using Talos.Ota.Engine.Sources;
using Talos.Ota.Slots;
using Talos.Pki;
using Talos.Services;

namespace Talos.Machined.Api;

/// <summary>Which statuses the exceptions of the rooms become.</summary>
internal static class NodeErrors
{
    /// <summary>The status; null for an exception of no room.</summary>
    public static StatusCode? StatusOf(Exception error) => error switch
    {
        ConfigException or InvalidLifecycleRequestException or PkiException or InvalidDataException => StatusCode.InvalidArgument,
        BundleException or SlotException or UpdateException => StatusCode.FailedPrecondition,
        SourceException => StatusCode.NotFound,
        ApplyInProgressException or SequenceBusyException => StatusCode.FailedPrecondition,
        ServiceException { Problem: ServiceProblem.Unknown } or KeyNotFoundException => StatusCode.NotFound,
        ServiceException => StatusCode.FailedPrecondition,
        ContainersException => StatusCode.Unavailable,
        LinuxException { Error: Errno.ENOENT or Errno.ENOTDIR } => StatusCode.NotFound,
        LinuxException { Error: Errno.EACCES or Errno.EPERM or Errno.EROFS } => StatusCode.PermissionDenied,
        LinuxException { Error: Errno.EINVAL or Errno.ENAMETOOLONG or Errno.ELOOP } => StatusCode.InvalidArgument,
        LinuxException { Error: Errno.ENOSPC } => StatusCode.ResourceExhausted,
        _ => null,
    };
}
