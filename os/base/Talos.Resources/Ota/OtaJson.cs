using System.Text.Json.Serialization;

namespace Talos.Resources.Ota;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(SlotStatus))]
[JsonSerializable(typeof(UpdateStatus))]
[JsonSerializable(typeof(TrialStatus))]
[JsonSerializable(typeof(FailedVersion))]
internal sealed partial class OtaJson : JsonSerializerContext;
