using System.Text.Json.Serialization;

namespace Talos.Fleet.Protocol;

/// <summary>How messages are written: camel case, what is absent is left out, repeated members are errors.</summary>
/// <remarks>Read untrusted bytes with <see cref="FleetMessages"/>, which also knows sizes and ranges.</remarks>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, MaxDepth = 8,
    Converters = [typeof(WireTimeConverter)])]
[JsonSerializable(typeof(Presence))]
[JsonSerializable(typeof(ReportedState))]
[JsonSerializable(typeof(Telemetry))]
[JsonSerializable(typeof(EventBatch))]
[JsonSerializable(typeof(EventAck))]
[JsonSerializable(typeof(CommandResult))]
[JsonSerializable(typeof(DesiredState))]
[JsonSerializable(typeof(Command))]
[JsonSerializable(typeof(SignedEnvelope))]
[JsonSerializable(typeof(EnrollRequest))]
[JsonSerializable(typeof(RenewRequest))]
[JsonSerializable(typeof(EnrollResponse))]
[JsonSerializable(typeof(HubError))]
public sealed partial class FleetJson : JsonSerializerContext;
