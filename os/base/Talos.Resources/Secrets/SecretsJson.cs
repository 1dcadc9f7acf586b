using System.Text.Json.Serialization;

namespace Talos.Resources.Secrets;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(OsRootSecret))]
[JsonSerializable(typeof(MaintenanceRootSecret))]
[JsonSerializable(typeof(CertSan))]
[JsonSerializable(typeof(ApiCertificate))]
[JsonSerializable(typeof(TrustdCertificate))]
internal sealed partial class SecretsJson : JsonSerializerContext;
