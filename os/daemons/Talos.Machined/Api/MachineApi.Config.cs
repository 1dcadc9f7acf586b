using Google.Protobuf;
using Grpc.Core;
using Talos.Api.Machine;
using Talos.Machined.Configuration;
using Talos.Machined.Lifecycle;
using Talos.Machined.Sequences;
using Talos.Pki;
using Talos.Resources.Runtime;
using Talos.Rpc.Authorization;
using Talos.Rpc.Errors;
using RebootMode = Talos.Machined.Lifecycle.RebootMode;

namespace Talos.Machined.Api;

internal sealed partial class MachineApi
{
    public override async Task<ApplyConfigurationResponse> ApplyConfiguration(ApplyConfigurationRequest request, ServerCallContext context)
    {
        // A reader may bring a node its first config, and nothing after that; what was true when the call began may not be any more.
        ApplyOutcome outcome = await api.Config.ApplyAsync(
            Options(request) with { OnlyInMaintenance = !context.HasRole(Role.Admin) }, context.CancellationToken);
        if (outcome.RebootNeeded)
        {
            BringDown(RebootSequence.Plan(new RebootOptions(RebootMode.Graceful), api.Tasks), MachineStage.Rebooting);
        }

        ApplyConfiguration applied = new() { Mode = (ApplyConfigurationRequest.Types.Mode)(int)outcome.Mode, ModeDetails = outcome.Details };
        applied.Warnings.AddRange(outcome.Warnings);
        return new ApplyConfigurationResponse { Messages = { applied } };
    }

    public override Task<GenerateClientConfigurationResponse> GenerateClientConfiguration(
        GenerateClientConfigurationRequest request, ServerCallContext context)
    {
        if (api.Config.Active is not { IsComplete: true, Ca: { KeyPem.IsEmpty: false } pair } configuration)
        {
            throw new RpcException(new Status(StatusCode.FailedPrecondition, "this node does not hold the key of the API's CA"));
        }

        TimeSpan lifetime = request.CrtTtl?.ToTimeSpan() ?? CertificateAuthority.AdminLifetime;
        if (lifetime <= TimeSpan.Zero)
        {
            throw new InvalidRequestException("crt_ttl", $"{lifetime} is not more than zero");
        }

        Role[] roles = [.. request.Roles.Select(name => Role.Find(name)
            ?? throw new InvalidRequestException("roles", $"\"{name}\" is none of {string.Join(", ", Role.All)}"))];
        if (roles.Length == 0)
        {
            throw new InvalidRequestException("roles", "at least one is wanted");
        }

        CertificateAndKey client = CertificateAuthority.Load(pair, api.Node.Time).IssueClient(roles, lifetime);
        string name = configuration.Cluster.Name.Length > 0 ? configuration.Cluster.Name : "default";
        return Task.FromResult(new GenerateClientConfigurationResponse
        {
            Messages =
            {
                new GenerateClientConfiguration
                {
                    Ca = ByteString.CopyFromUtf8(pair.CertificatePem),
                    Crt = ByteString.CopyFromUtf8(client.CertificatePem),
                    Key = ByteString.CopyFromUtf8(client.KeyPem.Reveal()),
                    Talosconfig = ByteString.CopyFromUtf8(ClientConfigText.Write(name, pair.CertificatePem, client)),
                },
            },
        });
    }

    private static ApplyOptions Options(ApplyConfigurationRequest request)
    {
        if (!Enum.IsDefined((ApplyMode)(int)request.Mode))
        {
            throw new InvalidRequestException("mode", $"{(int)request.Mode} is not an apply mode");
        }

        TimeSpan tryTimeout = request.TryModeTimeout?.ToTimeSpan() ?? ApplyOptions.DefaultTryTimeout;
        if (tryTimeout > ApplyOptions.LongestTryTimeout)
        {
            throw new InvalidRequestException("try_mode_timeout", $"{tryTimeout} is more than {ApplyOptions.LongestTryTimeout}");
        }

        return new ApplyOptions
        {
            Data = request.Data.Memory,
            Mode = (ApplyMode)(int)request.Mode,
            DryRun = request.DryRun,
            TryTimeout = tryTimeout > TimeSpan.Zero ? tryTimeout : ApplyOptions.DefaultTryTimeout,
        };
    }
}
