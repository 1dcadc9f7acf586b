using System.Globalization;
using System.Runtime.InteropServices;

namespace Talos.Linux.Tests;

public sealed class AbiTests
{
    private static readonly Dictionary<string, long> Expected = Declared();

    private static unsafe Dictionary<string, long> Declared() => new()
    {
        ["O_CLOEXEC"] = 0x80000,
        ["O_NONBLOCK"] = (int)OpenFlags.NonBlocking,
        ["O_EXCL"] = (int)OpenFlags.Exclusive,
        ["O_NOCTTY"] = (int)OpenFlags.NoTerminal,
        ["O_APPEND"] = (int)OpenFlags.Append,
        ["O_RDWR"] = (int)OpenFlags.ReadWrite,
        ["O_WRONLY"] = (int)OpenFlags.WriteOnly,
        ["AT_FDCWD"] = -100,
        ["AT_SYMLINK_NOFOLLOW"] = 0x100,
        ["STATX_BASIC_STATS"] = 0x7FF,
        ["SYNC_FILE_RANGE_WAIT_BEFORE"] = PageCache.WaitBefore,
        ["SYNC_FILE_RANGE_WRITE"] = PageCache.StartWrite,
        ["SYNC_FILE_RANGE_WAIT_AFTER"] = PageCache.WaitAfter,
        ["POSIX_FADV_DONTNEED"] = PageCache.DontNeed,
        ["SEEK_END"] = PageCache.SeekEnd,
        ["MADV_DONTNEED"] = OwnMemory.DontNeed,
        ["sizeof_pollfd"] = sizeof(Descriptors.PollFd),
        ["POLLIN"] = 1,
        ["MS_RDONLY"] = (long)MountFlags.ReadOnly,
        ["MS_NOSUID"] = (long)MountFlags.NoSuid,
        ["MS_NODEV"] = (long)MountFlags.NoDev,
        ["MS_NOEXEC"] = (long)MountFlags.NoExec,
        ["MS_REMOUNT"] = (long)MountFlags.Remount,
        ["MS_DIRSYNC"] = (long)MountFlags.DirectorySync,
        ["MS_NOATIME"] = (long)MountFlags.NoAtime,
        ["MS_BIND"] = (long)MountFlags.Bind,
        ["MS_MOVE"] = (long)MountFlags.Move,
        ["MS_REC"] = (long)MountFlags.Recursive,
        ["MS_SILENT"] = (long)MountFlags.Silent,
        ["MS_PRIVATE"] = (long)MountFlags.Private,
        ["MS_SLAVE"] = (long)MountFlags.Slave,
        ["MS_SHARED"] = (long)MountFlags.Shared,
        ["MS_RELATIME"] = (long)MountFlags.RelAtime,
        ["MS_LAZYTIME"] = (long)MountFlags.LazyTime,
        ["sizeof_statx"] = sizeof(Statx),
        ["statx_stx_nlink"] = At<Statx>("Links"),
        ["statx_stx_uid"] = At<Statx>("Uid"),
        ["statx_stx_gid"] = At<Statx>("Gid"),
        ["statx_stx_mode"] = At<Statx>("Mode"),
        ["statx_stx_ino"] = At<Statx>("Inode"),
        ["statx_stx_size"] = At<Statx>("Size"),
        ["statx_stx_blocks"] = At<Statx>("Blocks"),
        ["statx_stx_mtime"] = At<Statx>("ModifiedSeconds"),
        ["statx_stx_rdev_major"] = At<Statx>("NodeMajor"),
        ["statx_stx_rdev_minor"] = At<Statx>("NodeMinor"),
        ["statx_stx_dev_major"] = At<Statx>("DeviceMajor"),
        ["statx_stx_dev_minor"] = At<Statx>("DeviceMinor"),
        ["sizeof_statvfs"] = sizeof(StatVfs),
        ["statvfs_f_frsize"] = At<StatVfs>("FragmentSize"),
        ["statvfs_f_blocks"] = At<StatVfs>("Blocks"),
        ["statvfs_f_bfree"] = At<StatVfs>("FreeBlocks"),
        ["statvfs_f_bavail"] = At<StatVfs>("AvailableBlocks"),
        ["statvfs_f_files"] = At<StatVfs>("Files"),
        ["statvfs_f_ffree"] = At<StatVfs>("FreeFiles"),
        ["sizeof_posix_spawnattr_t"] = Spawner.AttributesSize,
        ["sizeof_posix_spawn_file_actions_t"] = Spawner.FileActionsSize,
        ["sizeof_sigset_t"] = Spawner.SignalSetSize,
        ["POSIX_SPAWN_SETSIGDEF"] = Spawner.SetSignalDefaults,
        ["POSIX_SPAWN_SETSIGMASK"] = Spawner.SetSignalMask,
        ["POSIX_SPAWN_SETSID"] = Spawner.SetSession,
        ["sizeof_siginfo_t"] = sizeof(Reaper.SigInfo),
        ["siginfo_t_si_pid"] = At<Reaper.SigInfo>("Pid"),
        ["P_ALL"] = Reaper.AnyChild,
        ["WEXITED"] = Reaper.WaitExited,
        ["WNOWAIT"] = Reaper.WaitNoReap,
        ["SIG_SETMASK"] = ProcessImage.SetMask,
        ["SIGKILL"] = (int)Signal.SIGKILL,
        ["SIGTERM"] = (int)Signal.SIGTERM,
        ["SIGCHLD"] = (int)Signal.SIGCHLD,
        ["SIGPIPE"] = ProcessImage.SignalPipe,
        ["SIGCONT"] = (int)Signal.SIGCONT,
        ["SIGSTOP"] = (int)Signal.SIGSTOP,
        ["SIGPWR"] = (int)Signal.SIGPWR,
        ["SIGSYS"] = (int)Signal.SIGSYS,
        ["SIGUSR1"] = (int)Signal.SIGUSR1,
        ["SIGUSR2"] = (int)Signal.SIGUSR2,
        ["SIGBUS"] = (int)Signal.SIGBUS,
        ["PR_SET_CHILD_SUBREAPER"] = Reaper.SetChildSubreaper,
        ["PR_CAPBSET_DROP"] = ServiceLauncher.DropBounding,
        ["PR_SET_NO_NEW_PRIVS"] = ServiceLauncher.SetNoNewPrivileges,
        ["RLIMIT_NOFILE"] = ServiceLauncher.NoFileLimit,
        ["sizeof_rlimit"] = 16,
        ["RLIMIT_CORE"] = ServiceLauncher.CoreLimit,
        ["PR_SET_SECCOMP"] = SystemCallFilter.SetSeccomp,
        ["SECCOMP_MODE_FILTER"] = SystemCallFilter.FilterMode,
        ["SECCOMP_RET_ALLOW"] = SystemCallFilter.Allow,
        ["SECCOMP_RET_KILL_PROCESS"] = SystemCallFilter.KillProcess,
        ["SECCOMP_RET_ERRNO"] = SystemCallFilter.Errno,
        ["AUDIT_ARCH_X86_64"] = SystemCallFilter.AuditX64,
        ["AUDIT_ARCH_AARCH64"] = SystemCallFilter.AuditArm64,
        ["BPF_LD_W_ABS"] = SystemCallFilter.LoadWord,
        ["BPF_JMP_JEQ_K"] = SystemCallFilter.JumpEqual,
        ["BPF_JMP_JGE_K"] = SystemCallFilter.JumpAtLeast,
        ["BPF_RET_K"] = SystemCallFilter.Return,
        ["sizeof_seccomp_filter"] = sizeof(SystemCallFilter.Instruction),
        ["sizeof_seccomp_fprog"] = sizeof(SystemCallFilter.Program),
        ["seccomp_fprog_filter"] = At<SystemCallFilter.Program>("Instructions"),
        ["sizeof_seccomp_data"] = 64,
        ["seccomp_data_nr"] = SystemCallFilter.NumberOffset,
        ["seccomp_data_arch"] = SystemCallFilter.ArchitectureOffset,
        ["CAP_CHOWN"] = (int)Capability.Chown,
        ["CAP_DAC_OVERRIDE"] = (int)Capability.DacOverride,
        ["CAP_DAC_READ_SEARCH"] = (int)Capability.DacReadSearch,
        ["CAP_FOWNER"] = (int)Capability.Fowner,
        ["CAP_FSETID"] = (int)Capability.Fsetid,
        ["CAP_KILL"] = (int)Capability.Kill,
        ["CAP_SETGID"] = (int)Capability.Setgid,
        ["CAP_SETUID"] = (int)Capability.Setuid,
        ["CAP_SETPCAP"] = (int)Capability.Setpcap,
        ["CAP_LINUX_IMMUTABLE"] = (int)Capability.LinuxImmutable,
        ["CAP_NET_BIND_SERVICE"] = (int)Capability.NetBindService,
        ["CAP_NET_BROADCAST"] = (int)Capability.NetBroadcast,
        ["CAP_NET_ADMIN"] = (int)Capability.NetAdmin,
        ["CAP_NET_RAW"] = (int)Capability.NetRaw,
        ["CAP_IPC_LOCK"] = (int)Capability.IpcLock,
        ["CAP_IPC_OWNER"] = (int)Capability.IpcOwner,
        ["CAP_SYS_MODULE"] = (int)Capability.SysModule,
        ["CAP_SYS_RAWIO"] = (int)Capability.SysRawio,
        ["CAP_SYS_CHROOT"] = (int)Capability.SysChroot,
        ["CAP_SYS_PTRACE"] = (int)Capability.SysPtrace,
        ["CAP_SYS_PACCT"] = (int)Capability.SysPacct,
        ["CAP_SYS_ADMIN"] = (int)Capability.SysAdmin,
        ["CAP_SYS_BOOT"] = (int)Capability.SysBoot,
        ["CAP_SYS_NICE"] = (int)Capability.SysNice,
        ["CAP_SYS_RESOURCE"] = (int)Capability.SysResource,
        ["CAP_SYS_TIME"] = (int)Capability.SysTime,
        ["CAP_SYS_TTY_CONFIG"] = (int)Capability.SysTtyConfig,
        ["CAP_MKNOD"] = (int)Capability.Mknod,
        ["CAP_LEASE"] = (int)Capability.Lease,
        ["CAP_AUDIT_WRITE"] = (int)Capability.AuditWrite,
        ["CAP_AUDIT_CONTROL"] = (int)Capability.AuditControl,
        ["CAP_SETFCAP"] = (int)Capability.Setfcap,
        ["CAP_MAC_OVERRIDE"] = (int)Capability.MacOverride,
        ["CAP_MAC_ADMIN"] = (int)Capability.MacAdmin,
        ["CAP_SYSLOG"] = (int)Capability.Syslog,
        ["CAP_WAKE_ALARM"] = (int)Capability.WakeAlarm,
        ["CAP_BLOCK_SUSPEND"] = (int)Capability.BlockSuspend,
        ["CAP_AUDIT_READ"] = (int)Capability.AuditRead,
        ["CAP_PERFMON"] = (int)Capability.Perfmon,
        ["CAP_BPF"] = (int)Capability.Bpf,
        ["CAP_CHECKPOINT_RESTORE"] = (int)Capability.CheckpointRestore,
        ["LINUX_REBOOT_CMD_RESTART"] = (uint)RebootCommand.Restart,
        ["LINUX_REBOOT_CMD_HALT"] = (uint)RebootCommand.Halt,
        ["LINUX_REBOOT_CMD_POWER_OFF"] = (uint)RebootCommand.PowerOff,
        ["LINUX_REBOOT_CMD_KEXEC"] = (uint)RebootCommand.Kexec,
        ["LINUX_REBOOT_CMD_RESTART2"] = Machine.RestartWithArgument,
        ["LINUX_REBOOT_MAGIC1"] = Machine.Magic1,
        ["LINUX_REBOOT_MAGIC2"] = Machine.Magic2,
        ["LINUX_REBOOT_CMD_CAD_OFF"] = (uint)RebootCommand.DisableCtrlAltDel,
        ["utsname_release"] = 2 * KernelName.Field,
        ["sizeof_utsname"] = 6 * KernelName.Field,
        ["MODULE_INIT_COMPRESSED_FILE"] = KernelModules.CompressedFile,
        ["sizeof_dm_ioctl"] = DeviceMapper.HeaderSize,
        ["sizeof_dm_target_spec"] = DeviceMapper.TargetSize,
        ["dm_ioctl_data_size"] = 12,
        ["dm_ioctl_data_start"] = 16,
        ["dm_ioctl_target_count"] = 20,
        ["dm_ioctl_flags"] = 28,
        ["dm_ioctl_dev"] = 40,
        ["dm_ioctl_name"] = 48,
        ["dm_target_spec_length"] = 8,
        ["dm_target_spec_next"] = 20,
        ["dm_target_spec_target_type"] = 24,
        ["DM_DEV_CREATE"] = 0xC138FD00 | DeviceMapper.Create,
        ["DM_DEV_REMOVE"] = 0xC138FD00 | DeviceMapper.Remove,
        ["DM_DEV_SUSPEND"] = 0xC138FD00 | DeviceMapper.Suspend,
        ["DM_TABLE_LOAD"] = 0xC138FD00 | DeviceMapper.TableLoad,
        ["DM_READONLY_FLAG"] = DeviceMapper.ReadOnlyFlag,
        ["CLOCK_REALTIME"] = SystemClock.Realtime,
        ["CLOCK_BOOTTIME"] = SystemClock.BootTime,
        ["sizeof_timespec"] = sizeof(SystemClock.TimeSpec),
        ["sizeof_timex"] = sizeof(SystemClock.Timex),
        ["timex_modes"] = At<SystemClock.Timex>("Modes"),
        ["timex_offset"] = At<SystemClock.Timex>("Offset"),
        ["timex_maxerror"] = At<SystemClock.Timex>("MaxError"),
        ["timex_esterror"] = At<SystemClock.Timex>("EstimatedError"),
        ["timex_status"] = At<SystemClock.Timex>("Status"),
        ["timex_constant"] = At<SystemClock.Timex>("Constant"),
        ["ADJ_OFFSET"] = SystemClock.ModeOffset,
        ["ADJ_MAXERROR"] = SystemClock.ModeMaxError,
        ["ADJ_ESTERROR"] = SystemClock.ModeEstimatedError,
        ["ADJ_STATUS"] = SystemClock.ModeStatus,
        ["ADJ_TIMECONST"] = SystemClock.ModeTimeConstant,
        ["ADJ_NANO"] = SystemClock.ModeNano,
        ["STA_PLL"] = SystemClock.StatusPll,
        ["STA_UNSYNC"] = SystemClock.StatusUnsynchronized,
        ["RTC_RD_TIME"] = (long)HardwareClock.ReadTime,
        ["RTC_SET_TIME"] = (long)HardwareClock.SetTime,
        ["sizeof_rtc_time"] = 9 * sizeof(int),
        ["WDIOC_KEEPALIVE"] = (long)Watchdog.WdiocKeepAlive,
        ["WDIOC_SETTIMEOUT"] = (long)Watchdog.WdiocSetTimeout,
        ["SOL_SOCKET"] = PeerCredentials.SolSocket,
        ["SO_PEERCRED"] = PeerCredentials.SoPeerCred,
        ["sizeof_ucred"] = 12,
        ["AF_PACKET"] = PacketSocket.AF_PACKET,
        ["SO_ATTACH_FILTER"] = PacketSocket.SO_ATTACH_FILTER,
        ["sizeof_sock_fprog"] = sizeof(PacketSocket.FilterProgram),
        ["sock_fprog_filter"] = At<PacketSocket.FilterProgram>("Instructions"),
        ["sizeof_sock_filter"] = sizeof(FilterInstruction),
        ["sock_filter_k"] = 4,
        ["sizeof_sockaddr_ll"] = sizeof(PacketSocket.LinkAddress),
        ["sockaddr_ll_sll_ifindex"] = At<PacketSocket.LinkAddress>("LinkIndex"),
        ["sockaddr_ll_sll_halen"] = At<PacketSocket.LinkAddress>("AddressLength"),
        ["sockaddr_ll_sll_addr"] = At<PacketSocket.LinkAddress>("AddressLow"),
        ["BLKGETSIZE64"] = (long)BlockDevice.GetSize64,
        ["BLKSSZGET"] = (long)BlockDevice.GetSectorSize,
        ["BLKFLSBUF"] = (long)BlockDevice.FlushBuffers,
        ["BLKPG"] = (long)BlockDevice.Partition,
        ["BLKZEROOUT"] = (long)BlockDevice.ZeroOut,
        ["BLKPG_ADD_PARTITION"] = BlockDevice.AddPartitionOperation,
        ["BLKPG_DEL_PARTITION"] = BlockDevice.DeletePartitionOperation,
        ["BLKPG_RESIZE_PARTITION"] = BlockDevice.ResizePartitionOperation,
        ["sizeof_blkpg_ioctl_arg"] = sizeof(BlockDevice.BlkpgArgument),
        ["blkpg_ioctl_arg_data"] = At<BlockDevice.BlkpgArgument>("Data"),
        ["sizeof_blkpg_partition"] = sizeof(BlockDevice.BlkpgPartition),
        ["blkpg_partition_pno"] = At<BlockDevice.BlkpgPartition>("Number"),
        ["NVME_IOCTL_ADMIN_CMD"] = (long)NvmeDevice.AdminCommand,
        ["sizeof_nvme_passthru_cmd"] = sizeof(NvmeDevice.PassthroughCommand),
        ["nvme_passthru_cmd_nsid"] = At<NvmeDevice.PassthroughCommand>("Namespace"),
        ["nvme_passthru_cmd_addr"] = At<NvmeDevice.PassthroughCommand>("Data"),
        ["nvme_passthru_cmd_data_len"] = At<NvmeDevice.PassthroughCommand>("DataLength"),
        ["nvme_passthru_cmd_cdw10"] = At<NvmeDevice.PassthroughCommand>("Word10"),
        ["nvme_passthru_cmd_timeout_ms"] = At<NvmeDevice.PassthroughCommand>("Timeout"),
        ["sizeof_xfs_growfs_data"] = sizeof(XfsFileSystem.GrowDataRequest),
        ["XFS_IOC_FSGROWFSDATA"] = (long)XfsFileSystem.GrowData,
        ["ENOTEMPTY"] = (int)Errno.ENOTEMPTY,
        ["ELOOP"] = (int)Errno.ELOOP,
        ["ENODATA"] = (int)Errno.ENODATA,
        ["EUCLEAN"] = (int)Errno.EUCLEAN,
        ["EKEYREJECTED"] = (int)Errno.EKEYREJECTED,
        ["EHOSTUNREACH"] = (int)Errno.EHOSTUNREACH,
        ["ENAMETOOLONG"] = (int)Errno.ENAMETOOLONG,
        ["EOPNOTSUPP"] = (int)Errno.EOPNOTSUPP,
        ["ETIMEDOUT"] = (int)Errno.ETIMEDOUT,
        ["__NR_pidfd_open"] = SystemCalls.PidFdOpen,
        ["__NR_pidfd_send_signal"] = SystemCalls.PidFdSendSignal,
    };

    [Theory]
    [InlineData("/usr/bin/gcc", Architecture.X64)]
    [InlineData("/usr/bin/aarch64-linux-gnu-gcc", Architecture.Arm64)]
    public async Task Every_constant_and_struct_is_as_in_the_C_headers(string compiler, Architecture architecture)
    {
        Dictionary<string, long> expected = new(Expected)
        {
            ["O_DIRECT"] = Descriptors.DirectOn(architecture),
            ["__NR_finit_module"] = SystemCalls.FinitModuleOn(architecture),
            ["__NR_delete_module"] = SystemCalls.DeleteModuleOn(architecture),
            ["__NR_reboot"] = SystemCalls.RebootOn(architecture),
        };
        foreach ((string name, int x64, int arm64, _) in DeniedCallTable.All)
        {
            if ((architecture is Architecture.Arm64 ? arm64 : x64) is >= 0 and int number)
            {
                expected[$"__NR_{name}"] = number;
            }
        }

        Assert.Equal(expected.OrderBy(e => e.Key, StringComparer.Ordinal), (await CompileAsync(compiler, Path.Combine(Repository(), "tests", "abi", "abi.c"))).OrderBy(e => e.Key, StringComparer.Ordinal));
    }

    /// <summary>They have their C names, so the C file is made from them.</summary>
    [Theory]
    [InlineData("/usr/bin/gcc")]
    [InlineData("/usr/bin/aarch64-linux-gnu-gcc")]
    public async Task Every_netlink_constant_is_as_in_the_C_headers(string compiler)
    {
        Dictionary<string, long> expected = typeof(NetlinkConstants).GetFields()
            .ToDictionary(f => f.Name, f => Convert.ToInt64(f.GetRawConstantValue(), CultureInfo.InvariantCulture));
        string[] headers =
        [
            "sys/socket.h", "linux/netlink.h", "linux/rtnetlink.h", "linux/if_link.h", "linux/if_addr.h", "linux/if.h", "linux/veth.h", "linux/neighbour.h",
        ];
        string file = Path.Combine(Path.GetTempPath(), $"talos-abi-{Guid.NewGuid():N}.c");
        await File.WriteAllTextAsync(
            file,
            string.Concat(headers.Select(h => $"#include <{h}>\n")) + "void abi(void) {\n"
            + string.Concat(expected.Keys.Select(n => $"__asm__ volatile(\"\\n-> {n} %0\" : : \"i\"((long)({(n == nameof(NetlinkConstants.NLA_TYPE_MASK) ? "(unsigned short)" : "")}({n}))));\n")) + "}\n",
            TestContext.Current.CancellationToken);

        Dictionary<string, long> found = await CompileAsync(compiler, file);
        File.Delete(file);

        Assert.Equal(expected.OrderBy(e => e.Key, StringComparer.Ordinal), found.OrderBy(e => e.Key, StringComparer.Ordinal));
    }

    private static async Task<Dictionary<string, long>> CompileAsync(string compiler, string file)
    {
        CommandResult compiled = await Command.RunAsync(TestReaper.Instance, compiler, ["-S", "-o", "-", file], TestContext.Current.CancellationToken);
        Assert.True(compiled.Status.IsSuccess, compiled.Output);
        return Parse(compiled.Output);
    }

    private static Dictionary<string, long> Parse(string assembly) => assembly.Split('\n')
        .Where(line => line.StartsWith("-> ", StringComparison.Ordinal))
        .Select(line => line.Split(' '))
        .ToDictionary(parts => parts[1], parts => long.Parse(parts[2].TrimStart('$', '#'), CultureInfo.InvariantCulture));

    private static long At<T>(string field) => (long)Marshal.OffsetOf<T>(field);

    private static string Repository()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Talos.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("not inside the repository");
    }
}
