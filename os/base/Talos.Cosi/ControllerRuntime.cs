using Microsoft.Extensions.Logging;

namespace Talos.Cosi;

/// <summary>Runs controllers: wakes them when an input changes, one reconcile at a time, and backs off when one fails.</summary>
public sealed partial class ControllerRuntime : IDisposable
{
    /// <summary>A controller that fails once or twice waits for another one.</summary>
    private const int FailuresToCount = 3;

    private readonly IState _state;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly List<ControllerLoop> _loops = [];
    private readonly Dictionary<string, ResourceDefinition> _definitions = [];

    /// <summary>A runtime without controllers.</summary>
    public ControllerRuntime(IState state, TimeProvider time, ILogger<ControllerRuntime> log)
    {
        ArgumentNullException.ThrowIfNull(state);
        _state = state;
        _time = time;
        _log = log;
        _state.Changed += OnChanged;
    }

    /// <summary>Every type that a controller reads or writes.</summary>
    public IReadOnlyCollection<ResourceDefinition> Definitions => _definitions.Values;

    /// <summary>The controllers, in order of registration.</summary>
    public IReadOnlyList<IController> Controllers => [.. _loops.Select(l => l.Controller)];

    /// <summary>Names of the controllers whose last reconciles failed, three or more in a row; in order of registration.</summary>
    public IReadOnlyList<string> Failing => [.. _loops.Where(l => l.Failures >= FailuresToCount).Select(l => l.Controller.Name)];

    /// <summary>Adds a controller; before <see cref="RunAsync"/>.</summary>
    /// <exception cref="InvalidOperationException">Its name is taken, or one of its outputs belongs to another controller.</exception>
    public void Register(IController controller)
    {
        ArgumentNullException.ThrowIfNull(controller);
        foreach (ControllerLoop other in _loops)
        {
            if (other.Controller.Name == controller.Name)
            {
                throw new InvalidOperationException($"controller {controller.Name} is registered twice");
            }

            foreach (ControllerOutput taken in other.Controller.Outputs)
            {
                if (controller.Outputs.Any(o => o.Resource.Type == taken.Resource.Type
                    && (o.Kind is OutputKind.Exclusive || taken.Kind is OutputKind.Exclusive)))
                {
                    throw new InvalidOperationException($"controller {controller.Name}: output {taken.Resource.Type} belongs to {other.Controller.Name}");
                }
            }
        }

        foreach (ResourceDefinition definition in controller.Inputs.Select(i => i.Resource).Concat(controller.Outputs.Select(o => o.Resource)))
        {
            _definitions[definition.Type] = definition;
        }

        _loops.Add(new ControllerLoop(controller, _state, _time, this));
    }

    /// <summary>Runs all controllers until cancelled.</summary>
    public Task RunAsync(CancellationToken ct) => Task.WhenAll(_loops.Select(l => l.RunAsync(ct)));

    /// <inheritdoc/>
    public void Dispose()
    {
        _state.Changed -= OnChanged;
        foreach (ControllerLoop loop in _loops)
        {
            loop.Dispose();
        }
    }

    private void OnChanged(StateEvent happened)
    {
        string type = happened.Resource!.Address.Type;
        foreach (ControllerLoop loop in _loops)
        {
            if (loop.Reads(type))
            {
                loop.Wake();
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "Controller {Controller} failed, next try in {Delay}: {Problem}")]
    internal static partial void LogFailed(ILogger log, string controller, TimeSpan delay, string problem);

    internal void Failed(IController controller, TimeSpan delay, Exception problem) =>
        LogFailed(_log, controller.Name, delay, Chain(problem));

    private static string Chain(Exception problem) =>
        problem.InnerException is { } inner ? $"{problem.Message}: {Chain(inner)}" : problem.Message;
}
