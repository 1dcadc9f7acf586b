using System.Text.Json.Serialization;

namespace Talos.Resources.Network;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(LinkSpec))]
[JsonSerializable(typeof(LinkStatus))]
[JsonSerializable(typeof(AddressSpec))]
[JsonSerializable(typeof(AddressStatus))]
[JsonSerializable(typeof(RouteSpec))]
[JsonSerializable(typeof(RouteStatus))]
[JsonSerializable(typeof(HostnameSpec))]
[JsonSerializable(typeof(HostnameStatus))]
[JsonSerializable(typeof(ResolverSpec))]
[JsonSerializable(typeof(ResolverStatus))]
[JsonSerializable(typeof(TimeServerSpec))]
[JsonSerializable(typeof(TimeServerStatus))]
[JsonSerializable(typeof(OperatorSpec))]
[JsonSerializable(typeof(NodeAddress))]
[JsonSerializable(typeof(NetworkStatus))]
[JsonSerializable(typeof(EtcFilesStatus))]
internal sealed partial class NetworkJson : JsonSerializerContext;
