namespace Talos.Disks.Meta;

/// <summary>What a value in META is for. Numbers as other tools of the Talos wire format know them.</summary>
public static class MetaTag
{
    /// <summary>From here on tags hold what the system itself relies on: the update engine's journal, floor and trust. Nobody changes them over an API.</summary>
    public const uint FirstOfSystem = 0x80;

    /// <summary>Boot entry to go back to when the update fails.</summary>
    public const uint Upgrade = 6;
    /// <summary>Image of a staged upgrade.</summary>
    public const uint StagedUpgradeImage = 7;
    /// <summary>Options of a staged upgrade, JSON.</summary>
    public const uint StagedUpgradeOptions = 8;
    /// <summary>How STATE is encrypted, JSON.</summary>
    public const uint StateEncryption = 9;
    /// <summary>Network config, YAML.</summary>
    public const uint NetworkConfig = 10;
    /// <summary>Code for the download of the machine config.</summary>
    public const uint DownloadCode = 11;
    /// <summary>First of three for the user.</summary>
    public const uint User1 = 12;
    /// <summary>Second of three for the user.</summary>
    public const uint User2 = 13;
    /// <summary>Third of three for the user.</summary>
    public const uint User3 = 14;
    /// <summary>Replaces the hardware's UUID.</summary>
    public const uint UuidOverride = 15;
    /// <summary>Token of this machine.</summary>
    public const uint UniqueToken = 16;
    /// <summary>Boot loader of the disk image.</summary>
    public const uint DiskImageBootloader = 17;
    /// <summary>The GUID of the partition table the values belong to, as text. Ours, like all from 0x80 on.</summary>
    public const uint DiskIdentity = 0x90;
}
