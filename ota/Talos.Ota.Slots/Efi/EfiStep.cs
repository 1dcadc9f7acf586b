namespace Talos.Ota.Slots.Efi;

/// <summary>One change of the folder of boot files; each is on the medium before the next.</summary>
public abstract record EfiStep
{
    private EfiStep() { }

    /// <summary>Renames a file. A power cut may leave both names, which then share the file's clusters.</summary>
    public sealed record Rename(string From, string To) : EfiStep;

    /// <summary>Deletes a name.</summary>
    public sealed record Delete(string Name) : EfiStep;

    /// <summary>Copies a file's content to a new one.</summary>
    public sealed record Copy(string From, string To) : EfiStep;
}
