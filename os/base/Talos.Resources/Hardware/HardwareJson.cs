using System.Text.Json.Serialization;

namespace Talos.Resources.Hardware;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(SystemInformation))]
[JsonSerializable(typeof(Processor))]
[JsonSerializable(typeof(MemoryModule))]
[JsonSerializable(typeof(PciDevice))]
[JsonSerializable(typeof(DevicesStatus))]
internal sealed partial class HardwareJson : JsonSerializerContext;
