namespace Talos.Config;

/// <summary>Changes a machine config by patches, on its text: the result is checked by whoever reads it.</summary>
public static class ConfigPatcher
{
    /// <summary>Applies patches in order. A patch that is a list is a JSON patch (RFC 6902), else it is merged document by document.</summary>
    /// <param name="yaml">The config, all documents.</param>
    /// <param name="patches">Patches, YAML or JSON each.</param>
    /// <returns>The new config; comments are lost.</returns>
    /// <exception cref="ConfigException">The config or a patch cannot be read, or a patch does not fit.</exception>
    public static string Apply(string yaml, IEnumerable<string> patches)
    {
        List<Node> documents = Load(yaml);
        foreach (string patch in patches)
        {
            List<Node> parts = Load(patch);
            if (parts is [SequenceNode operations])
            {
                JsonPatch.Apply(documents, operations);
            }
            else
            {
                StrategicMerge.Apply(documents, parts);
            }
        }

        return NodeWriter.Write(documents);
    }

    /// <summary>Reads documents and makes them independent: what an anchor shared may be patched in one place.</summary>
    internal static List<Node> Load(string yaml)
    {
        if (yaml.Length > ConfigReader.MaxBytes)
        {
            throw new ConfigException($"{yaml.Length} characters are more than {ConfigReader.MaxBytes}");
        }

        List<ConfigProblem> problems = [];
        IReadOnlyList<Node> nodes = NodeLoader.Load(yaml, problems);
        return problems.Count == 0 ? [.. nodes.Select(n => n.Clone())] : throw new ConfigException(problems);
    }
}
