using System.Text.Json.Serialization;

namespace Talos.Resources.Kernel;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(KernelCmdline))]
[JsonSerializable(typeof(KernelParamSpec))]
[JsonSerializable(typeof(KernelParamDefaultSpec))]
[JsonSerializable(typeof(KernelParamStatus))]
[JsonSerializable(typeof(KernelModuleSpec))]
[JsonSerializable(typeof(KernelModuleStatus))]
internal sealed partial class KernelJson : JsonSerializerContext;
