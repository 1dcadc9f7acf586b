using Microsoft.Extensions.Logging.Abstractions;
using Talos.Testing;

namespace Talos.Cosi.Tests;

public sealed class ControllerRuntimeTests : IDisposable
{
    private readonly JumpingTimeProvider _time = new() { Restless = true };
    private readonly InMemoryState _state;
    private readonly ControllerRuntime _runtime;
    private readonly CancellationTokenSource _stop = new();

    public ControllerRuntimeTests()
    {
        _state = new InMemoryState(_time);
        _runtime = new ControllerRuntime(_state, _time, NullLogger<ControllerRuntime>.Instance);
    }

    [Fact]
    public async Task A_change_of_an_input_reaches_the_output()
    {
        _runtime.Register(new Copier());
        Task running = _runtime.RunAsync(_stop.Token);

        _state.Create(Resource<NoteSpec>.Create("a", new NoteSpec { Text = "hello" }), "test");
        await UntilAsync(() => Status("a")?.Spec.Text == "hello");

        await _stop.CancelAsync();
        await running;
    }

    [Fact]
    public async Task A_removed_input_takes_its_output_along_and_is_let_go()
    {
        _runtime.Register(new Copier());
        Task running = _runtime.RunAsync(_stop.Token);
        _state.Create(Resource<NoteSpec>.Create("a", new NoteSpec { Text = "hello" }), "test");
        await UntilAsync(() => Status("a") is not null);

        _state.Teardown(Resource<NoteSpec>.Create("a", new NoteSpec { Text = "" }).Address, "test", destroyWhenFree: true);
        await UntilAsync(() => Status("a") is null && _state.List("notes", NoteSpec.Definition.Type).Count == 0);

        await _stop.CancelAsync();
        await running;
    }

    [Theory]
    [InlineData(60)]
    [InlineData(7305)]
    public async Task A_controller_may_ask_to_be_run_again_after_any_time(int days)
    {
        JumpingTimeProvider time = new();
        Patient patient = new(TimeSpan.FromDays(days));
        ControllerRuntime runtime = new(new InMemoryState(time), time, NullLogger<ControllerRuntime>.Instance);
        runtime.Register(patient);
        Task running = runtime.RunAsync(_stop.Token);
        await UntilAsync(() => patient.Runs == 1 && time.Manual.Pending > 0);

        time.Advance(TimeSpan.FromDays(1));
        await UntilAsync(() => patient.Runs == 2);

        await _stop.CancelAsync();
        await running;
    }

    private sealed class Patient(TimeSpan delay) : IController
    {
        public string Name => "test.Patient";

        public IReadOnlyList<ControllerInput> Inputs { get; } = [];

        public IReadOnlyList<ControllerOutput> Outputs { get; } = [];

        public int Runs { get; private set; }

        public Task ReconcileAsync(IControllerContext context, CancellationToken ct)
        {
            Runs++;
            context.RequeueAfter(delay);
            return Task.CompletedTask;
        }
    }

    [Fact]
    public async Task A_failing_controller_is_tried_again_later_and_others_go_on()
    {
        Copier failing = new() { FailuresLeft = 2 };
        _runtime.Register(failing);
        Task running = _runtime.RunAsync(_stop.Token);
        _state.Create(Resource<NoteSpec>.Create("a", new NoteSpec { Text = "hello" }), "test");

        await UntilAsync(() => _time.Pending > 0);
        Assert.Null(Status("a"));
        _time.Advance(TimeSpan.FromMilliseconds(500));
        await UntilAsync(() => failing.Runs == 2 && _time.Pending > 0);
        _time.Advance(TimeSpan.FromSeconds(1));
        await UntilAsync(() => Status("a")?.Spec.Text == "hello");

        await _stop.CancelAsync();
        await running;
    }

    [Fact]
    public async Task A_controller_that_fails_three_times_in_a_row_is_named_until_it_succeeds()
    {
        Copier failing = new() { FailuresLeft = 3 };
        _runtime.Register(failing);
        Task running = _runtime.RunAsync(_stop.Token);
        _state.Create(Resource<NoteSpec>.Create("a", new NoteSpec { Text = "hello" }), "test");

        await UntilAsync(() => _time.Pending > 0);
        Assert.Empty(_runtime.Failing);
        _time.Advance(TimeSpan.FromMilliseconds(500));
        await UntilAsync(() => failing.Runs == 2 && _time.Pending > 0);
        Assert.Empty(_runtime.Failing);
        _time.Advance(TimeSpan.FromSeconds(1));
        await UntilAsync(() => failing.Runs == 3 && _time.Pending > 0);

        Assert.Equal([failing.Name], _runtime.Failing);
        _time.Advance(TimeSpan.FromSeconds(2));
        await UntilAsync(() => Status("a")?.Spec.Text == "hello");
        await UntilAsync(() => _runtime.Failing.Count == 0);
        await _stop.CancelAsync();
        await running;
    }

    [Fact]
    public void Two_controllers_with_one_exclusive_output_are_refused()
    {
        _runtime.Register(new Copier());

        InvalidOperationException refusal = Assert.Throws<InvalidOperationException>(() => _runtime.Register(new Copier { Name = "test.Other" }));

        Assert.Equal("controller test.Other: output NoteStatuses.test.talos.dev belongs to test.Copier", refusal.Message);
    }

    [Fact]
    public async Task Writing_what_is_not_declared_is_a_mistake_of_the_controller()
    {
        ControllerFixture node = new(new Undeclared());

        InvalidOperationException mistake = await Assert.ThrowsAsync<InvalidOperationException>(node.SettleAsync);

        Assert.Equal("controller test.Undeclared writes NoteStatuses.test.talos.dev, which is not a declared output", mistake.Message);
    }

    [Fact]
    public async Task Writing_an_equal_spec_again_changes_no_version()
    {
        ControllerFixture node = new(new Copier());
        node.Given("a", new NoteSpec { Text = "hello", Tags = ["x"] });

        await node.SettleAsync();
        await node.SettleAsync();

        Assert.Equal(1UL, node.Find<NoteStatus>("a")?.Metadata.Version);
    }

    public void Dispose()
    {
        _stop.Dispose();
        _runtime.Dispose();
    }

    private Resource<NoteStatus>? Status(string id) =>
        _state.Get(new ResourceAddress("notes", NoteStatus.Definition.Type, id)) as Resource<NoteStatus>;

    private static async Task UntilAsync(Func<bool> condition)
    {
        while (!condition())
        {
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }
    }

    private sealed class Copier : IController
    {
        private int _runs;

        public string Name { get; init; } = "test.Copier";

        public int FailuresLeft { get; set; }

        public int Runs => Volatile.Read(ref _runs);

        public IReadOnlyList<ControllerInput> Inputs { get; } = [ControllerInput.Strong<NoteSpec>()];

        public IReadOnlyList<ControllerOutput> Outputs { get; } = [ControllerOutput.Exclusive<NoteStatus>()];

        public async Task ReconcileAsync(IControllerContext context, CancellationToken ct)
        {
            Interlocked.Increment(ref _runs);
            if (FailuresLeft > 0)
            {
                FailuresLeft--;
                throw new IOException("the disk is on fire");
            }

            foreach (Resource<NoteSpec> note in context.List<NoteSpec>())
            {
                if (note.Phase is ResourcePhase.TearingDown)
                {
                    await context.DestroyAsync<NoteStatus>(note.Id, ct);
                    await context.RemoveFinalizerAsync(note, ct);
                    continue;
                }

                await context.AddFinalizerAsync(note, ct);
                await context.WriteAsync(note.Id, new NoteStatus { Text = note.Spec.Text }, ct);
            }
        }
    }

    private sealed class Undeclared : IController
    {
        public string Name => "test.Undeclared";

        public IReadOnlyList<ControllerInput> Inputs { get; } = [];

        public IReadOnlyList<ControllerOutput> Outputs { get; } = [];

        public Task ReconcileAsync(IControllerContext context, CancellationToken ct) =>
            context.WriteAsync("a", new NoteStatus { Text = "" }, ct);
    }
}
