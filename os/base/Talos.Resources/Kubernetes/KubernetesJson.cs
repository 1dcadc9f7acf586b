using System.Text.Json.Serialization;

namespace Talos.Resources.Kubernetes;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(KubeletSpec))]
[JsonSerializable(typeof(KubeletStatus))]
[JsonSerializable(typeof(Nodename))]
[JsonSerializable(typeof(StaticPod))]
[JsonSerializable(typeof(StaticPodStatus))]
internal sealed partial class KubernetesJson : JsonSerializerContext;
