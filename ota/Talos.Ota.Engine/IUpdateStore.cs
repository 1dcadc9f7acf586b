namespace Talos.Ota.Engine;

/// <summary>Small values that outlive a reboot, by tag: META.</summary>
public interface IUpdateStore
{
    /// <summary>The value; null when there is none.</summary>
    ReadOnlyMemory<byte>? Find(uint tag);

    /// <summary>Sets a value; on the medium when it returns. A power cut leaves the old or the new value.</summary>
    void Write(uint tag, ReadOnlySpan<byte> value);

    /// <summary>Removes a value; on the medium when it returns.</summary>
    void Delete(uint tag);
}

/// <summary>Tags of META that are the engine's; numbers from <c>0x80</c> on are ours.</summary>
public static class UpdateTags
{
    /// <summary>The journal.</summary>
    public const uint Journal = 0x80;

    /// <summary>The key set that was committed last.</summary>
    public const uint KeySet = 0x81;

    /// <summary>The key set of the bundle on trial.</summary>
    public const uint PendingKeySet = 0x82;
}
