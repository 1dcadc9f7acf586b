namespace Talos.Machined.Updates.Migrations;

/// <summary>One step of the format of the data on a volume, both ways. Formats count from 0; step n leads from format n-1 to n.</summary>
/// <remarks>
/// Before the step the machine copies what <see cref="Paths"/> name, and puts it back after a power cut in the middle;
/// so a step may write file after file. On a volume without data there is nothing to do.
/// </remarks>
internal interface IDataMigration
{
    /// <summary>What it changes, for people.</summary>
    string Name { get; }

    /// <summary>Files and folders it may write, relative to the volume; everything below a folder is copied.</summary>
    IReadOnlyList<string> Paths { get; }

    /// <summary>Brings the data to the new format.</summary>
    /// <param name="volume">Folder the volume is mounted on.</param>
    void Up(string volume);

    /// <summary>Brings the data back to the old format, what was changed since included.</summary>
    /// <param name="volume">Folder the volume is mounted on.</param>
    void Down(string volume);
}
