using System.Collections.Concurrent;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Talos.Api.Cosi;
using Talos.Api.Machine;
using Talos.Api.Ota;
using Talos.Rpc.Errors;
using Talos.Rpc.Hosting;
using ListRequest = Talos.Api.Cosi.ListRequest;

namespace Talos.Fleet.Agent.Tests.Real;

/// <summary>machined's socket with as much of its API as the agent reads.</summary>
internal sealed class FakeMachined : IAsyncDisposable
{
    /// <summary>The release of the wire API, which is not the system's.</summary>
    public const string WireVersion = "v1.13.9";

    public const string SystemVersion = "v0.4.2";

    private readonly Machine _machine = new();
    private WebApplication? _app;

    public async Task StartAsync(string socket, CancellationToken ct) => _app = await UnixGrpcServer.StartAsync(
        socket, new ErrorMapping(), NullLoggerFactory.Instance,
        services =>
        {
            services.AddSingleton(_machine);
            services.AddSingleton<Resources>();
            services.AddSingleton(new Updates(this));
        },
        app =>
        {
            app.MapGrpcService<Machine>();
            app.MapGrpcService<Resources>();
            app.MapGrpcService<Updates>();
        },
        ct);

    public void Fail(string service, string message) => _machine.Publish(new ServiceStateEvent
    {
        Service = service,
        Action = ServiceStateEvent.Types.Action.Failed,
        Message = message,
    });

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            _machine.End();
            await _app.DisposeAsync();
        }
    }

    /// <summary>What was ordered to be installed.</summary>
    public ConcurrentQueue<InstallOptions> Installs { get; } = new();

    private sealed class Resources : State.StateBase
    {
        public override async Task List(ListRequest request, IServerStreamWriter<ListResponse> responseStream, ServerCallContext context)
        {
            IEnumerable<(string Id, string Yaml)> all = request.Type switch
            {
                "StaticPods.kubernetes.talos.dev" => [("default-web", "pod:\n    metadata:\n        annotations:\n            talos.dev/forbid-disruption: 6h\n")],
                "DiskHealths.edge.talos.dev" => [("nvme0n1", DiskFactsTests.Worn)],
                _ => PodCountsTests.Pods.Select((p, i) => ($"default/web-{i}", p)),
            };
            foreach ((string id, string yaml) in all)
            {
                await responseStream.WriteAsync(new ListResponse { Resource = new Resource { Metadata = new Talos.Api.Cosi.Metadata { Id = id }, Spec = new Spec { YamlSpec = yaml } } });
            }
        }

        public override Task<GetResponse> Get(GetRequest request, ServerCallContext context) => Task.FromResult(new GetResponse
        {
            Resource = new Resource
            {
                Spec = new Spec
                {
                    YamlSpec = request.Type switch
                    {
                        "TimeStatuses.v1alpha1.talos.dev" => "synced: true\nepoch: 0\nsyncDisabled: false\n",
                        "MachineStatuses.runtime.talos.dev" => "stage: running\nstatus:\n    ready: true\n    unmetConditions: []\n",
                        "KubeletStatuses.kubernetes.talos.dev" => PodCountsTests.Kubelet,
                        _ => "addresses:\n    - 10.0.2.15/24\n    - fe80::1/64\n",
                    },
                },
            },
        });
    }

    private sealed class Updates(FakeMachined machined) : UpdateService.UpdateServiceBase
    {
        public override async Task Install(IAsyncStreamReader<InstallRequest> requestStream, IServerStreamWriter<InstallResponse> responseStream, ServerCallContext context)
        {
            await requestStream.MoveNext(context.CancellationToken);
            machined.Installs.Enqueue(requestStream.Current.Options);
            throw new RpcException(new Status(StatusCode.FailedPrecondition, "bundle v2: its id is another one"));
        }

        public override Task<StatusResponse> Status(StatusRequest request, ServerCallContext context) =>
            Task.FromResult(new StatusResponse
            {
                State = UpdateState.Writing,
                RunningSlot = "A",
                RunningVersion = SystemVersion,
                Progress = new InstallResponse { DoneBytes = 2L << 30, TotalBytes = 3L << 30 },
            });

        public override Task<SlotsResponse> Slots(SlotsRequest request, ServerCallContext context)
        {
            SlotsResponse answer = new();
            answer.Slots.Add(new Slot { Id = "A", Version = SystemVersion, Condition = Talos.Api.Ota.SlotCondition.Good });
            return Task.FromResult(answer);
        }
    }

    private sealed class Machine : MachineService.MachineServiceBase
    {
        private readonly List<Talos.Api.Machine.Event> _events = [];
        private volatile bool _ended;

        public void End() => _ended = true;

        public void Publish(ServiceStateEvent e)
        {
            lock (_events)
            {
                _events.Add(new Talos.Api.Machine.Event { Id = $"e-{_events.Count:D8}", Data = Any.Pack(e, "talos/runtime") });
            }
        }

        public override Task<VersionResponse> Version(Empty request, ServerCallContext context)
        {
            VersionResponse answer = new();
            answer.Messages.Add(new Talos.Api.Machine.Version { Version_ = new Talos.Api.Machine.VersionInfo { Tag = WireVersion, Arch = "arm64" } });
            return Task.FromResult(answer);
        }

        public override Task<HostnameResponse> Hostname(Empty request, ServerCallContext context)
        {
            HostnameResponse answer = new();
            answer.Messages.Add(new Hostname { Hostname_ = "edge" });
            return Task.FromResult(answer);
        }

        public override Task<ServiceListResponse> ServiceList(Empty request, ServerCallContext context)
        {
            ServiceListResponse answer = new();
            answer.Messages.Add(new ServiceList { Services = { new ServiceInfo { Id = "kubelet", Health = new ServiceHealth { Healthy = true } } } });
            return Task.FromResult(answer);
        }

        public override async Task Events(EventsRequest request, IServerStreamWriter<Talos.Api.Machine.Event> responseStream, ServerCallContext context)
        {
            int at = request.TailId.Length > 0 ? int.Parse(request.TailId.AsSpan(2), System.Globalization.CultureInfo.InvariantCulture) + 1 : 0;
            while (!_ended && !context.CancellationToken.IsCancellationRequested)
            {
                Talos.Api.Machine.Event? next;
                lock (_events)
                {
                    next = at < _events.Count ? _events[at] : null;
                }

                if (next is null)
                {
                    await Task.Delay(20, context.CancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                    continue;
                }

                at++;
                await responseStream.WriteAsync(next, context.CancellationToken);
            }
        }
    }
}
