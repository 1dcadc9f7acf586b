using System.Text.Json.Serialization;

namespace Talos.Resources.Runtime;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(ServiceSpec))]
[JsonSerializable(typeof(ServiceStatus))]
[JsonSerializable(typeof(MachineStatus))]
[JsonSerializable(typeof(UnmetCondition))]
[JsonSerializable(typeof(WatchdogTimerStatus))]
internal sealed partial class RuntimeJson : JsonSerializerContext;
