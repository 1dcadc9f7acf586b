using Talos.Api.Machine;
using Talos.Linux;
using Talos.Machined.Api.Proc;

namespace Talos.Machined.Tests.Api;

/// <summary>Texts recorded on a Cortex-A72 and on an x86_64 machine.</summary>
public class ProcTextTests
{
    [Fact]
    public void Memory_is_read_in_kibibytes_and_huge_pages_in_pieces()
    {
        MemInfo memory = MemoryText.Parse(
            """
            MemTotal:         993196 kB
            MemFree:          602548 kB
            MemAvailable:     812904 kB
            Active(anon):       1208 kB
            NFS_Unstable:          0 kB
            Committed_AS:     103340 kB
            HugePages_Total:       3
            Hugepagesize:       2048 kB
            DirectMap4k:      104256 kB
            """);

        Assert.Equal(993196ul, memory.Memtotal);
        Assert.Equal(812904ul, memory.Memavailable);
        Assert.Equal(1208ul, memory.Activeanon);
        Assert.Equal(103340ul, memory.Committedas);
        Assert.Equal(3ul, memory.Hugepagestotal);
        Assert.Equal(104256ul, memory.Directmap4K);
    }

    [Fact]
    public void Load_is_read()
    {
        LoadAvg load = LoadText.Parse("0.52 1.04 0.97 2/312 4711\n");

        Assert.Equal((0.52, 1.04, 0.97), (load.Load1, load.Load5, load.Load15));
    }

    [Fact]
    public void Processor_times_become_seconds()
    {
        SystemStat stat = StatText.Parse(
            """
            cpu  1250 3 800 90000 40 0 12 0 0 0
            cpu0 600 1 400 45000 20 0 6 0 0 0
            cpu1 650 2 400 45000 20 0 6 0 0 0
            intr 99187 0 5 7
            ctxt 190021
            btime 1767225600
            processes 1234
            procs_running 2
            procs_blocked 1
            softirq 5000 1 2 3 4 5 6 7 8 9 10
            """);

        Assert.Equal(12.5, stat.CpuTotal.User);
        Assert.Equal([6.0, 6.5], stat.Cpu.Select(c => c.User));
        Assert.Equal(1767225600ul, stat.BootTime);
        Assert.Equal([0ul, 5ul, 7ul], stat.Irq);
        Assert.Equal(10ul, stat.SoftIrq.Rcu);
        Assert.Equal((1234ul, 2ul, 1ul), (stat.ProcessCreated, stat.ProcessRunning, stat.ProcessBlocked));
    }

    [Fact]
    public void Processors_of_ARM_and_x86_are_read()
    {
        CPUInfo arm = CpuText.Parse(
            """
            processor	: 0
            BogoMIPS	: 108.00
            Features	: fp asimd evtstrm aes
            CPU implementer	: 0x41
            CPU architecture: 8
            CPU part	: 0xd08
            CPU revision	: 3

            processor	: 1
            BogoMIPS	: 108.00
            """)[0];
        CPUInfo x86 = CpuText.Parse("processor\t: 0\nvendor_id\t: GenuineIntel\nmodel name\t: Some CPU @ 2.00GHz\ncpu MHz\t\t: 2000.123\ncpu cores\t: 4\nflags\t\t: fpu vme\n")[0];

        Assert.Equal(("0x41", "0xd08", 108.0), (arm.VendorId, arm.Model, arm.BogoMips));
        Assert.Equal(["fp", "asimd", "evtstrm", "aes"], arm.Flags);
        Assert.Equal(("GenuineIntel", "Some CPU @ 2.00GHz", 2000.123, 4u), (x86.VendorId, x86.ModelName, x86.CpuMhz, x86.CpuCores));
    }

    [Fact]
    public void Disks_are_read_and_summed_up()
    {
        DiskStats disks = DiskText.Parse(
            """
             254       0 vda 5001 20 240000 900 300 40 8000 200 1 700 1100 5 0 64 2 9 3
               7       0 loop0 10 0 80 1 0 0 0 0 0 1 1
            """);

        Assert.Equal(["vda", "loop0"], disks.Devices.Select(d => d.Name));
        Assert.Equal(5011ul, disks.Total.ReadCompleted);
        Assert.Equal(64ul, disks.Devices[0].DiscardSectors);
        Assert.Equal(0ul, disks.Devices[1].DiscardSectors);
    }

    [Fact]
    public void Network_devices_are_read_even_when_the_name_touches_the_number()
    {
        NetworkDeviceStats devices = NetworkText.Parse(
            """
            Inter-|   Receive                                                |  Transmit
             face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
                lo:    1200      12    0    0    0     0          0         0     1200      12    0    0    0     0       0          0
            enp0s1:123456789     100    1    2    0     0          0         3     4567      50    0    0    0     0       0          0
            """);

        Assert.Equal(["lo", "enp0s1"], devices.Devices.Select(d => d.Name));
        Assert.Equal(123456789ul, devices.Devices[1].RxBytes);
        Assert.Equal(123457989ul, devices.Total.RxBytes);
        Assert.Equal(3ul, devices.Devices[1].RxMulticast);
    }

    [Fact]
    public void A_process_with_parentheses_in_its_name_is_read()
    {
        const string stat = "42 (a) b (c) S 1 42 42 0 -1 4194560 100 0 0 0 250 50 0 0 20 0 7 0 300 104857600 2560 18446744073709551615 1 1";

        ProcessInfo process = ProcessText.Parse(stat, "/usr/bin/x\0--flag\0", "/usr/bin/x", "")!;

        Assert.Equal((42, 1, "S", "a) b (c"), (process.Pid, process.Ppid, process.State, process.Command));
        Assert.Equal((3.0, 7), (process.CpuTime, process.Threads));
        Assert.Equal((104857600ul, 2560ul * 4096), (process.VirtualMemory, process.ResidentMemory));
        Assert.Equal("/usr/bin/x --flag", process.Args);
        Assert.Null(ProcessText.Parse("garbage", "", "", ""));
    }

    [Fact]
    public void Sockets_are_read_with_addresses_in_the_order_of_the_machine()
    {
        const string tcp = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
            + "   0: 0100007F:C350 00000000:0000 0A 00000000:00000005 00:00000000 00000000     0        0 12345 1 0000000000000000 100 0 0 10 0\n";
        const string tcp6 = "  sl  local\n"
            + "   0: 00000000000000000000000001000000:0050 000080FE000000000000000001000000:1F90 01 00000000:00000000 02:000000A0 00000002  1000        0 77 2 ffff8880 0 0 0 0 0\n";

        ConnectRecord listening = Assert.Single(SocketText.Parse(tcp, "tcp"));
        ConnectRecord connected = Assert.Single(SocketText.Parse(tcp6, "tcp6"));

        Assert.Equal(("127.0.0.1", 50000u, ConnectRecord.Types.State.Listen, 5ul), (listening.Localip, listening.Localport, listening.State, listening.Rxqueue));
        Assert.Equal(("::1", "fe80::1", 8080u, ConnectRecord.Types.State.Established), (connected.Localip, connected.Remoteip, connected.Remoteport, connected.State));
        Assert.True(SocketTable.Passes(listening, NetstatRequest.Types.Filter.Listening));
        Assert.False(SocketTable.Passes(listening, NetstatRequest.Types.Filter.Connected));
    }

    [Fact]
    public void A_record_of_the_kernel_log_is_worded_as_clients_print_it()
    {
        KmsgRecord record = KmsgRecord.Parse("12,339,5140900,-;[talos] api: started\n SUBSYSTEM=x\n"u8)!;

        string line = KmsgText.Format(record, new DateTimeOffset(2026, 1, 2, 3, 4, 0, TimeSpan.Zero));

        Assert.Equal("user: warning: [2026-01-02T03:04:05.1409Z]: [talos] api: started", line);
    }
}
