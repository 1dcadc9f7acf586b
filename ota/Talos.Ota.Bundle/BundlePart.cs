namespace Talos.Ota.Bundle;

/// <summary>The part of a slot a payload fills.</summary>
public enum BundlePart
{
    /// <summary>The root partition: file system with its hash tree.</summary>
    Root,

    /// <summary>The boot file: kernel, initramfs and command line, without the name of a slot.</summary>
    Boot,
}
