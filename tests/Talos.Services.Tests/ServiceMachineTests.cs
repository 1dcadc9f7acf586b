using CsCheck;
using Talos.Resources.Runtime;
using Talos.Services.Machine;

namespace Talos.Services.Tests;

public sealed class ServiceMachineTests
{
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(5);

    private ServiceRun _run = ServiceRun.Initial;
    private ServiceEffect _effect = new ServiceEffect.None();

    [Fact]
    public void A_started_service_waits_is_prepared_launched_and_runs()
    {
        Given(new ServiceInput.Start());
        Assert.Equal(ServiceState.Waiting, _run.State);
        Assert.Equal(new ServiceEffect.AwaitDependencies(1), _effect);

        Given(new ServiceInput.DependenciesReady(1));
        Assert.Equal(new ServiceEffect.Prepare(1), _effect);

        Given(new ServiceInput.Prepared(1));
        Assert.Equal(new ServiceEffect.Launch(1), _effect);

        Given(new ServiceInput.Launched(42));
        Assert.Equal(ServiceState.Running, _run.State);
        Assert.Equal("Started with PID 42", _run.Message);
    }

    [Fact]
    public void A_stopped_service_is_terminated_and_finished_when_its_process_has_ended()
    {
        GivenRunning();

        Given(new ServiceInput.Stop());
        Assert.Equal(ServiceState.Stopping, _run.State);
        Assert.IsType<ServiceEffect.Terminate>(_effect);

        Given(new ServiceInput.Exited(false, "killed by SIGTERM", Short));
        Assert.Equal(ServiceState.Finished, _run.State);
        Assert.IsType<ServiceEffect.None>(_effect);
    }

    [Fact]
    public void A_service_killed_by_somebody_else_comes_back_after_a_pause()
    {
        GivenRunning();

        Given(new ServiceInput.Exited(false, "killed by SIGKILL", Short));
        ServiceEffect.Pause pause = Assert.IsType<ServiceEffect.Pause>(_effect);
        Assert.Equal(TimeSpan.FromSeconds(1), pause.Delay);
        Assert.Contains("killed by SIGKILL", _run.Message, StringComparison.Ordinal);

        Given(new ServiceInput.RestartDue(pause.Attempt));
        Assert.IsType<ServiceEffect.AwaitDependencies>(_effect);
    }

    [Fact]
    public void A_pause_that_was_cut_short_by_a_stop_starts_nothing()
    {
        GivenRunning();
        Given(new ServiceInput.Exited(false, "exit code 1", Short));
        int attempt = Assert.IsType<ServiceEffect.Pause>(_effect).Attempt;

        Given(new ServiceInput.Stop());
        Given(new ServiceInput.RestartDue(attempt));

        Assert.Equal(ServiceState.Finished, _run.State);
        Assert.IsType<ServiceEffect.None>(_effect);
    }

    [Theory]
    [InlineData(ServiceRestartPolicy.Always, true, ServiceState.Waiting)]
    [InlineData(ServiceRestartPolicy.Always, false, ServiceState.Waiting)]
    [InlineData(ServiceRestartPolicy.OnFailure, true, ServiceState.Finished)]
    [InlineData(ServiceRestartPolicy.OnFailure, false, ServiceState.Waiting)]
    [InlineData(ServiceRestartPolicy.Never, true, ServiceState.Finished)]
    [InlineData(ServiceRestartPolicy.Never, false, ServiceState.Failed)]
    public void What_follows_an_end_depends_on_the_policy(ServiceRestartPolicy policy, bool success, ServiceState expected)
    {
        GivenRunning();

        Given(new ServiceInput.Exited(success, "exit code 1", Short), policy);

        Assert.Equal(expected, _run.State);
    }

    [Fact]
    public void A_restart_of_a_running_service_stops_it_first()
    {
        GivenRunning();

        Given(new ServiceInput.Restart("new settings"));
        Assert.IsType<ServiceEffect.Terminate>(_effect);

        Given(new ServiceInput.Exited(true, "exit code 0", Short));
        Assert.Equal(ServiceState.Waiting, _run.State);
        Assert.IsType<ServiceEffect.AwaitDependencies>(_effect);
    }

    [Fact]
    public void A_stop_that_meets_a_launch_under_way_ends_the_process_once_it_is_there()
    {
        Given(new ServiceInput.Start());
        Given(new ServiceInput.DependenciesReady(1));
        Given(new ServiceInput.Prepared(1));

        Given(new ServiceInput.Stop());
        Given(new ServiceInput.Launched(7));

        Assert.Equal(ServiceState.Stopping, _run.State);
        Assert.IsType<ServiceEffect.Terminate>(_effect);
    }

    [Fact]
    public void A_launch_that_fails_while_it_should_stop_ends_the_service()
    {
        Given(new ServiceInput.Start());
        Given(new ServiceInput.DependenciesReady(1));
        Given(new ServiceInput.Prepared(1));
        Given(new ServiceInput.Stop());

        Given(new ServiceInput.Failed(1, "no such file"));

        Assert.Equal(ServiceState.Finished, _run.State);
    }

    [Fact]
    public void A_stable_run_makes_the_next_failure_the_first_one_again()
    {
        for (int i = 0; i < 5; i++)
        {
            GivenRunning();
            Given(new ServiceInput.Exited(false, "exit code 1", Short));
            Given(new ServiceInput.RestartDue(_run.Attempt));
        }

        Assert.Equal(5, _run.Failures);
        Given(new ServiceInput.DependenciesReady(_run.Attempt));
        Given(new ServiceInput.Prepared(_run.Attempt));
        Given(new ServiceInput.Launched(1));
        Given(new ServiceInput.Exited(false, "exit code 1", Backoff.Stable));

        Assert.Equal(1, _run.Failures);
    }

    [Fact]
    public void Whatever_happens_an_unwanted_service_never_launches()
    {
        Gen<ServiceInput> inputs = Gen.OneOf<ServiceInput>(
            Gen.Const<ServiceInput>(new ServiceInput.Start()),
            Gen.Const<ServiceInput>(new ServiceInput.Stop()),
            Gen.Const<ServiceInput>(new ServiceInput.Restart("again")),
            Gen.Int[0, 6].Select(a => (ServiceInput)new ServiceInput.DependenciesReady(a)),
            Gen.Int[0, 6].Select(a => (ServiceInput)new ServiceInput.Prepared(a)),
            Gen.Int[0, 6].Select(a => (ServiceInput)new ServiceInput.RestartDue(a)),
            Gen.Int[0, 6].Select(a => (ServiceInput)new ServiceInput.Failed(a, "broken")),
            Gen.Const<ServiceInput>(new ServiceInput.Launched(9)),
            Gen.Bool.Select(s => (ServiceInput)new ServiceInput.Exited(s, "ended", Short)));

        inputs.List[0, 30].Sample(list =>
        {
            ServiceRun run = ServiceRun.Initial;
            foreach (ServiceInput input in list)
            {
                (run, ServiceEffect effect) = ServiceMachine.Step(run, input, ServiceRestartPolicy.Always, 0.5);
                if (effect is ServiceEffect.Launch or ServiceEffect.Prepare or ServiceEffect.AwaitDependencies)
                {
                    Assert.True(run.Wanted);
                }
            }
        });
    }

    private void GivenRunning()
    {
        if (_run.State is ServiceState.Initialized)
        {
            Given(new ServiceInput.Start());
        }

        Given(new ServiceInput.DependenciesReady(_run.Attempt));
        Given(new ServiceInput.Prepared(_run.Attempt));
        Given(new ServiceInput.Launched(42));
        Assert.Equal(ServiceState.Running, _run.State);
    }

    private void Given(ServiceInput input, ServiceRestartPolicy policy = ServiceRestartPolicy.Always) =>
        (_run, _effect) = ServiceMachine.Step(_run, input, policy, 0.5);
}
