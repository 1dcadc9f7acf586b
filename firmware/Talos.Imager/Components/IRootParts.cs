namespace Talos.Imager.Components;

/// <summary>What a component of the lock brings into the root file system.</summary>
internal interface IRootParts
{
    /// <summary>Name in our code; the same over versions.</summary>
    string Name { get; }

    /// <summary>Files of the root file system.</summary>
    IReadOnlyList<FileRule> Root { get; }

    /// <summary>Symbolic links of the root: path, and what it points to.</summary>
    IReadOnlyDictionary<string, string> Links { get; }

    /// <summary>Files of the root made by joining files: path in the root, and the pattern of its parts.</summary>
    IReadOnlyDictionary<string, string> Bundles { get; }
}
