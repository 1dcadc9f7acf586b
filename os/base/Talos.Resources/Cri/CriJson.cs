using System.Text.Json.Serialization;

namespace Talos.Resources.Cri;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(ImagePreloadStatus))]
[JsonSerializable(typeof(PreloadedArchiveStatus))]
internal sealed partial class CriJson : JsonSerializerContext;
