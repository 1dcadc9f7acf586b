using CsCheck;
using Talos.Fleet.Protocol;

namespace Talos.Fleet.Agent.Tests;

public sealed class TelemetryTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Written_bytes_go_on_counting_over_restarts()
    {
        WearHistory history = WearForecast.Take(null, "a", 100, null, Now);
        history = WearForecast.Take(history, "a", 150, null, Now);
        history = WearForecast.Take(history, "b", 30, null, Now);

        Assert.Equal(180, history.Written);
    }

    [Fact]
    public void A_device_that_loses_ten_percent_in_200_days_is_used_up_after_2000()
    {
        WearHistory? history = null;
        for (int day = 0; day <= 300; day++)
        {
            history = WearForecast.Take(history, "a", day * 1000L, day < 200 ? 10 : 20, Now.AddDays(day));
        }

        Assert.Equal(1000, WearForecast.BytesPerDay(history!));
        Assert.Equal((80 * 20) - 100, WearForecast.DaysLeft(history!));
    }

    [Fact]
    public void A_clock_that_was_20_years_ahead_for_a_while_does_not_end_the_readings()
    {
        WearHistory history = WearForecast.Take(null, "a", 100, 10, Now);
        history = WearForecast.Take(history, "a", 200, 10, Now.AddYears(20));
        history = WearForecast.Take(history, "a", 300, 20, Now.AddDays(2));

        Assert.Equal([Now, Now.AddDays(2)], history.Readings.Select(r => r.Time));
    }

    [Theory]
    [InlineData("-61000", null)]
    [InlineData("-10000", -10.0)]
    [InlineData("200000", 200.0)]
    [InlineData("200001", null)]
    [InlineData("65262000", null)]
    [InlineData("-2147483648", null)]
    [InlineData("nonsense", null)]
    public void A_temperature_that_cannot_be_is_not_reported(string millidegrees, double? celsius)
    {
        string root = Directory.CreateTempSubdirectory("fleet-meter").FullName;
        Directory.CreateDirectory(Path.Combine(root, "sys/class/thermal/thermal_zone0"));
        File.WriteAllText(Path.Combine(root, "sys/class/thermal/thermal_zone0/temp"), millidegrees);
        NodeFacts node = new() { BootId = "boot", Version = "v1", Architecture = "arm64", Stage = "running", Ready = true, ClockSynced = true };

        Assert.Equal(celsius, new Meter(new ProcFiles(root), Path.Combine(root, "wear.json"), new Talos.Testing.ManualTime()).Measure(node, new QueueReport()).Telemetry.TemperatureCelsius);
        Directory.Delete(root, recursive: true);
    }

    [Theory]
    [InlineData("0xff 0xff")]
    [InlineData("0xffffffff")]
    [InlineData("0x0c 0x20")]
    public void Life_times_of_ones_are_not_reported(string text) => Assert.Null(ProcText.EmmcLife(text));

    [Theory]
    [InlineData("0xff")]
    [InlineData("0x00")]
    [InlineData("0x04")]
    public void A_reserve_that_cannot_be_is_not_reported(string text) => Assert.Null(ProcText.EmmcWarning(text));

    [Fact]
    public void Counters_of_ones_are_not_reported()
    {
        Assert.Null(ProcText.WrittenBytes("1 2 3 4 5 6 9223372036854775807 8"));
        Assert.Null(ProcText.Memory("MemTotal: 9223372036854775807 kB\n", "MemTotal"));
        _ = ProcText.CpuTicks("cpu 9223372036854775807 9223372036854775807 9223372036854775807 9223372036854775807 9223372036854775807");
    }

    [Fact]
    public void Without_a_step_there_is_no_forecast()
    {
        WearHistory history = WearForecast.Take(WearForecast.Take(null, "a", 1, 10, Now), "a", 2, 10, Now.AddDays(10));

        Assert.Null(WearForecast.DaysLeft(history));
        Assert.Null(WearForecast.BytesPerDay(WearForecast.Take(null, "a", 1, 10, Now)));
    }

    [Fact]
    public void Whatever_was_read_a_forecast_is_within_a_century() =>
        Gen.Select(Gen.Int[-20, 120].Select(p => p < 0 ? (int?)null : p), Gen.Int[0, 40]).Array[0, 30].Sample(readings =>
        {
            WearHistory? history = null;
            DateTimeOffset at = Now;
            foreach ((int? used, int days) in readings)
            {
                at = at.AddDays(days);
                history = WearForecast.Take(history, "a", 5, used, at);
            }

            Assert.True(history is null || WearForecast.DaysLeft(history) is null or (>= 0 and <= 36500));
        });

    [Theory]
    [InlineData("0x01 0x02", 20)]
    [InlineData("0x0b 0x01", 101)]
    [InlineData("0x00 0x00", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void Life_times_of_emmc_are_the_worse_of_both(string? text, int? percent) => Assert.Equal(percent, ProcText.EmmcLife(text));

    [Fact]
    public void Kernel_texts_are_read()
    {
        Assert.Equal(40.0, ProcText.CpuPercent(ProcText.CpuTicks("cpu  10 0 10 80 0 0 0 0 0 0\ncpu0 1"), ProcText.CpuTicks("cpu  30 0 30 140 0 0 0 0 0 0\n")));
        Assert.Equal(4096, ProcText.Memory("MemTotal:   10 kB\nMemAvailable:       4 kB\n", "MemAvailable"));
        Assert.Equal(12345, ProcText.Uptime("12345.67 99999.0"));
        Assert.Equal(512 * 77, ProcText.WrittenBytes("1 2 3 4 5 6 77 8 9 10 11"));
        Assert.True(ProcText.EmmcWarning("0x02"));
        Assert.False(ProcText.EmmcWarning("0x01"));
    }

    [Fact]
    public void No_text_makes_reading_fail() => Gen.String[Gen.Char[' ', 'z'], 0, 60].Sample(text =>
    {
        _ = ProcText.CpuTicks(text);
        _ = ProcText.Memory(text, "MemTotal");
        _ = ProcText.Uptime(text);
        _ = ProcText.WrittenBytes(text);
        _ = ProcText.EmmcLife(text);
        _ = ProcText.EmmcWarning(text);
    });

    [Fact]
    public void A_node_is_measured_out_of_its_files_and_the_message_fits_the_schema()
    {
        string root = Directory.CreateTempSubdirectory("fleet-meter").FullName;
        void Put(string path, string text)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(root, path))!);
            File.WriteAllText(Path.Combine(root, path), text);
        }

        Put("proc/stat", "cpu  10 0 10 80 0 0 0 0 0 0\n");
        Put("proc/meminfo", "MemTotal: 100 kB\nMemAvailable: 40 kB\n");
        Put("proc/uptime", "77.1 1");
        Put("sys/class/thermal/thermal_zone0/temp", "48500\n");
        Put("sys/class/thermal/cooling_device0/type", "cpufreq-cpu0");
        Put("sys/class/thermal/cooling_device0/cur_state", "1");
        Put("sys/class/net/eth0/device/x", "");
        Put("sys/class/net/eth0/statistics/rx_bytes", "10");
        Put("sys/class/net/eth0/statistics/tx_bytes", "20");
        Put("sys/class/net/lo/statistics/rx_bytes", "10");
        Put("sys/block/mmcblk0/stat", "1 2 3 4 5 6 7 8");
        Put("sys/block/mmcblk0/device/type", "MMC");
        Put("sys/block/mmcblk0/device/life_time", "0x03 0x02");
        Put("sys/block/mmcblk0/device/pre_eol_info", "0x02");
        Put("sys/block/loop0/stat", "1 2 3 4 5 6 7 8");
        Talos.Testing.ManualTime time = new();
        Meter meter = new(new ProcFiles(root), Path.Combine(root, "wear.json"), time);

        Put("sys/block/nvme0n1/stat", "1 2 3 4 5 6 9 8");
        Put("sys/block/nvme0n1/device/model", "");
        NodeFacts node = new()
        {
            BootId = "boot",
            Version = "v1",
            Architecture = "arm64",
            Stage = "running",
            Ready = true,
            ClockSynced = true,
            Disks = new Dictionary<string, DiskFacts> { ["nvme0n1"] = new(7, 9, 2, ["spare", "temperature"]) },
        };

        (Telemetry telemetry, IReadOnlyList<DiskNews> news) = meter.Measure(node, new QueueReport());

        Assert.True(FleetMessages.ReadTelemetry(FleetMessages.Write(telemetry)).IsGood);
        Assert.Equal((60 * 1024, 77, 48.5, true), (telemetry.MemoryUsedBytes, telemetry.UptimeSeconds, telemetry.TemperatureCelsius, telemetry.Throttled));
        Assert.Equal(["eth0"], telemetry.Links.Select(l => l.Name));
        Assert.Equal(
            [
                new FlashWear { Device = "mmcblk0", Kind = FlashKind.Emmc, UsedPercent = 30, Warning = true, WrittenBytes = 7 * 512 },
                new FlashWear { Device = "nvme0n1", Kind = FlashKind.Nvme, UsedPercent = 7, Warning = true, SparePercent = 9, MediaErrors = 2, WrittenBytes = 9 * 512 },
            ],
            telemetry.Wear);
        Assert.Equal(["mmcblk0 warns: spare", "nvme0n1 warns: spare, temperature"], news.Select(n => n.Message));

        // Another agent on the same data, as after a restart: what was said is not said again, nor while a disk tells nothing.
        Meter next = new(new ProcFiles(root), Path.Combine(root, "wear.json"), time);
        Assert.Empty(next.Measure(node, new QueueReport()).News);
        Assert.Empty(next.Measure(node with { Disks = new Dictionary<string, DiskFacts>() }, new QueueReport()).News);
        IReadOnlyList<DiskNews> well = next.Measure(node with { Disks = new Dictionary<string, DiskFacts> { ["nvme0n1"] = new(7, 30, 2, []) } }, new QueueReport()).News;
        Assert.Equal(["disk.recovered"], well.Select(n => n.Kind));
        Directory.Delete(root, recursive: true);
    }
}
