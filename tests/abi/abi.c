// Prints nothing: compiled to assembly, each line "-> NAME VALUE" is read by AbiTests. So no arm64 machine is needed.
#define _GNU_SOURCE
#include <asm/unistd.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/blkpg.h>
#include <linux/capability.h>
#include <linux/dm-ioctl.h>
#include <linux/filter.h>
#include <linux/fs.h>
#include <linux/if_packet.h>
#include <linux/module.h>
#include <linux/nvme_ioctl.h>
#include <linux/reboot.h>
#include <linux/rtc.h>
#include <linux/seccomp.h>
#include <linux/stat.h>
#include <linux/watchdog.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>

// xfs/xfs_fs.h comes with xfsprogs for the host only; the two structures as that header declares them.
struct xfs_growfs_data { __u64 newblocks; __u32 imaxpct; };
#define XFS_IOC_FSGROWFSDATA _IOW('X', 110, struct xfs_growfs_data)

// sys/mount.h and linux/mount.h clash; glibc's umount flags are an enumeration.
#include <linux/mount.h>

#define V(name, value) __asm__ volatile("\n-> " #name " %0" : : "i"((long)(value)))
#define S(type) V(sizeof_##type, sizeof(struct type))
#define O(type, field) V(type##_##field, offsetof(struct type, field))
#define C(name) __asm__ volatile("\n-> " #name " %0" : : "i"((long)(name)))

void abi(void)
{
    C(__NR_finit_module); C(__NR_delete_module); C(__NR_reboot); C(__NR_pidfd_open); C(__NR_pidfd_send_signal);
    C(O_CLOEXEC); C(O_NONBLOCK); C(O_EXCL); C(O_NOCTTY); C(O_APPEND); C(O_RDWR); C(O_WRONLY); C(O_DIRECT);
    C(AT_FDCWD); C(AT_SYMLINK_NOFOLLOW); C(STATX_BASIC_STATS);
    C(SYNC_FILE_RANGE_WAIT_BEFORE); C(SYNC_FILE_RANGE_WRITE); C(SYNC_FILE_RANGE_WAIT_AFTER); C(POSIX_FADV_DONTNEED); C(SEEK_END); C(MADV_DONTNEED);
    V(sizeof_pollfd, sizeof(struct pollfd)); C(POLLIN);
    C(MS_RDONLY); C(MS_NOSUID); C(MS_NODEV); C(MS_NOEXEC); C(MS_REMOUNT); C(MS_DIRSYNC); C(MS_NOATIME); C(MS_BIND); C(MS_MOVE);
    C(MS_REC); C(MS_SILENT); C(MS_PRIVATE); C(MS_SLAVE); C(MS_SHARED); C(MS_RELATIME); C(MS_LAZYTIME);
    S(statx); O(statx, stx_nlink); O(statx, stx_uid); O(statx, stx_gid); O(statx, stx_mode); O(statx, stx_ino);
    O(statx, stx_size); O(statx, stx_blocks); O(statx, stx_mtime); O(statx, stx_rdev_major); O(statx, stx_rdev_minor);
    O(statx, stx_dev_major); O(statx, stx_dev_minor);
    S(statvfs); O(statvfs, f_frsize); O(statvfs, f_blocks); O(statvfs, f_bfree); O(statvfs, f_bavail); O(statvfs, f_files);
    O(statvfs, f_ffree);
    V(sizeof_posix_spawnattr_t, sizeof(posix_spawnattr_t));
    V(sizeof_posix_spawn_file_actions_t, sizeof(posix_spawn_file_actions_t));
    V(sizeof_sigset_t, sizeof(sigset_t));
    C(POSIX_SPAWN_SETSIGDEF); C(POSIX_SPAWN_SETSIGMASK); C(POSIX_SPAWN_SETSID);
    V(sizeof_siginfo_t, sizeof(siginfo_t)); V(siginfo_t_si_pid, offsetof(siginfo_t, si_pid));
    C(P_ALL); C(WEXITED); C(WNOWAIT); C(SIG_SETMASK);
    C(SIGKILL); C(SIGTERM); C(SIGCHLD); C(SIGPIPE); C(SIGCONT); C(SIGSTOP); C(SIGPWR); C(SIGSYS); C(SIGUSR1); C(SIGUSR2); C(SIGBUS);
    C(PR_SET_CHILD_SUBREAPER); C(PR_CAPBSET_DROP); C(PR_SET_NO_NEW_PRIVS); C(RLIMIT_NOFILE); C(RLIMIT_CORE);
    C(PR_SET_SECCOMP); C(SECCOMP_MODE_FILTER); C(SECCOMP_RET_ALLOW); C(SECCOMP_RET_KILL_PROCESS); C(SECCOMP_RET_ERRNO);
    C(AUDIT_ARCH_X86_64); C(AUDIT_ARCH_AARCH64); S(seccomp_data);
    V(sizeof_seccomp_filter, sizeof(struct sock_filter)); V(sizeof_seccomp_fprog, sizeof(struct sock_fprog)); V(seccomp_fprog_filter, offsetof(struct sock_fprog, filter));
    V(BPF_LD_W_ABS, BPF_LD | BPF_W | BPF_ABS); V(BPF_JMP_JEQ_K, BPF_JMP | BPF_JEQ | BPF_K); V(BPF_JMP_JGE_K, BPF_JMP | BPF_JGE | BPF_K);
    V(BPF_RET_K, BPF_RET | BPF_K); O(seccomp_data, nr); O(seccomp_data, arch);
    C(__NR_acct); C(__NR_add_key); C(__NR_adjtimex); C(__NR_bpf); C(__NR_chroot); C(__NR_clock_adjtime);
    C(__NR_clock_settime); C(__NR_fsconfig); C(__NR_fsmount);
    C(__NR_fsopen); C(__NR_fspick); C(__NR_init_module); C(__NR_io_uring_enter); C(__NR_io_uring_register);
    C(__NR_io_uring_setup); C(__NR_kexec_file_load); C(__NR_kexec_load); C(__NR_keyctl); C(__NR_mknodat);
    C(__NR_mount); C(__NR_mount_setattr); C(__NR_move_mount); C(__NR_open_by_handle_at); C(__NR_open_tree);
    C(__NR_perf_event_open); C(__NR_pivot_root); C(__NR_process_vm_readv); C(__NR_process_vm_writev); C(__NR_ptrace);
    C(__NR_quotactl); C(__NR_request_key); C(__NR_setdomainname); C(__NR_sethostname); C(__NR_setns);
    C(__NR_settimeofday); C(__NR_swapoff); C(__NR_swapon); C(__NR_syslog); C(__NR_umount2); C(__NR_unshare);
    C(__NR_userfaultfd);
#ifdef __NR_mknod
    C(__NR_mknod);
#endif
    V(sizeof_rlimit, sizeof(struct rlimit));
    C(CAP_CHOWN); C(CAP_DAC_OVERRIDE); C(CAP_DAC_READ_SEARCH); C(CAP_FOWNER); C(CAP_FSETID); C(CAP_KILL);
    C(CAP_SETGID); C(CAP_SETUID); C(CAP_SETPCAP); C(CAP_LINUX_IMMUTABLE); C(CAP_NET_BIND_SERVICE); C(CAP_NET_BROADCAST);
    C(CAP_NET_ADMIN); C(CAP_NET_RAW); C(CAP_IPC_LOCK); C(CAP_IPC_OWNER); C(CAP_SYS_MODULE); C(CAP_SYS_RAWIO);
    C(CAP_SYS_CHROOT); C(CAP_SYS_PTRACE); C(CAP_SYS_PACCT); C(CAP_SYS_ADMIN); C(CAP_SYS_BOOT); C(CAP_SYS_NICE);
    C(CAP_SYS_RESOURCE); C(CAP_SYS_TIME); C(CAP_SYS_TTY_CONFIG); C(CAP_MKNOD); C(CAP_LEASE); C(CAP_AUDIT_WRITE);
    C(CAP_AUDIT_CONTROL); C(CAP_SETFCAP); C(CAP_MAC_OVERRIDE); C(CAP_MAC_ADMIN); C(CAP_SYSLOG); C(CAP_WAKE_ALARM);
    C(CAP_BLOCK_SUSPEND); C(CAP_AUDIT_READ); C(CAP_PERFMON); C(CAP_BPF); C(CAP_CHECKPOINT_RESTORE);
    C(LINUX_REBOOT_CMD_RESTART); C(LINUX_REBOOT_CMD_HALT); C(LINUX_REBOOT_CMD_POWER_OFF); C(LINUX_REBOOT_CMD_KEXEC); C(LINUX_REBOOT_CMD_CAD_OFF);
    C(LINUX_REBOOT_CMD_RESTART2); C(LINUX_REBOOT_MAGIC1); C(LINUX_REBOOT_MAGIC2);
    V(utsname_release, offsetof(struct utsname, release)); V(sizeof_utsname, sizeof(struct utsname));
    C(MODULE_INIT_COMPRESSED_FILE);
    S(dm_ioctl); S(dm_target_spec); O(dm_ioctl, data_size); O(dm_ioctl, data_start); O(dm_ioctl, target_count); O(dm_ioctl, flags);
    O(dm_ioctl, dev); O(dm_ioctl, name); O(dm_target_spec, length); O(dm_target_spec, next); O(dm_target_spec, target_type);
    V(DM_DEV_CREATE, DM_DEV_CREATE); V(DM_DEV_REMOVE, DM_DEV_REMOVE); V(DM_DEV_SUSPEND, DM_DEV_SUSPEND); V(DM_TABLE_LOAD, DM_TABLE_LOAD);
    C(DM_READONLY_FLAG);
    C(CLOCK_REALTIME); C(CLOCK_BOOTTIME); V(sizeof_timespec, sizeof(struct timespec));
    S(timex); O(timex, modes); O(timex, offset); O(timex, maxerror); O(timex, esterror); O(timex, status); O(timex, constant);
    C(ADJ_OFFSET); C(ADJ_MAXERROR); C(ADJ_ESTERROR); C(ADJ_STATUS); C(ADJ_TIMECONST); C(ADJ_NANO); C(STA_PLL); C(STA_UNSYNC);
    C(RTC_RD_TIME); C(RTC_SET_TIME); S(rtc_time);
    C(WDIOC_KEEPALIVE); C(WDIOC_SETTIMEOUT);
    C(SOL_SOCKET); C(SO_PEERCRED); V(sizeof_ucred, sizeof(struct ucred));
    C(AF_PACKET); C(SO_ATTACH_FILTER); S(sock_fprog); O(sock_fprog, filter); S(sock_filter); O(sock_filter, k);
    S(sockaddr_ll); O(sockaddr_ll, sll_ifindex); O(sockaddr_ll, sll_halen); O(sockaddr_ll, sll_addr);
    C(BLKGETSIZE64); C(BLKSSZGET); C(BLKFLSBUF); C(BLKPG); C(BLKZEROOUT); C(BLKPG_ADD_PARTITION); C(BLKPG_DEL_PARTITION);
    C(BLKPG_RESIZE_PARTITION); S(blkpg_ioctl_arg); O(blkpg_ioctl_arg, data); S(blkpg_partition); O(blkpg_partition, pno);
    C(NVME_IOCTL_ADMIN_CMD); S(nvme_passthru_cmd); O(nvme_passthru_cmd, nsid); O(nvme_passthru_cmd, addr); O(nvme_passthru_cmd, data_len);
    O(nvme_passthru_cmd, cdw10); O(nvme_passthru_cmd, timeout_ms);
    S(xfs_growfs_data); C(XFS_IOC_FSGROWFSDATA);
    C(ENOTEMPTY); C(ELOOP); C(ENODATA); C(EUCLEAN); C(EKEYREJECTED); C(EHOSTUNREACH); C(ENAMETOOLONG); C(EOPNOTSUPP); C(ETIMEDOUT);
}
