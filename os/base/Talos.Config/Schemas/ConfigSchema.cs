namespace Talos.Config;

/// <summary>Every type of the machine config, read once from the texts beside.</summary>
internal static class ConfigSchema
{
    private static readonly SchemaParser Parser = new SchemaParser()
        .Add(MachineSchema.Text)
        .Add(ClusterSchema.Text)
        .Add(NetworkSchema.Text)
        .Add(KubernetesSchema.Text)
        .Add(RuntimeSchema.Text);

    private static readonly ObjectType Common = Parser.Types["Document"];

    /// <summary>The document with <c>version: v1alpha1</c>.</summary>
    public static ObjectType V1Alpha1 { get; } = Parser.Types["V1Alpha1"];

    /// <summary>The kinds of the other documents.</summary>
    public static IEnumerable<string> Kinds { get; } =
        [.. Parser.Types.Where(t => IsDocument(t.Key, t.Value)).Select(t => t.Key).Order(StringComparer.Ordinal)];

    /// <summary>The type of a document by its kind; null for a kind that is not known.</summary>
    public static ObjectType? Kind(string kind) =>
        Parser.Types.TryGetValue(kind, out ObjectType? type) && IsDocument(kind, type) ? type : null;

    /// <summary>False: the kind is accepted but has no effect on this node.</summary>
    public static bool HasEffect(string kind) => !Parser.WithoutEffect.Contains(kind);

    private static bool IsDocument(string name, ObjectType type) =>
        name is not ("Document" or "Named" or "NamedLink") && Common.Fields.Keys.All(type.Fields.ContainsKey);
}
