using System.Text.Json.Serialization;

namespace Talos.Resources.Time;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(TimeStatus))]
[JsonSerializable(typeof(AdjtimeStatus))]
internal sealed partial class TimeJson : JsonSerializerContext;
