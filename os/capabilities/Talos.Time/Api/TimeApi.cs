using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Talos.Api.Time;
using Talos.Cosi;
using Talos.Resources.Network;
using Talos.Time.Ntp;
using Talos.Time.Ports;

namespace Talos.Time.Api;

/// <summary>The time API: compares the clock with a server's.</summary>
internal sealed class TimeApi(IState state, INtpServers ntp, IClock clock) : TimeService.TimeServiceBase
{
    private const int LongestName = 253;

    public override Task<TimeResponse> Time(Empty request, ServerCallContext context)
    {
        ResourceAddress address = new(TimeServerStatus.Definition.Namespace, TimeServerStatus.Definition.Type, TimeServerStatus.Id);
        return state.Get(address) is Resource<TimeServerStatus> { Spec.TimeServers: { Count: > 0 } servers }
            ? AskAsync(servers[0], context.CancellationToken)
            : throw new RpcException(new Status(StatusCode.FailedPrecondition, "no time servers are configured"));
    }

    public override Task<TimeResponse> TimeCheck(TimeRequest request, ServerCallContext context) =>
        request.Server.Length is > 0 and <= LongestName
            ? AskAsync(request.Server, context.CancellationToken)
            : throw new RpcException(new Status(StatusCode.InvalidArgument, $"server: {request.Server.Length} characters are not 1 to {LongestName}"));

    private async Task<TimeResponse> AskAsync(string server, CancellationToken ct)
    {
        NtpAnswer answer = await ntp.AskAsync(server, ct).ConfigureAwait(false);
        DateTimeOffset now = clock.Now;
        return answer switch
        {
            NtpAnswer.Measured measured => new TimeResponse
            {
                Messages =
                {
                    new Talos.Api.Time.Time
                    {
                        Server = server,
                        Localtime = Timestamp.FromDateTimeOffset(now),
                        Remotetime = Timestamp.FromDateTimeOffset(now + measured.Sample.Offset),
                    },
                },
            },
            NtpAnswer.Kiss { IsStarting: false } kiss => throw new RpcException(new Status(StatusCode.ResourceExhausted, $"{server}: {kiss.Problem}")),
            _ => throw new RpcException(new Status(StatusCode.Unavailable, $"{server}: {answer.Problem}")),
        };
    }
}
