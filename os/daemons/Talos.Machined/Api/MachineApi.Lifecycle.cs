using Grpc.Core;
using Talos.Api.Machine;
using Talos.Machined.Lifecycle;
using Talos.Machined.Sequences;
using Talos.Machined.Updates;
using Talos.Resources.Runtime;

namespace Talos.Machined.Api;

internal sealed partial class MachineApi
{
    public override Task<RebootResponse> Reboot(RebootRequest request, ServerCallContext context)
    {
        string actorId = BringDown(RebootSequence.Plan(RebootOptions.Parse(request), api.Tasks), MachineStage.Rebooting);
        return Task.FromResult(new RebootResponse { Messages = { new Reboot { ActorId = actorId } } });
    }

    public override Task<ShutdownResponse> Shutdown(ShutdownRequest request, ServerCallContext context)
    {
        string actorId = BringDown(ShutdownSequence.Plan(ShutdownOptions.Parse(request), api.Tasks), MachineStage.ShuttingDown);
        return Task.FromResult(new ShutdownResponse { Messages = { new Shutdown { ActorId = actorId } } });
    }

    public override Task<ResetResponse> Reset(ResetRequest request, ServerCallContext context)
    {
        string actorId = BringDown(ResetSequence.Plan(ResetOptions.Parse(request), api.Tasks), MachineStage.Resetting);
        return Task.FromResult(new ResetResponse { Messages = { new Reset { ActorId = actorId } } });
    }

    /// <summary>Answers at once; the events of the sequence tell how it goes.</summary>
    public override Task<UpgradeResponse> Upgrade(UpgradeRequest request, ServerCallContext context)
    {
        if (request.Image.Length == 0)
        {
            throw new InvalidLifecycleRequestException("image", "a reference to a bundle is wanted");
        }

        api.Updates.Boot.Require();
        UpgradeOptions options = UpgradeRequests.Parse(request);
        SequenceTask install = new("upgrade", async ct =>
        {
            bool installed = false;
            try
            {
                await api.Updates.Upgrader.InstallAsync(request.Image, options, null, ct);
                installed = true;
            }
            finally
            {
                // Without a restart, or without a new version to start, the node goes on as before.
                api.Node.Stage.Set(installed && !request.Stage ? MachineStage.Upgrading : MachineStage.Running);
            }
        });
        string actorId = BringDown(UpgradeSequence.Plan(install, reboot: !request.Stage, api.Tasks), MachineStage.Upgrading);
        return Task.FromResult(new UpgradeResponse { Messages = { new Upgrade { Ack = UpgradeRequests.Ack, ActorId = actorId } } });
    }

    public override async Task<RollbackResponse> Rollback(RollbackRequest request, ServerCallContext context)
    {
        await api.Updates.Upgrader.RollBackAsync("rolled back over the API", context.CancellationToken);
        return new RollbackResponse { Messages = { new Rollback() } };
    }

    public override Task<MetaWriteResponse> MetaWrite(MetaWriteRequest request, ServerCallContext context)
    {
        api.Meta.Write(request.Key, request.Value.Span);
        return Task.FromResult(new MetaWriteResponse { Messages = { new MetaWrite() } });
    }

    public override Task<MetaDeleteResponse> MetaDelete(MetaDeleteRequest request, ServerCallContext context)
    {
        api.Meta.Delete(request.Key);
        return Task.FromResult(new MetaDeleteResponse { Messages = { new MetaDelete() } });
    }

    private string BringDown(Sequence sequence, MachineStage stage)
    {
        string actorId = api.Node.Sequencer.Start(sequence);
        api.Node.Stage.Set(stage);
        return actorId;
    }
}
