using System.Text.Json.Serialization.Metadata;

namespace Talos.Cosi;

/// <summary>What every resource spec declares about its type.</summary>
public interface IResourceSpec<TSelf> where TSelf : class, IResourceSpec<TSelf>
{
    /// <summary>Type name, namespace, columns and sensitivity.</summary>
    static abstract ResourceDefinition Definition { get; }

    /// <summary>How the spec is written as JSON, from which the API derives YAML; from a source-generated context.</summary>
    static abstract JsonTypeInfo<TSelf> Json { get; }
}

/// <summary>Static facts of a resource type.</summary>
/// <param name="Type">Full type name in plural, such as <c>HostnameSpecs.net.talos.dev</c>.</param>
/// <param name="Namespace">Namespace used when none is named.</param>
public sealed record ResourceDefinition(string Type, string Namespace)
{
    /// <summary>Aliases beside those that are derived from the type name.</summary>
    public ValueList<string> Aliases { get; init; }

    /// <summary>Columns of the table form, after namespace, type, id and version.</summary>
    public ValueList<PrintColumn> PrintColumns { get; init; }

    /// <summary>Whether reading needs the administrator's role.</summary>
    public bool Sensitive { get; init; }

    /// <summary>Singular type name without the domain, such as <c>HostnameSpec</c>.</summary>
    public string DisplayType { get; init; } = Singular(Type[..Type.IndexOf('.', StringComparison.Ordinal)]);

    private static string Singular(string plural) => plural switch
    {
        _ when plural.EndsWith("sses", StringComparison.Ordinal) => plural[..^2],
        _ when plural.EndsWith("uses", StringComparison.Ordinal) => plural[..^2],
        _ when plural.EndsWith("ies", StringComparison.Ordinal) => plural[..^3] + "y",
        _ when plural.EndsWith('s') => plural[..^1],
        _ => plural,
    };
}

/// <summary>One column of the table form.</summary>
/// <param name="Name">Heading.</param>
/// <param name="JsonPath">Path into the spec, such as <c>{.hostname}</c>.</param>
public sealed record PrintColumn(string Name, string JsonPath);
