using System.Diagnostics;
using Talos.Resources.Runtime;

namespace Talos.Services.Machine;

/// <summary>The life of a service as a pure function: state and input give the next state and what to do.</summary>
internal static class ServiceMachine
{
    private static readonly ServiceEffect Nothing = new ServiceEffect.None();

    /// <summary>Takes one step.</summary>
    /// <param name="run">Where the service stands.</param>
    /// <param name="input">What happened.</param>
    /// <param name="policy">When to start it again after it ended.</param>
    /// <param name="jitter">A random number of 0 up to 1 for the back-off.</param>
    public static (ServiceRun Run, ServiceEffect Effect) Step(ServiceRun run, ServiceInput input, ServiceRestartPolicy policy, double jitter) =>
        input switch
        {
            ServiceInput.Start => Start(run),
            ServiceInput.Stop => Stop(run),
            ServiceInput.Restart restart => Restart(run, restart.Reason),
            ServiceInput.DependenciesReady ready when ready.Attempt == run.Attempt && run.State is ServiceState.Waiting =>
                (run with { State = ServiceState.Preparing, Message = "" }, new ServiceEffect.Prepare(run.Attempt)),
            ServiceInput.Prepared prepared when prepared.Attempt == run.Attempt && run.State is ServiceState.Preparing =>
                (run with { State = ServiceState.Starting, Message = "" }, new ServiceEffect.Launch(run.Attempt)),
            ServiceInput.Launched launched => Launched(run, launched.Pid),
            ServiceInput.Failed failed when failed.Attempt == run.Attempt => Ended(run, false, failed.Problem, TimeSpan.Zero, policy, jitter),
            ServiceInput.Exited exited => Ended(run, exited.Success, exited.How, exited.RanFor, policy, jitter),
            ServiceInput.RestartDue due when due.Attempt == run.Attempt && run.State is ServiceState.Waiting => Await(run, ""),
            ServiceInput.DependenciesReady or ServiceInput.Prepared or ServiceInput.Failed or ServiceInput.RestartDue => (run, Nothing),
            _ => throw new UnreachableException(),
        };

    /// <summary>What an input means once no service is started any more: what runs goes on until it is stopped, nothing else begins.</summary>
    /// <returns>Null when it means nothing.</returns>
    public static ServiceInput? WhenGoingDown(ServiceInput input) => input switch
    {
        ServiceInput.Start or ServiceInput.Restart => null,
        ServiceInput.DependenciesReady or ServiceInput.Prepared or ServiceInput.RestartDue => new ServiceInput.Stop(),
        _ => input,
    };

    private static (ServiceRun Run, ServiceEffect Effect) Start(ServiceRun run) => run.State switch
    {
        ServiceState.Initialized or ServiceState.Finished or ServiceState.Failed or ServiceState.Skipped => Await(run with { Failures = 0 }, ""),
        _ => (run with { Wanted = true }, Nothing),
    };

    private static (ServiceRun Run, ServiceEffect Effect) Stop(ServiceRun run) => run.State switch
    {
        ServiceState.Waiting or ServiceState.Preparing =>
            (run with { State = ServiceState.Finished, Wanted = false, Attempt = run.Attempt + 1, Message = "Stopped before it ran" }, new ServiceEffect.Cancel()),
        ServiceState.Running => (run with { State = ServiceState.Stopping, Wanted = false, Message = "Stopping" }, new ServiceEffect.Terminate()),
        ServiceState.Starting => (run with { State = ServiceState.Stopping, Wanted = false, Message = "Stopping" }, Nothing),
        _ => (run with { Wanted = false }, Nothing),
    };

    private static (ServiceRun Run, ServiceEffect Effect) Restart(ServiceRun run, string reason) => run.State switch
    {
        ServiceState.Running => (run with { State = ServiceState.Stopping, Wanted = true, Failures = 0, Message = reason }, new ServiceEffect.Terminate()),
        ServiceState.Starting => (run with { State = ServiceState.Stopping, Wanted = true, Failures = 0, Message = reason }, Nothing),
        ServiceState.Stopping => (run with { Wanted = true }, Nothing),
        _ => Await(run with { Failures = 0 }, reason),
    };

    private static (ServiceRun Run, ServiceEffect Effect) Launched(ServiceRun run, int pid) => run.State switch
    {
        ServiceState.Starting => (run with { State = ServiceState.Running, Message = $"Started with PID {pid}" }, Nothing),
        ServiceState.Stopping => (run, new ServiceEffect.Terminate()),
        _ => (run, Nothing),
    };

    private static (ServiceRun Run, ServiceEffect Effect) Ended(
        ServiceRun run, bool success, string how, TimeSpan ranFor, ServiceRestartPolicy policy, double jitter)
    {
        if (run.State is ServiceState.Stopping)
        {
            return run.Wanted ? Await(run, "") : (run with { State = ServiceState.Finished, Message = "Stopped" }, Nothing);
        }

        if (run.State is not (ServiceState.Preparing or ServiceState.Starting or ServiceState.Running))
        {
            return (run, Nothing);
        }

        bool again = policy is ServiceRestartPolicy.Always || (policy is ServiceRestartPolicy.OnFailure && !success);
        if (!again)
        {
            ServiceState end = success ? ServiceState.Finished : ServiceState.Failed;
            return (run with { State = end, Wanted = false, Message = success ? "Finished" : how }, Nothing);
        }

        int failures = ranFor >= Backoff.Stable ? 1 : run.Failures + 1;
        TimeSpan delay = Backoff.After(failures, jitter);
        ServiceRun next = run with
        {
            State = ServiceState.Waiting,
            Failures = failures,
            Attempt = run.Attempt + 1,
            Message = $"Ended with {how}; starting again in {delay.TotalSeconds:0.0} s",
        };
        return (next, new ServiceEffect.Pause(next.Attempt, delay));
    }

    private static (ServiceRun Run, ServiceEffect Effect) Await(ServiceRun run, string message)
    {
        ServiceRun next = run with { State = ServiceState.Waiting, Wanted = true, Attempt = run.Attempt + 1, Message = message };
        return (next, new ServiceEffect.AwaitDependencies(next.Attempt));
    }
}
