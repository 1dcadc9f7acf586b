using System.Globalization;

namespace Talos.Apid.Proxy;

/// <summary>How many calls may be open at once, and how much each of them may send.</summary>
internal static class CallLimits
{
    /// <summary>Nodes in one call.</summary>
    public const int Nodes = 64;

    /// <summary>Nodes of one call that are asked at the same time.</summary>
    public const int NodesAtOnce = 8;

    /// <summary>Bytes of all answers that are joined into one.</summary>
    public const int JoinedBytes = 16 << 20;

    /// <summary>Weights of all open calls.</summary>
    public const int Total = 640;

    /// <summary>How much of that only administrators can take.</summary>
    public const int Reserved = 128;

    /// <summary>Weights of the open calls of one caller.</summary>
    public const int OfCaller = 256;

    /// <summary>Bytes that a call without a stream of its caller may send; what is asked for fits into a few hundred.</summary>
    public const long RequestBytes = 64 << 10;

    /// <summary>Bytes of a machine config with its frame.</summary>
    public const long ConfigBytes = 4 << 20;

    private const string ApplyConfiguration = "/machine.MachineService/ApplyConfiguration";

    /// <summary>So many configs may be on their way at once for one caller: 4.</summary>
    private const int ConfigWeight = OfCaller / 4;

    // Their callers send streams: each message has its own limit, and flow control bounds what is on its way.
    private static readonly HashSet<string> Uploads = new(StringComparer.Ordinal)
    {
        "/machine.MachineService/EtcdRecover", "/talos.ota.v1.UpdateService/Install", "/machine.ImageService/Import",
    };

    /// <summary>The largest body of a request; null for no limit.</summary>
    public static long? BodyOf(string method) => method == ApplyConfiguration ? ConfigBytes : Uploads.Contains(method) ? null : RequestBytes;

    /// <summary>What a call counts.</summary>
    /// <param name="method">Of the form <c>/package.Service/Method</c>.</param>
    /// <param name="nodes">Nodes that it goes to.</param>
    public static int WeightOf(string method, int nodes) => (method == ApplyConfiguration ? ConfigWeight : 1) * Math.Max(1, nodes);

    /// <summary>Why a call is too much; null when it is not.</summary>
    /// <param name="weight">Its weight.</param>
    /// <param name="ofCaller">Weights of the open calls of its caller.</param>
    /// <param name="total">Weights of all open calls.</param>
    /// <param name="isAdmin">Whether it may use the reserved room.</param>
    public static string? Refuse(int weight, int ofCaller, int total, bool isAdmin)
    {
        int room = isAdmin ? Total : Total - Reserved;
        return ofCaller + weight > OfCaller ? Words($"{ofCaller} calls of this caller are open, this one counts {weight} and the limit is {OfCaller}")
            : total + weight > room ? Words($"{total} calls are open, this one counts {weight} and the limit is {room}")
            : null;
    }

    private static string Words(FormattableString words) => words.ToString(CultureInfo.InvariantCulture) + "; end some and try again";
}
