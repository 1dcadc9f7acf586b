namespace Talos.Config;

/// <summary>What <see cref="FileConfiguration"/> does.</summary>
public enum FileOperation
{
    /// <summary>Creates the file; it must not exist yet.</summary>
    Create,

    /// <summary>Appends to the file.</summary>
    Append,

    /// <summary>Replaces the file.</summary>
    Overwrite,
}
