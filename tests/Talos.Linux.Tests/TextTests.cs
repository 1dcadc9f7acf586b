using System.Text;

namespace Talos.Linux.Tests;

public sealed class TextTests
{
    [Fact]
    public void Mount_lines_are_parsed_with_escapes_and_optional_fields()
    {
        const string text = """
            22 1 254:0 / / ro,relatime shared:1 - squashfs /dev/dm-0 ro,errors=continue
            31 22 254:6 /sub /var/a\040b rw,nosuid,nodev - xfs /dev/vda6 rw,attr2
            broken line
            """;

        IReadOnlyList<MountInfo> mounts = MountInfo.Parse(text);

        Assert.Equal(2, mounts.Count);
        Assert.Equal(("/", "squashfs", "/dev/dm-0", "254:0"), (mounts[0].MountPoint, mounts[0].Type, mounts[0].Source, mounts[0].Device));
        Assert.Equal(("/var/a b", "/sub", "rw,nosuid,nodev", "rw,attr2"), (mounts[1].MountPoint, mounts[1].Root, mounts[1].Options, mounts[1].SuperOptions));
    }

    [Fact]
    public void Code_is_let_go_only_where_it_is_as_in_its_file()
    {
        string[] smaps =
        [
            "00200000-0021e000 r--p 00000000 fe:00 61 /usr/bin/init", "Anonymous:             0 kB",
            "0021e000-01500000 r-xp 0001e000 fe:00 61 /usr/bin/init", "Rss:               19280 kB", "Anonymous:             0 kB",
            "01500000-01600000 r-xp 0001e000 fe:00 62 /usr/lib/patched.so", "Anonymous:             4 kB",
            "01600000-01700000 rw-p 0001e000 fe:00 61 /usr/bin/init", "Anonymous:           592 kB",
            "ffff8000-ffff9000 r-xp 00000000 00:00 0 [vdso]", "Anonymous:             0 kB",
            "nonsense r-xp /", "Anonymous:             0 kB",
        ];

        Assert.Equal([(0x21e000ul, 0x1500000ul)], OwnMemory.UntouchedCode(smaps));
    }

    [Fact]
    public void The_own_mounts_hold_a_root() => Assert.NotNull(MountInfo.Find("/"));

    [Theory]
    [InlineData("kernel.kptr_restrict", "/proc/sys/kernel/kptr_restrict")]
    [InlineData("net.ipv4.conf.eth0/5.forwarding", "/proc/sys/net/ipv4/conf/eth0.5/forwarding")]
    [InlineData("net/ipv4/conf/eth0.5/forwarding", "/proc/sys/net/ipv4/conf/eth0.5/forwarding")]
    public void A_kernel_parameter_is_a_file(string key, string path) => Assert.Equal(path, Sysctl.PathOf(key));

    [Theory]
    [InlineData("net/../../etc/passwd")]
    [InlineData("a..b")]
    [InlineData("/kernel/x")]
    public void A_kernel_parameter_never_leaves_its_tree(string key) => Assert.Throws<ArgumentException>(() => Sysctl.PathOf(key));

    [Fact]
    public void A_kernel_record_is_parsed_without_its_dictionary()
    {
        KmsgRecord? record = KmsgRecord.Parse("30,339,5140900,-;NET: registered\n SUBSYSTEM=net\n"u8);

        Assert.Equal(new KmsgRecord(KmsgPriority.Info, 3, 339, TimeSpan.FromMicroseconds(5140900), "NET: registered"), record);
    }

    [Theory]
    [InlineData("")]
    [InlineData(";")]
    [InlineData("6;x")]
    [InlineData("6,1;x")]
    [InlineData("x,1,2,-;y")]
    [InlineData("6,1,99999999999999999999,-;y")]
    public void A_record_of_another_form_is_none(string text) => Assert.Null(KmsgRecord.Parse(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void A_long_line_is_parted_between_characters()
    {
        byte[] text = Encoding.UTF8.GetBytes(new string('x', KmsgWriter.MaxText - 1) + "ää");

        int length = KmsgWriter.PartLength(text);

        Assert.Equal(KmsgWriter.MaxText - 1, length);
        Assert.Equal(text.Length - length, KmsgWriter.PartLength(text.AsSpan(length)));
    }

    [Fact]
    public void The_kernel_has_a_name() => Assert.Equal("Linux", KernelName.Get().System);

    [Fact]
    public void The_clock_since_boot_runs() => Assert.True(SystemClock.SinceBoot() > TimeSpan.Zero);

    [Fact]
    public void The_launcher_gets_the_service_behind_its_options()
    {
        ChildOptions service = new() { Path = "/usr/bin/apid", Arguments = ["--x"], Name = "apid" };
        LaunchOptions options = new()
        {
            Cgroup = "system/apid",
            OomScoreAdjustment = -998,
            MaxOpenFiles = 1024,
            DroppedCapabilities = [Capability.SysBoot, Capability.SysModule],
            NoNewPrivileges = true,
            User = 50,
        };

        ChildOptions wrapped = ServiceLauncher.Wrap(service, options);

        Assert.Equal(
            "--launch --cgroup=system/apid --oom=-998 --nofile=1024 --drop=22,16 --no-new-privileges=1 --user=50 --name=apid -- /usr/bin/apid --x",
            string.Join(' ', wrapped.Arguments));
    }

    [Fact]
    public void A_verity_table_has_the_tree_behind_the_data_and_one_block()
    {
        VerityTarget target = new() { Device = "/dev/vda2", DataBlocks = 100, RootHash = "ab", Salt = "cd" };

        Assert.Equal("1 /dev/vda2 /dev/vda2 4096 4096 100 101 sha256 ab cd", target.Parameters);
        Assert.Equal(0, DeviceMapper.Table("root", target).Length % 8);
    }

    [Fact]
    public void The_kernel_command_line_keeps_order_quotes_and_the_last_value()
    {
        KernelCommandLine line = KernelCommandLine.Parse("console=ttyAMA0 console=tty0 ro slab_nomerge= x=\"a b\" \"y=c d\"\n");

        Assert.Equal(["ttyAMA0", "tty0"], line.FindAll("console"));
        Assert.Equal(("tty0", "", "", "a b", "c d"), (line.Find("console"), line.Find("ro"), line.Find("slab_nomerge"), line.Find("x"), line.Find("y")));
        Assert.Null(line.Find("absent"));
    }
}
