namespace Talos.Fleet.Hub;

/// <summary>A request that is refused, with what is wrong and what to do next.</summary>
internal sealed class RequestException(int status, string message) : Exception(message)
{
    public int Status { get; } = status;

    public static RequestException NotFound(string what) => new(StatusCodes.Status404NotFound, $"{what}: is not here");

    public static RequestException Bad(string problem) => new(StatusCodes.Status400BadRequest, problem);
}
