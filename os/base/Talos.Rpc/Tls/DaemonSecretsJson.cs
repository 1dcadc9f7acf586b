using System.Text.Json.Serialization;

namespace Talos.Rpc.Tls;

/// <summary>How the secrets of the daemons are written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(ApidSecrets))]
[JsonSerializable(typeof(TrustdSecrets))]
public sealed partial class DaemonSecretsJson : JsonSerializerContext;
