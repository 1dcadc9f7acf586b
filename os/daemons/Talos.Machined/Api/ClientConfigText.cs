using System.Text;
using System.Text.Json;
using Talos.Pki;
using Talos.Rpc.ResourceState;

namespace Talos.Machined.Api;

/// <summary>Writes a talosconfig with one context.</summary>
internal static class ClientConfigText
{
    /// <summary>The YAML text.</summary>
    /// <param name="name">Name of the context.</param>
    /// <param name="authorityPem">The CA of the node.</param>
    /// <param name="client">The client's certificate.</param>
    public static string Write(string name, string authorityPem, CertificateAndKey client)
    {
        using MemoryStream json = new();
        using (Utf8JsonWriter writer = new(json))
        {
            writer.WriteStartObject();
            writer.WriteString("context", name);
            writer.WriteStartObject("contexts");
            writer.WriteStartObject(name);
            writer.WriteStartArray("endpoints");
            writer.WriteEndArray();
            writer.WriteBase64String("ca", Encoding.UTF8.GetBytes(authorityPem));
            writer.WriteBase64String("crt", Encoding.UTF8.GetBytes(client.CertificatePem));
            writer.WriteBase64String("key", Encoding.UTF8.GetBytes(client.KeyPem.Reveal()));
            writer.WriteEndObject();
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        using var document = JsonDocument.Parse(json.ToArray());
        return YamlText.From(document.RootElement);
    }
}
