using Talos.Linux;

namespace Talos.Machined.Api.Filesystem;

/// <summary>File modes as clients read them: Go's <c>fs.FileMode</c>, not <c>st_mode</c>.</summary>
internal static class GoFileMode
{
    private const uint Directory = 1u << 31;
    private const uint SymbolicLink = 1u << 27;
    private const uint Device = 1u << 26;
    private const uint NamedPipe = 1u << 25;
    private const uint Socket = 1u << 24;
    private const uint SetUid = 1u << 23;
    private const uint SetGid = 1u << 22;
    private const uint CharacterDevice = 1u << 21;
    private const uint Sticky = 1u << 20;
    private const uint Irregular = 1u << 19;

    /// <summary>Converts type and permission bits.</summary>
    public static uint From(uint mode)
    {
        uint result = mode & 0x1ff;
        result |= (FileType)(mode & 0xF000) switch
        {
            FileType.Regular => 0,
            FileType.Directory => Directory,
            FileType.SymbolicLink => SymbolicLink,
            FileType.BlockDevice => Device,
            FileType.CharacterDevice => Device | CharacterDevice,
            FileType.Fifo => NamedPipe,
            FileType.Socket => Socket,
            _ => Irregular,
        };
        result |= (mode & 0x800) != 0 ? SetUid : 0;
        result |= (mode & 0x400) != 0 ? SetGid : 0;
        result |= (mode & 0x200) != 0 ? Sticky : 0;
        return result;
    }
}
