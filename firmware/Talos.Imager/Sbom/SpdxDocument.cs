using System.Text;
using System.Text.Json;
using Talos.Imager.Components;

namespace Talos.Imager.Sbom;

/// <summary>The bill of materials of an image.</summary>
/// <remarks>Source: SPDX specification 2.3, JSON.</remarks>
internal static class SpdxDocument
{
    private const string ImageId = "SPDXRef-Image";
    private const string DocumentId = "SPDXRef-DOCUMENT";

    /// <summary>Writes the document; the same input gives the same bytes.</summary>
    /// <param name="image">Name of the image.</param>
    /// <param name="release">Its release.</param>
    /// <param name="imageSha256">SHA-256 of the raw image; also makes the document's namespace unique.</param>
    /// <param name="components">What went in.</param>
    /// <param name="substitutions">What stands for something the lock pins, tools of the build too; one line each.</param>
    public static byte[] Create(
        string image, string release, string imageSha256, IReadOnlyCollection<ComponentTree> components, IReadOnlyCollection<string>? substitutions = null)
    {
        List<ComponentTree> ordered = [.. components.OrderBy(c => c.Name, StringComparer.Ordinal)];
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            json.WriteStartObject();
            json.WriteString("spdxVersion", "SPDX-2.3");
            json.WriteString("dataLicense", "CC0-1.0");
            json.WriteString("SPDXID", DocumentId);
            json.WriteString("name", image);
            json.WriteString("documentNamespace", $"https://talos.dev/spdx/{image}-{imageSha256}");
            if (substitutions is { Count: > 0 })
            {
                json.WriteString("comment", string.Join('\n', substitutions));
            }

            WriteCreation(json);
            WritePackages(json, image, release, imageSha256, ordered);
            WriteRelations(json, ordered);
            json.WriteEndObject();
        }

        stream.Write("\n"u8);
        return stream.ToArray();
    }

    // The format wants a time; a fixed one keeps builds of the same input alike.
    private static void WriteCreation(Utf8JsonWriter json)
    {
        json.WriteStartObject("creationInfo");
        json.WriteString("created", "1980-01-01T00:00:00Z");
        json.WriteStartArray("creators");
        json.WriteStringValue("Tool: imager");
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WritePackages(Utf8JsonWriter json, string image, string release, string imageSha256, List<ComponentTree> components)
    {
        json.WriteStartArray("packages");
        WritePackage(json, ImageId, new ComponentTree(image, release, "MPL-2.0", "", imageSha256));
        foreach (ComponentTree component in components)
        {
            WritePackage(json, IdOf(component), component);
        }

        json.WriteEndArray();
    }

    private static void WritePackage(Utf8JsonWriter json, string id, ComponentTree component)
    {
        json.WriteStartObject();
        json.WriteString("SPDXID", id);
        json.WriteString("name", component.Name);
        json.WriteString("versionInfo", component.Version);
        json.WriteString("downloadLocation", Uri.IsWellFormedUriString(component.Source, UriKind.Absolute) ? component.Source : "NOASSERTION");
        json.WriteBoolean("filesAnalyzed", false);
        json.WriteString("licenseConcluded", "NOASSERTION");
        json.WriteString("licenseDeclared", component.License);
        json.WriteString("copyrightText", "NOASSERTION");
        if (component.Source.Length > 0)
        {
            json.WriteString("sourceInfo", component.Source);
        }

        if (component.Replaces.Length > 0)
        {
            json.WriteString("comment", $"stands for {component.Replaces}, which is what components.lock pins");
        }

        json.WriteStartArray("checksums");
        json.WriteStartObject();
        json.WriteString("algorithm", component.Checksum.Length == 128 ? "SHA512" : "SHA256");
        json.WriteString("checksumValue", component.Checksum);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteRelations(Utf8JsonWriter json, List<ComponentTree> components)
    {
        json.WriteStartArray("relationships");
        WriteRelation(json, DocumentId, "DESCRIBES", ImageId);
        foreach (ComponentTree component in components)
        {
            WriteRelation(json, ImageId, "CONTAINS", IdOf(component));
        }

        json.WriteEndArray();
    }

    private static void WriteRelation(Utf8JsonWriter json, string from, string kind, string to)
    {
        json.WriteStartObject();
        json.WriteString("spdxElementId", from);
        json.WriteString("relationshipType", kind);
        json.WriteString("relatedSpdxElement", to);
        json.WriteEndObject();
    }

    // Identifiers have letters, digits, dot and dash only.
    private static string IdOf(ComponentTree component)
    {
        StringBuilder id = new("SPDXRef-Package-");
        foreach (char c in component.Name)
        {
            id.Append(char.IsAsciiLetterOrDigit(c) || c is '.' or '-' ? c : '-');
        }

        return id.ToString();
    }
}
