using Microsoft.Extensions.Logging;
using Talos.Cosi;
using Talos.Kernel.Ports;
using Talos.Kernel.Rules;
using Talos.Resources.Kernel;

namespace Talos.Kernel.Controllers;

/// <summary>Writes the wanted kernel parameters and reports them; a parameter no longer wanted gets its first value back.</summary>
internal sealed partial class KernelParamController(IKernelParams files, ILogger<KernelParamController> log) : IController
{
    /// <summary>Parameters of modules and devices appear late.</summary>
    private static readonly TimeSpan Again = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, string> _first = [];

    public string Name => "kernel.KernelParamController";

    public IReadOnlyList<ControllerInput> Inputs { get; } =
        [ControllerInput.Weak<KernelParamDefaultSpec>(), ControllerInput.Weak<KernelParamSpec>()];

    public IReadOnlyList<ControllerOutput> Outputs { get; } = [ControllerOutput.Exclusive<KernelParamStatus>()];

    public async Task ReconcileAsync(IControllerContext context, CancellationToken ct)
    {
        IReadOnlyDictionary<string, KernelParamSpec> plan = ParamPlan.Merge(
            context.List<KernelParamDefaultSpec>().Select(r => KeyValuePair.Create(r.Id, r.Spec)),
            context.List<KernelParamSpec>().Select(r => KeyValuePair.Create(r.Id, r.Spec)));

        List<string> problems = [];
        foreach ((string id, KernelParamSpec wanted) in plan)
        {
            KernelParamStatus status = Apply(id, wanted, problems);
            await context.WriteAsync(id, status, ct);
        }

        foreach ((string id, string first) in _first.Where(f => !plan.ContainsKey(f.Key)).ToList())
        {
            files.Write(ParamPath.FileOf(id), first);
            _first.Remove(id);
        }

        await context.KeepOnlyAsync<KernelParamStatus>([.. plan.Keys], ct);
        context.RequeueAfter(Again);
        if (problems.Count > 0)
        {
            throw new IOException(string.Join("; ", problems));
        }
    }

    private KernelParamStatus Apply(string id, KernelParamSpec wanted, List<string> problems)
    {
        string path = ParamPath.FileOf(id);
        string? current = files.Read(path);
        if (current is null)
        {
            if (!wanted.IgnoreErrors)
            {
                problems.Add($"{id}: this kernel has no {path}");
            }

            return new KernelParamStatus { Current = "", Default = "", Unsupported = true };
        }

        _first.TryAdd(id, current);
        if (Same(current, wanted.Value))
        {
            return new KernelParamStatus { Current = current, Default = _first[id] };
        }

        try
        {
            files.Write(path, wanted.Value);
            LogSet(id, wanted.Value);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (!wanted.IgnoreErrors)
            {
                problems.Add($"{id}: \"{wanted.Value}\" was refused: {e.Message}");
            }

            return new KernelParamStatus { Current = current, Default = _first[id], Unsupported = true };
        }

        return new KernelParamStatus { Current = files.Read(path) ?? "", Default = _first[id] };
    }

    /// <summary>The kernel parts the numbers of a list with tabs.</summary>
    private static bool Same(string current, string wanted) =>
        current.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)
            .SequenceEqual(wanted.Split((char[])[' ', '\t', '\n'], StringSplitOptions.RemoveEmptyEntries));

    [LoggerMessage(LogLevel.Information, "Kernel parameter {Id} set to {Value}")]
    private partial void LogSet(string id, string value);
}
