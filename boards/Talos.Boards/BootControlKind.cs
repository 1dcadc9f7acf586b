namespace Talos.Boards;

/// <summary>A mechanism by which the boot loader knows the slot to start and counts tries.</summary>
public enum BootControlKind
{
    /// <summary>systemd-boot with boot counting in file names; <c>efi</c>.</summary>
    Efi,

    /// <summary>Raspberry Pi: autoboot.txt and the tryboot flag; <c>rpi-tryboot</c>.</summary>
    RpiTryboot,

    /// <summary>U-Boot environment, redundant where the board has two copies; <c>uboot-env</c>.</summary>
    UBootEnv,

    /// <summary>NVIDIA Jetson: A/B state in EFI variables of its firmware; <c>jetson-efi</c>.</summary>
    JetsonEfi,
}
