using System.Text.Json.Serialization;

namespace Talos.Resources.Block;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(Disk))]
[JsonSerializable(typeof(SystemDisk))]
[JsonSerializable(typeof(DiscoveredVolume))]
[JsonSerializable(typeof(VolumeConfig))]
[JsonSerializable(typeof(VolumeStatus))]
[JsonSerializable(typeof(MountStatus))]
[JsonSerializable(typeof(MetaKey))]
[JsonSerializable(typeof(DiskHealth))]
internal sealed partial class BlockJson : JsonSerializerContext;
