using System.Globalization;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Talos.Cosi;
using Wire = Talos.Api.Cosi;

namespace Talos.Rpc.ResourceState;

/// <summary>Resources as they travel.</summary>
internal static class WireResource
{
    public static Wire.Resource From(Resource resource, SpecFormat format) => new()
    {
        Metadata = From(resource.Metadata, format),
        Spec = new Wire.Spec
        {
            ProtoSpec = format.Proto is { } proto ? ByteString.CopyFrom(proto(resource)) : ByteString.Empty,
            YamlSpec = format.Yaml is { } yaml ? yaml(resource) : Yaml(resource.SpecAsJson()),
        },
    };

    /// <summary>What stands for a resource that does not exist when a watch of it begins.</summary>
    public static Wire.Resource Absent(ResourceAddress address) => new()
    {
        Metadata = new Wire.Metadata
        {
            Namespace = address.Namespace,
            Type = address.Type,
            Id = address.Id,
            Version = "undefined",
            Phase = "running",
        },
        Spec = new Wire.Spec { YamlSpec = "{}\n" },
    };

    private static Wire.Metadata From(Metadata metadata, SpecFormat format)
    {
        Wire.Metadata wire = new()
        {
            Namespace = metadata.Address.Namespace,
            Type = metadata.Address.Type,
            Id = metadata.Address.Id,
            Version = metadata.Version == 0 ? "undefined" : metadata.Version.ToString(CultureInfo.InvariantCulture),
            Owner = metadata.Owner,
            Phase = metadata.Phase is ResourcePhase.Running ? "running" : "tearingDown",
            Created = Timestamp.FromDateTimeOffset(metadata.Created),
            Updated = Timestamp.FromDateTimeOffset(metadata.Updated),
        };
        wire.Finalizers.AddRange(metadata.Finalizers);
        foreach ((string key, string value) in metadata.Labels)
        {
            wire.Labels[key] = value;
        }

        foreach ((string key, string value) in metadata.Annotations.Concat(format.Annotations))
        {
            wire.Annotations[key] = value;
        }

        return wire;
    }

    private static string Yaml(byte[] json)
    {
        using var document = JsonDocument.Parse(json);
        return YamlText.From(document.RootElement);
    }
}
