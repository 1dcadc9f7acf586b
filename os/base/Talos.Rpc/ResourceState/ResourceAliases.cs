using Talos.Cosi;

namespace Talos.Rpc.ResourceState;

/// <summary>The names by which clients find a resource type.</summary>
public static class ResourceAliases
{
    /// <summary>All aliases of a type, in lower case: those declared, then those that follow from its name.</summary>
    public static IReadOnlyList<string> All(ResourceDefinition definition)
    {
        ArgumentNullException.ThrowIfNull(definition);
        string[] parts = definition.Type.Split('.');
        string plural = parts[0].ToLowerInvariant();
        List<string> all = [.. definition.Aliases, definition.DisplayType.ToLowerInvariant(), plural];

        for (int length = 2; length < parts.Length; length++)
        {
            all.Add(string.Join('.', parts[..length]).ToLowerInvariant());
        }

        string initials = string.Concat(parts[0].Where(char.IsAsciiLetterUpper)).ToLowerInvariant();
        all.Add(initials);
        if (!initials.EndsWith('s'))
        {
            all.Add(initials + "s");
        }

        return [.. all.Distinct(StringComparer.Ordinal)];
    }
}
