using Grpc.Core;
using Talos.Cosi;

namespace Talos.Rpc.Errors;

/// <summary>Which status an exception becomes.</summary>
/// <param name="others">Asked first, in order, for exceptions this project cannot know; null passes on.</param>
public sealed class ErrorMapping(params IEnumerable<Func<Exception, StatusCode?>> others)
{
    private readonly IReadOnlyList<Func<Exception, StatusCode?>> _others = [.. others];

    /// <summary>The status for <paramref name="error"/>: its code, and its messages from outside to inside.</summary>
    /// <param name="error">What a method threw.</param>
    /// <param name="callerLeft">Whether the call was cancelled or its deadline has passed.</param>
    public Status Map(Exception error, bool callerLeft = false)
    {
        if (error is RpcException rpc)
        {
            return rpc.Status;
        }

        if (callerLeft && error is OperationCanceledException or IOException { InnerException: OperationCanceledException })
        {
            return new Status(StatusCode.Cancelled, "the call was cancelled");
        }

        StatusCode code = _others.Select(map => map(error)).FirstOrDefault(c => c is not null) ?? Known(error);
        return new Status(code, Words(error));
    }

    private static StatusCode Known(Exception error) => error switch
    {
        StateException state => OfState(state.Error),
        InvalidRequestException => StatusCode.InvalidArgument,
        FileNotFoundException or DirectoryNotFoundException => StatusCode.NotFound,
        UnauthorizedAccessException => StatusCode.PermissionDenied,
        NotSupportedException => StatusCode.Unimplemented,
        FollowerTooSlowException => StatusCode.ResourceExhausted,
        TimeoutException => StatusCode.DeadlineExceeded,
        OperationCanceledException => StatusCode.Unavailable,
        _ => StatusCode.Internal,
    };

    private static StatusCode OfState(StateError error) => error switch
    {
        StateError.NotFound => StatusCode.NotFound,
        StateError.AlreadyExists => StatusCode.AlreadyExists,
        StateError.OwnerConflict => StatusCode.PermissionDenied,
        StateError.VersionConflict or StateError.FinalizersPending or StateError.InvalidBookmark => StatusCode.FailedPrecondition,
        StateError.PhaseConflict => StatusCode.InvalidArgument,
        _ => StatusCode.Internal,
    };

    private static string Words(Exception error)
    {
        List<string> words = [];
        for (Exception? e = error; e is not null; e = e.InnerException)
        {
            if (words.Count == 0 || !words[^1].Contains(e.Message, StringComparison.Ordinal))
            {
                words.Add(e.Message);
            }
        }

        return string.Join(": ", words);
    }
}
