using System.Text;

namespace Talos.Cosi.Tests;

/// <summary>What every <see cref="IState"/> does; each implementation derives from it.</summary>
public abstract class StateConformance
{
    private readonly IState _state;

    protected StateConformance(IState state) => _state = state;

    private static Resource<NoteSpec> Note(string id, string text = "x") => Resource<NoteSpec>.Create(id, new NoteSpec { Text = text });

    [Fact]
    public void A_created_resource_is_read_back_at_version_1_with_its_owner()
    {
        _state.Create(Note("a"), "me");

        Resource? read = _state.Get(Note("a").Address);

        Assert.Equal(1UL, read?.Metadata.Version);
        Assert.Equal("me", read?.Metadata.Owner);
        Assert.Equal("x", Assert.IsType<Resource<NoteSpec>>(read).Spec.Text);
    }

    [Fact]
    public void Creating_twice_is_refused()
    {
        _state.Create(Note("a"), "me");

        Assert.Equal(StateError.AlreadyExists, Refused(() => _state.Create(Note("a"), "me")));
    }

    [Fact]
    public void A_list_is_ordered_by_id_and_holds_one_namespace_only()
    {
        _state.Create(Note("b"), "me");
        _state.Create(Note("a"), "me");
        _state.Create(Resource<NoteSpec>.Create("c", new NoteSpec { Text = "x" }, "elsewhere"), "me");

        Assert.Equal(["a", "b"], _state.List("notes", NoteSpec.Definition.Type).Select(r => r.Id));
    }

    [Fact]
    public void An_update_counts_the_version_and_keeps_the_finalizers()
    {
        _state.Create(Note("a"), "me");
        _state.AddFinalizer(Note("a").Address, "holder");

        Resource now = _state.Update(Note("a", "y"), "me");

        Assert.Equal(3UL, now.Metadata.Version);
        Assert.Equal(["holder"], now.Metadata.Finalizers);
    }

    [Fact]
    public void An_update_from_an_old_version_is_refused()
    {
        Resource first = _state.Create(Note("a"), "me");
        _state.Update(Note("a", "y"), "me");

        Assert.Equal(StateError.VersionConflict, Refused(() => _state.Update(first, "me")));
    }

    [Fact]
    public void Only_the_owner_updates_tears_down_and_destroys()
    {
        _state.Create(Note("a"), "me");

        Assert.Equal(StateError.OwnerConflict, Refused(() => _state.Update(Note("a", "y"), "you")));
        Assert.Equal(StateError.OwnerConflict, Refused(() => _state.Teardown(Note("a").Address, "you")));
        Assert.Equal(StateError.OwnerConflict, Refused(() => _state.Destroy(Note("a").Address, "you")));
    }

    [Fact]
    public void A_held_resource_is_destroyed_only_after_its_last_finalizer_is_gone()
    {
        _state.Create(Note("a"), "me");
        _state.AddFinalizer(Note("a").Address, "holder");

        Assert.False(_state.Teardown(Note("a").Address, "me"));
        Assert.Equal(StateError.FinalizersPending, Refused(() => _state.Destroy(Note("a").Address, "me")));
        _state.RemoveFinalizer(Note("a").Address, "holder");
        _state.Destroy(Note("a").Address, "me");

        Assert.Null(_state.Get(Note("a").Address));
    }

    [Fact]
    public void A_resource_torn_down_for_good_goes_by_itself_with_its_last_finalizer()
    {
        _state.Create(Note("a"), "me");
        _state.AddFinalizer(Note("a").Address, "holder");
        _state.Teardown(Note("a").Address, "me", destroyWhenFree: true);

        _state.RemoveFinalizer(Note("a").Address, "holder");

        Assert.Null(_state.Get(Note("a").Address));
    }

    [Fact]
    public void A_resource_being_torn_down_takes_neither_updates_nor_finalizers()
    {
        _state.Create(Note("a"), "me");
        _state.AddFinalizer(Note("a").Address, "holder");
        _state.Teardown(Note("a").Address, "me");

        Assert.Equal(StateError.PhaseConflict, Refused(() => _state.Update(Note("a", "y"), "me")));
        Assert.Equal(StateError.PhaseConflict, Refused(() => _state.AddFinalizer(Note("a").Address, "late")));
    }

    [Fact]
    public void Touching_what_is_absent_is_refused_by_name()
    {
        StateException refusal = Assert.Throws<StateException>(() => _state.Destroy(Note("a").Address, "me"));

        Assert.Equal("resource NoteSpecs.test.talos.dev(notes/a): does not exist", refusal.Message);
    }

    [Fact]
    public async Task A_watch_with_contents_delivers_what_is_there_then_says_so_then_goes_on()
    {
        _state.Create(Note("a"), "me");
        using IStateWatch watch = Watch(new WatchOptions { BootstrapContents = true });
        _state.Create(Note("b"), "me");

        Assert.Equal("Created a, Bootstrapped, Created b", await TakeAsync(watch, 3));
    }

    [Fact]
    public async Task A_watch_goes_on_after_its_bookmark_without_loss_or_repetition()
    {
        _state.Create(Note("a"), "me");
        ulong bookmark;
        using (IStateWatch first = Watch(new WatchOptions { TailEvents = 1 }))
        {
            bookmark = (await FirstAsync(first)).Bookmark;
        }

        _state.Create(Note("b"), "me");
        _state.Update(Note("b", "y"), "me");
        using IStateWatch second = Watch(new WatchOptions { StartFromBookmark = bookmark });

        Assert.Equal("Created b, Updated b", await TakeAsync(second, 2));
    }

    [Theory]
    [InlineData(99UL)]
    [InlineData(ulong.MaxValue)]
    public void A_bookmark_from_elsewhere_is_refused(ulong bookmark) =>
        Assert.Equal(StateError.InvalidBookmark, Refused(() => Watch(new WatchOptions { StartFromBookmark = bookmark })));

    [Fact]
    public async Task A_filtered_watch_sees_what_enters_as_created_and_what_leaves_as_destroyed()
    {
        using IStateWatch watch = Watch(new WatchOptions { Filter = r => Encoding.UTF8.GetString(r.SpecAsJson()).Contains("in", StringComparison.Ordinal) });
        _state.Create(Note("a", "out"), "me");
        _state.Update(Note("a", "in"), "me");
        _state.Update(Note("a", "in again"), "me");
        _state.Update(Note("a", "out"), "me");

        Assert.Equal("Created a, Updated a, Destroyed a", await TakeAsync(watch, 3));
    }

    [Fact]
    public async Task A_watch_of_one_id_sees_no_other()
    {
        using IStateWatch watch = Watch(new WatchOptions { Id = "b" });
        _state.Create(Note("a"), "me");
        _state.Create(Note("b"), "me");

        Assert.Equal("Created b", await TakeAsync(watch, 1));
    }

    [Fact]
    public async Task A_reader_that_falls_far_behind_is_cut_off_with_an_error()
    {
        using IStateWatch watch = Watch(new WatchOptions());
        _state.Create(Note("a"), "me");
        for (int i = 0; i < 5000; i++)
        {
            _state.Update(Note("a", $"{i}"), "me");
        }

        StateEvent last = new(StateEventKind.Noop, null, 0);
        await foreach (StateEvent happened in watch.ReadAllAsync(TestContext.Current.CancellationToken))
        {
            last = happened;
        }

        Assert.Equal(StateEventKind.Errored, last.Kind);
    }

    private IStateWatch Watch(WatchOptions options) => _state.Watch("notes", NoteSpec.Definition.Type, options);

    private static async Task<StateEvent> FirstAsync(IStateWatch watch)
    {
        await foreach (StateEvent happened in watch.ReadAllAsync(TestContext.Current.CancellationToken))
        {
            return happened;
        }

        throw new InvalidOperationException("the watch ended");
    }

    private static async Task<string> TakeAsync(IStateWatch watch, int count)
    {
        List<string> seen = [];
        await foreach (StateEvent happened in watch.ReadAllAsync(TestContext.Current.CancellationToken))
        {
            seen.Add(happened.Resource is { } r ? $"{happened.Kind} {r.Id}" : $"{happened.Kind}");
            if (seen.Count == count)
            {
                break;
            }
        }

        return string.Join(", ", seen);
    }

    private static StateError Refused(Action action) => Assert.Throws<StateException>(action).Error;
}

public sealed class InMemoryStateTests() : StateConformance(new InMemoryState(TimeProvider.System));
