using System.Text.Json.Serialization;
using Talos.Fleet.Protocol;
using Talos.Fleet.Rollouts;

namespace Talos.Fleet.Api;

/// <summary>How the hub's REST interface writes and reads JSON: camel case, what is absent is left out, unknown members of requests are errors.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, MaxDepth = 16,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, Converters = [typeof(WireTimeConverter)])]
[JsonSerializable(typeof(FleetSummary))]
[JsonSerializable(typeof(Page<NodeSummary>))]
[JsonSerializable(typeof(NodeDetail))]
[JsonSerializable(typeof(LabelsRequest))]
[JsonSerializable(typeof(SettingsRequest))]
[JsonSerializable(typeof(Page<EventRecord>))]
[JsonSerializable(typeof(Page<TelemetryRecord>))]
[JsonSerializable(typeof(CommandRequest))]
[JsonSerializable(typeof(Page<CommandRecord>))]
[JsonSerializable(typeof(TokenRequest))]
[JsonSerializable(typeof(Page<TokenRecord>))]
[JsonSerializable(typeof(Page<RolloutView>))]
[JsonSerializable(typeof(RolloutHead))]
[JsonSerializable(typeof(Page<NodeProgress>))]
[JsonSerializable(typeof(Page<HeldBackRecord>))]
[JsonSerializable(typeof(Page<BundleRecord>))]
[JsonSerializable(typeof(Page<AuditRecord>))]
[JsonSerializable(typeof(HubError))]
public sealed partial class HubJson : JsonSerializerContext;
