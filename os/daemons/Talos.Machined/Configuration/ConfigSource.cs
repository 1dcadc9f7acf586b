namespace Talos.Machined.Configuration;

/// <summary>Where the config in effect came from at boot.</summary>
internal enum ConfigSource
{
    /// <summary>There is none: maintenance.</summary>
    None,

    /// <summary>The current one.</summary>
    Current,

    /// <summary>The last good one, because the current one could not be used.</summary>
    LastGood,

    /// <summary>There is one that cannot be used, and none to take instead. The node is somebody's: this is not maintenance.</summary>
    Damaged,
}
