using System.IO.Compression;
using Talos.Ota.Bundle;
using Talos.Ota.Engine.Sources;
using Talos.Ota.Engine.Tests.PowerCuts;
using Talos.Ota.Engine.Tests.Sources;
using Talos.Ota.Slots;

namespace Talos.Ota.Engine.Tests;

public sealed class InstallTests
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    private readonly ModelNode _node = new(ModelNode.Image(Release.V1));

    [Fact]
    public async Task What_belongs_to_the_trial_is_written_before_it_is_armed_and_without_it_nothing_is()
    {
        await _node.PowerOnAsync();
        UpdateState? state = null;
        InstallOptions options = new()
        {
            BeforeArming = () =>
            {
                state = _node.Engine.Status.State;
                throw new IOException("META: Input/output error (EIO)");
            },
        };

        await Assert.ThrowsAsync<IOException>(() => _node.Engine.InstallAsync(Release.V2.Source(), options, null, Ct));

        Assert.NotEqual(UpdateState.TrialPending, state);
        Assert.Equal(UpdateState.Failed, _node.Engine.Status.State);
        Assert.DoesNotContain(await _node.Engine.ReadSlotsAsync(Ct), s => s.Slot.Condition is SlotCondition.Trial);
    }

    [Fact]
    public async Task An_update_runs_through_all_its_states()
    {
        await _node.PowerOnAsync();
        List<UpdateState> states = [];
        InstallResult result = await _node.Engine.InstallAsync(Release.V2.Source(), new InstallOptions(), new Listener(p => states.Add(p.State)), Ct);

        Assert.Equal([UpdateState.Checking, UpdateState.Writing, UpdateState.Verifying, UpdateState.Writing, UpdateState.Verifying, UpdateState.TrialPending], Changes(states));
        Assert.Equal("v2.0.0", result.Version);
        Assert.Equal(UpdateState.TrialPending, _node.Engine.Status.State);
        Assert.Equal(_node.Engine.Status.Progress!.TotalBytes, _node.Engine.Status.Progress!.DoneBytes);

        Assert.Equal(BootKind.Trial, (await _node.PowerOnAsync()).Kind);
        Assert.Equal(UpdateState.Trial, _node.Engine.Status.State);
        await _node.Engine.BlessAsync(Ct);

        Assert.Equal((UpdateState.Committed, "v1.0.0"), (_node.Engine.Status.State, _node.Engine.Status.Floor));
        IReadOnlyList<SlotStatus> slots = await _node.Engine.ReadSlotsAsync(Ct);
        Assert.Equal(["A good v1.0.0", "B good v2.0.0 running next"], slots.Select(s => $"{s.Slot} {s.Version}{(s.Running ? " running" : "")}{(s.Next ? " next" : "")}"));
        Assert.Equal(BootKind.Normal, (await _node.PowerOnAsync()).Kind);
    }

    [Fact]
    public async Task What_both_versions_have_in_common_is_neither_fetched_nor_written_to_the_old_slot_again()
    {
        await UpdateAsync(Release.V2);

        InstallResult result = await _node.InstallAsync(Release.V3);

        Assert.Equal(Release.Different, result.WrittenBytes);
    }

    [Fact]
    public async Task Installing_a_version_again_that_the_slot_holds_fetches_and_writes_nothing()
    {
        await UpdateAsync(Release.V2);
        await UpdateAsync(Release.V3);
        await _node.Engine.RollBackAsync("wanted", Ct);
        await _node.PowerOnAsync();

        InstallResult result = await _node.InstallAsync(Release.V3);

        Assert.Equal((0, 0), (result.FetchedBytes, result.WrittenBytes));
    }

    [Fact]
    public async Task After_an_interruption_only_the_rest_is_fetched()
    {
        await _node.PowerOnAsync();
        HalfSource half = new(Release.V2.Bundle, (long)(Release.V2.Bundle.Length * 0.6));
        await Assert.ThrowsAsync<IOException>(() => _node.Engine.InstallAsync(half, new InstallOptions(), null, Ct));
        Assert.Equal((UpdateState.Failed, "the server went away"), (_node.Engine.Status.State, _node.Engine.Status.Message));
        long written = _node.Engine.Status.Progress!.WrittenBytes;

        InstallResult result = await _node.Engine.InstallAsync(Release.V2.Source(), new InstallOptions(), null, Ct);

        Assert.InRange(written, Release.ChunkSize, Release.RootSize);
        Assert.Equal(Release.RootSize + Release.BootSize, written + result.WrittenBytes);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(false, true)]
    public async Task A_delta_from_the_running_version_is_taken_when_it_is_smaller(bool full, bool forwardOnly)
    {
        await _node.PowerOnAsync();

        InstallResult result = await _node.Engine.InstallAsync(Source(Release.V2.BundleFrom(Release.V1, full), forwardOnly), new InstallOptions(), null, Ct);

        Assert.InRange(result.FetchedBytes, Release.Different, Release.Different + 20_000);
        Assert.Equal(BootKind.Trial, (await _node.PowerOnAsync()).Kind);
        Assert.Equal(Release.V2, _node.Running);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_delta_over_HTTP_takes_one_request_for_what_stands_before_the_data_and_one_for_each_delta(bool full)
    {
        await _node.PowerOnAsync();
        await using TestServer server = new(Release.V2.BundleFrom(Release.V1, full));
        await server.StartAsync();
        await using HttpSource source = await HttpSource.OpenAsync(server.Address, new HttpSourceOptions(), Ct);

        await _node.Engine.InstallAsync(source, new InstallOptions(), null, Ct);

        Assert.InRange(server.Requests.Count, 1, 3);
        Assert.Equal(server.Requests.Count, source.Requests);
        Assert.Equal(BootKind.Trial, (await _node.PowerOnAsync()).Kind);
        Assert.Equal(Release.V2, _node.Running);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_delta_that_does_not_give_the_version_is_replaced_by_the_full_payload(bool forwardOnly)
    {
        await _node.PowerOnAsync();

        await _node.Engine.InstallAsync(Source(Release.V2.BundleFrom(Release.V1, full: true, spoil: true), forwardOnly), new InstallOptions(), null, Ct);

        await _node.PowerOnAsync();
        Assert.Equal(Release.V2, _node.Running);
    }

    [Fact]
    public async Task Deltas_alone_from_another_version_are_refused_before_the_first_write()
    {
        await _node.PowerOnAsync();
        int before = _node.Log.Count;

        UpdateException error = await Assert.ThrowsAsync<UpdateException>(() =>
            _node.Engine.InstallAsync(Source(Release.V3.BundleFrom(Release.V2, full: false), forwardOnly: false), new InstallOptions(), null, Ct));

        Assert.Contains("slot A holds the base of none", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, _node.Log.Count);
    }

    [Fact]
    public async Task A_slot_that_holds_the_version_already_needs_no_delta()
    {
        await UpdateAsync(Release.V2);
        await _node.Engine.RollBackAsync("wanted", Ct);
        await _node.PowerOnAsync();

        InstallResult result = await _node.Engine.InstallAsync(Source(Release.V2.BundleFrom(Release.V1, full: true), forwardOnly: false), new InstallOptions(), null, Ct);

        Assert.Equal((0, 0), (result.FetchedBytes, result.WrittenBytes));
    }

    [Fact]
    public async Task A_refused_bundle_changes_nothing()
    {
        await _node.PowerOnAsync();
        int before = _node.Log.Count;
        byte[] tampered = [.. Release.V2.Bundle];
        tampered[200] ^= 1;

        await Assert.ThrowsAsync<BundleException>(() => _node.Engine.InstallAsync(new StreamBundleSource(new MemoryStream(tampered)), new InstallOptions(), null, Ct));

        Assert.Equal(before, _node.Log.Count);
        Assert.Equal((UpdateState.Idle, null), (_node.Engine.Status.State, _node.Engine.Status.Progress));
    }

    [Fact]
    public async Task Another_bundle_than_the_one_ordered_is_refused_before_a_byte_is_written()
    {
        await _node.PowerOnAsync();
        int before = _node.Log.Count;
        using BundleReader ordered = await BundleReader.OpenAsync(Release.V2.Source(), Release.Trust, VerificationTime.Now(Release.Now), Ct);

        UpdateException error = await Assert.ThrowsAsync<UpdateException>(() => _node.Engine.InstallAsync(Release.V3.Source(), new InstallOptions { BundleId = ordered.Id }, null, Ct));

        Assert.Contains(ordered.Id, error.Message, StringComparison.Ordinal);
        Assert.Equal(before, _node.Log.Count);
        Assert.DoesNotContain(await _node.Engine.ReadSlotsAsync(Ct), s => s.Slot.Condition is SlotCondition.Trial);
        Assert.Equal("v2.0.0", (await _node.Engine.InstallAsync(Release.V2.Source(), new InstallOptions { BundleId = ordered.Id }, null, Ct)).Version);
    }

    [Fact]
    public async Task A_chunk_that_was_changed_on_the_way_ends_the_install_and_keeps_the_running_slot()
    {
        await _node.PowerOnAsync();
        byte[] tampered = [.. Release.V2.Bundle];
        tampered[^5000] ^= 1;

        BundleException error = await Assert.ThrowsAsync<BundleException>(() => _node.Engine.InstallAsync(new StreamBundleSource(new MemoryStream(tampered)), new InstallOptions(), null, Ct));

        Assert.Equal((BundleProblem.Corrupt, UpdateState.Failed), (error.Problem, _node.Engine.Status.State));
        Assert.Equal(BootKind.Normal, (await _node.PowerOnAsync()).Kind);
        Assert.Equal(Release.V1, _node.Running);
    }

    [Fact]
    public async Task No_update_begins_while_a_trial_is_pending_or_runs()
    {
        await _node.PowerOnAsync();
        await _node.InstallAsync(Release.V2);
        await Assert.ThrowsAsync<SlotException>(() => _node.InstallAsync(Release.V3));
        Assert.Equal(UpdateState.TrialPending, _node.Engine.Status.State);

        await _node.PowerOnAsync();
        await Assert.ThrowsAsync<SlotException>(() => _node.InstallAsync(Release.V3));
        Assert.Equal(UpdateState.Trial, _node.Engine.Status.State);
    }

    [Fact]
    public async Task Below_the_floor_nothing_is_installed()
    {
        await UpdateAsync(Release.V3);

        BundleException error = await Assert.ThrowsAsync<BundleException>(() => _node.Engine.InstallAsync(Release.V1.Source(), new InstallOptions { Force = true }, null, Ct));

        Assert.Equal(BundleProblem.BelowFloor, error.Problem);
    }

    [Fact]
    public async Task A_version_that_failed_is_installed_again_only_by_force()
    {
        await _node.PowerOnAsync();
        await _node.InstallAsync(Release.V2);
        await _node.PowerOnAsync();
        await _node.Engine.MarkBadAsync(SlotId.B, "no kubelet within 10 min", Ct);
        await _node.PowerOnAsync();

        BundleException error = await Assert.ThrowsAsync<BundleException>(() => _node.Engine.InstallAsync(Release.V2.Source(), new InstallOptions(), null, Ct));
        Assert.Equal(BundleProblem.FailedBefore, error.Problem);
        Assert.Contains("no kubelet within 10 min", error.Message, StringComparison.Ordinal);

        await UpdateAsync(Release.V2);
        Assert.Empty(_node.Engine.Status.FailedVersions);
    }

    [Fact]
    public async Task A_pending_trial_can_be_taken_back()
    {
        await _node.PowerOnAsync();
        await _node.InstallAsync(Release.V2);

        Assert.True(await _node.Engine.CancelAsync(Ct));
        Assert.False(await _node.Engine.CancelAsync(Ct));

        Assert.Equal(UpdateState.Cancelled, _node.Engine.Status.State);
        await _node.PowerOnAsync();
        Assert.Equal(Release.V1, _node.Running);
    }

    [Fact]
    public async Task An_install_stops_when_it_is_cancelled()
    {
        await _node.PowerOnAsync();
        TaskCompletionSource fetching = new();
        Task<InstallResult> install = _node.Engine.InstallAsync(new StuckSource(Release.V2.Bundle, fetching, () => _node.Engine.Status.State is UpdateState.Writing), new InstallOptions(), null, Ct);
        await fetching.Task;
        await Assert.ThrowsAsync<UpdateException>(() => _node.InstallAsync(Release.V3));
        await Assert.ThrowsAsync<UpdateException>(() => _node.Engine.BlessAsync(Ct));
        Assert.Equal(UpdateState.Writing, _node.Engine.Status.State);

        Assert.True(await _node.Engine.CancelAsync(Ct));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => install);
        Assert.Equal(UpdateState.Cancelled, _node.Engine.Status.State);
        await UpdateAsync(Release.V2);
    }

    private static StreamBundleSource Source(byte[] bundle, bool forwardOnly)
    {
        MemoryStream stream = new(bundle);
        return new StreamBundleSource(forwardOnly ? new BrotliStream(Packed(stream), CompressionMode.Decompress) : stream);
    }

    // A stream that cannot seek.
    private static MemoryStream Packed(MemoryStream content)
    {
        MemoryStream packed = new();
        using (BrotliStream brotli = new(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            content.CopyTo(brotli);
        }

        packed.Position = 0;
        return packed;
    }

    private async Task UpdateAsync(Release release)
    {
        await _node.PowerOnAsync();
        await _node.InstallAsync(release);
        await _node.PowerOnAsync();
        await _node.Engine.BlessAsync(Ct);
    }

    private static List<UpdateState> Changes(List<UpdateState> states) => [.. states.Where((s, i) => i == 0 || states[i - 1] != s)];

    private sealed class Listener(Action<UpdateProgress> listen) : IProgress<UpdateProgress>
    {
        public void Report(UpdateProgress value) => listen(value);
    }

    /// <summary>A server that goes away behind an offset.</summary>
    private sealed class HalfSource(byte[] bundle, long end) : IBundleSource
    {
        public long? Length => bundle.Length;

        public bool IsForwardOnly => false;

        public ValueTask<int> ReadAtAsync(long offset, Memory<byte> buffer, CancellationToken ct)
        {
            int count = (int)Math.Min(buffer.Length, end - offset);
            if (count <= 0)
            {
                throw new IOException("the server went away");
            }

            bundle.AsMemory((int)offset, count).CopyTo(buffer);
            return ValueTask.FromResult(count);
        }

        public void Expect(long offset, long length) { }
    }

    /// <summary>A server that stops answering at the first payload byte.</summary>
    private sealed class StuckSource(byte[] bundle, TaskCompletionSource fetching, Func<bool> stuck) : IBundleSource
    {
        public long? Length => bundle.Length;

        public bool IsForwardOnly => false;

        public async ValueTask<int> ReadAtAsync(long offset, Memory<byte> buffer, CancellationToken ct)
        {
            if (stuck())
            {
                fetching.TrySetResult();
                await Task.Delay(Timeout.Infinite, ct);
            }

            int count = Math.Min(buffer.Length, bundle.Length - (int)offset);
            bundle.AsMemory((int)offset, count).CopyTo(buffer);
            return count;
        }

        public void Expect(long offset, long length) { }
    }
}
