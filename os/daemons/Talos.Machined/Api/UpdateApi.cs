using Grpc.Core;
using Talos.Api.Ota;
using Talos.Machined.Updates;
using Talos.Ota.Engine;
using Talos.Ota.Engine.Sources;
using Talos.Ota.Slots;
using Talos.Pki;
using Talos.Rpc.Authorization;
using Talos.Rpc.Errors;
using Slot = Talos.Api.Ota.Slot;
using UpdateState = Talos.Ota.Engine.UpdateState;

namespace Talos.Machined.Api;

/// <summary>The update API: parse, hand over, tell how far it is.</summary>
/// <param name="engine">The update engine.</param>
/// <param name="boot">What this boot is.</param>
/// <param name="upgrader">Takes updates.</param>
/// <param name="admission">Says when the node becomes somebody's.</param>
/// <param name="restart">Brings the node down in order and restarts it; gives the id to follow it.</param>
internal sealed class UpdateApi(
    IUpdateEngine engine, UpdateBoot boot, Upgrader upgrader, IAdmissionSource admission, Func<string> restart) : UpdateService.UpdateServiceBase
{
    /// <summary>An install from a reference goes on when the caller leaves; an upload ends with its caller.</summary>
    public override async Task Install(
        IAsyncStreamReader<InstallRequest> requestStream, IServerStreamWriter<InstallResponse> responseStream, ServerCallContext context)
    {
        CancellationToken ct = context.CancellationToken;

        // Who is no administrator was let in because the node is nobody's; what he began ends when it becomes somebody's.
        CancellationToken life = context.HasRole(Role.Admin) ? CancellationToken.None : admission.MaintenanceEnds;
        if (!await requestStream.MoveNext(ct) || requestStream.Current.Options is not { } wanted)
        {
            throw new InvalidRequestException("options", "the first message has to hold them");
        }

        InstallProgress told = new(responseStream);
        UpgradeOptions options = UpgradeRequests.Parse(wanted);
        UpgradeResult done = wanted.Reference.Length > 0
            ? await told.FollowAsync(p => Task.Run(() => upgrader.InstallAsync(wanted.Reference, options, p, life), ct), ct)
            : await told.FollowAsync(p => UploadAsync(requestStream, options, p, ct), ct);

        InstallResponse last = Translate(engine.Status.Progress, UpdateState.TrialPending);
        last.Version = done.Installed.Version;
        last.ActorId = done.ActorId ?? "";
        last.FetchedBytes = done.Installed.FetchedBytes;
        last.WrittenBytes = done.Installed.WrittenBytes;
        await responseStream.WriteAsync(last, ct);
    }

    public override Task<StatusResponse> Status(StatusRequest request, ServerCallContext context)
    {
        UpdateStatus status = engine.Status;
        StatusResponse response = new()
        {
            State = Translate(status.State),
            RunningSlot = status.Running?.ToString() ?? "",
            RunningVersion = boot.Version,
            Version = status.Version ?? "",
            Message = status.Message ?? boot.Problem ?? boot.Recovery ?? "",
            Progress = status.Progress is { } progress ? Translate(progress, progress.State) : null,
            Trial = Trial(),
            LastFallback = status.LastFallback is { } fallback ? Translate(fallback) : null,
            Floor = status.Floor ?? "",
        };
        response.FailedVersions.AddRange(status.FailedVersions.Select(v => new Talos.Api.Ota.FailedVersion
        {
            Version = v.Version,
            Reason = v.Reason,
            At = Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(v.At),
        }));
        return Task.FromResult(response);
    }

    public override async Task<SlotsResponse> Slots(SlotsRequest request, ServerCallContext context)
    {
        boot.Require();
        SlotsResponse response = new();
        response.Slots.AddRange((await engine.ReadSlotsAsync(context.CancellationToken)).Select(s => new Slot
        {
            Id = s.Slot.Id.ToString(),
            Condition = (Talos.Api.Ota.SlotCondition)((int)s.Slot.Condition + 1),
            Version = s.Version ?? "",
            Running = s.Running,
            Next = s.Next,
            TriesLeft = s.Slot.TriesLeft,
            TriesDone = s.Slot.TriesDone,
        }));
        return response;
    }

    public override async Task<MarkGoodResponse> MarkGood(MarkGoodRequest request, ServerCallContext context)
    {
        boot.Require();
        await engine.BlessAsync(context.CancellationToken);
        return new MarkGoodResponse();
    }

    public override async Task<MarkBadResponse> MarkBad(MarkBadRequest request, ServerCallContext context)
    {
        boot.Require();
        SlotId slot = SlotIds.TryParse(request.Slot) ?? throw new InvalidRequestException("slot", $"\"{request.Slot}\" is neither A nor B");
        await engine.MarkBadAsync(slot, request.Reason.Length > 0 ? request.Reason : "marked bad over the API", context.CancellationToken);
        return new MarkBadResponse { ActorId = request.Reboot && slot == engine.Status.Running ? restart() : "" };
    }

    public override async Task<CancelResponse> Cancel(CancelRequest request, ServerCallContext context)
    {
        return new CancelResponse { Stopped = await upgrader.CancelAsync(context.CancellationToken) };
    }

    /// <summary>How far an update is, as clients see it.</summary>
    internal static InstallResponse Translate(UpdateProgress? progress, UpdateState state) => new()
    {
        State = Translate(state),
        Part = progress?.Part ?? "",
        DoneBytes = progress?.DoneBytes ?? 0,
        TotalBytes = progress?.TotalBytes ?? 0,
        FetchedBytes = progress?.FetchedBytes ?? 0,
        WrittenBytes = progress?.WrittenBytes ?? 0,
    };

    private static Talos.Api.Ota.UpdateState Translate(UpdateState state) => (Talos.Api.Ota.UpdateState)((int)state + 1);

    private static Fallback Translate(FallbackReport fallback) => new()
    {
        Slot = fallback.Slot.ToString(),
        Version = fallback.Version,
        Stage = fallback.Stage ?? "",
        Reason = fallback.Reason,
        Starts = fallback.Starts,
        At = Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(fallback.At),
    };

    private Trial? Trial()
    {
        if (boot.Trial is not { } status)
        {
            return null;
        }

        Trial trial = new() { Verdict = status.Verdict, Deadline = status.Deadline };
        trial.Missing.AddRange(status.Missing);
        return trial;
    }

    private async Task<UpgradeResult> UploadAsync(
        IAsyncStreamReader<InstallRequest> chunks, UpgradeOptions options, IProgress<UpdateProgress> progress, CancellationToken ct)
    {
        await using PushSource upload = new();
        Task pushing = PushAsync(chunks, upload, ct);
        UpgradeResult result = await upgrader.InstallAsync(upload, options, progress, ct);

        // What the node has already is not asked for: the rest of the upload is of no use.
        await upload.DisposeAsync();
        await pushing;
        return result;
    }

    private static async Task PushAsync(IAsyncStreamReader<InstallRequest> chunks, PushSource upload, CancellationToken ct)
    {
        try
        {
            while (await chunks.MoveNext(ct))
            {
                if (!await upload.WriteAsync(chunks.Current.Chunk.Memory, ct))
                {
                    return;
                }
            }

            upload.Complete();
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or RpcException)
        {
            upload.Complete(e);
        }
    }
}
