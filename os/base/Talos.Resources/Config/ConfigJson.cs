using System.Text.Json.Serialization;

namespace Talos.Resources.Config;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(MachineConfig))]
[JsonSerializable(typeof(MachineType))]
[JsonSerializable(typeof(ConfigStatus))]
internal sealed partial class ConfigJson : JsonSerializerContext;
