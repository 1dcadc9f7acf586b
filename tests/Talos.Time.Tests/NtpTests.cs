using CsCheck;
using Talos.Time.Ntp;
using Talos.Time.Rules;

namespace Talos.Time.Tests;

public sealed class NtpTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_time_is_read_as_it_was_written_also_after_the_seconds_ran_over_in_2036()
    {
        Gen.Long[new DateTime(1970, 1, 1).Ticks, new DateTime(2170, 1, 1).Ticks].Select(ticks => new DateTimeOffset(ticks, TimeSpan.Zero)).Sample(time =>
        {
            DateTimeOffset read = NtpTime.ToTime(NtpTime.From(time), time.AddYears(40));

            Assert.True((read - time).Duration() < TimeSpan.FromMicroseconds(1), $"{time:O} {read:O}");
        });
    }

    [Fact]
    public void A_packet_is_read_as_it_was_written()
    {
        NtpPacket packet = Answer(cookie: 7, TimeSpan.FromSeconds(2));

        NtpPacket read = NtpPacket.Read(packet.Write())!;

        Assert.Equal(packet, read with { RootDelay = packet.RootDelay, RootDispersion = packet.RootDispersion });
        Assert.Equal(7ul, NtpPacket.Read(NtpPacket.Request(7))!.Transmit);
    }

    [Fact]
    public void Any_bytes_are_read_and_judged_without_an_exception() =>
        Gen.Byte.Array[0, 64].Sample(bytes =>
        {
            if (NtpPacket.Read(bytes) is { } packet)
            {
                SampleRules.Judge("a", packet, packet.Originate, Now, TimeSpan.FromMilliseconds(5), ClockRules.Written);
            }
        });

    [Fact]
    public void Offset_and_delay_are_those_of_RFC_5905()
    {
        NtpAnswer answer = SampleRules.Judge("a", Answer(7, TimeSpan.FromSeconds(2)), 7, Now, TimeSpan.FromMilliseconds(40), ClockRules.Written);

        NtpSample sample = Assert.IsType<NtpAnswer.Measured>(answer).Sample;
        Assert.Equal(1985, sample.Offset.TotalMilliseconds, 0.01);
        Assert.Equal(30, sample.Delay.TotalMilliseconds, 0.01);
        Assert.Equal(15 + 5 + 3 + 1, sample.RootDistance.TotalMilliseconds, 0.1);
    }

    [Fact]
    public void An_answer_that_cannot_be_used_says_why()
    {
        NtpPacket good = Answer(7, TimeSpan.Zero);
        (NtpPacket Packet, string Reason)[] bad =
        [
            (good with { Originate = 8 }, "it is no answer to the request"),
            (good with { Mode = 3 }, "it is no answer to the request"),
            (good with { Leap = 3 }, "the server is not in step itself"),
            (good with { Stratum = 16 }, "the server is not in step itself"),
            (good with { RootDispersion = TimeSpan.FromSeconds(9) }, "its error of 9021 ms is more than 1500 ms"),
            (good with { Transmit = NtpTime.From(ClockRules.Written.AddYears(-1)) }, "its time 2025-11-01T00:00:00.0000000+00:00 is before 2026-11-01T00:00:00.0000000+00:00"),
        ];

        foreach ((NtpPacket packet, string reason) in bad)
        {
            NtpAnswer answer = SampleRules.Judge("a", packet, 7, Now, TimeSpan.FromMilliseconds(40), ClockRules.Written);
            Assert.Equal(reason, Assert.IsType<NtpAnswer.Failed>(answer).Reason);
        }
    }

    [Fact]
    public void A_kiss_of_death_is_heard()
    {
        NtpPacket kiss = Answer(7, TimeSpan.Zero) with { Stratum = 0, ReferenceId = 0x52415445 };

        Assert.Equal(new NtpAnswer.Kiss("a", "RATE"), SampleRules.Judge("a", kiss, 7, Now, TimeSpan.Zero, ClockRules.Written));
    }

    [Fact]
    public void One_wrong_server_of_three_is_outvoted()
    {
        NtpAnswer.Measured? best = SampleRules.Select([Measured("wrong", 5000, 1), Measured("far", 12, 30), Measured("near", 10, 5)]);

        Assert.Equal("near", best?.Server);
    }

    [Fact]
    public void Three_servers_that_contradict_each_other_are_not_believed() =>
        Assert.Null(SampleRules.Select([Measured("a", 0, 1), Measured("b", 1000, 1), Measured("c", 2000, 1)]));

    internal static NtpAnswer.Measured Measured(string server, double offset, double distance) =>
        new(server, new NtpSample(TimeSpan.FromMilliseconds(offset), TimeSpan.FromMilliseconds(distance), TimeSpan.FromMilliseconds(distance)));

    private static NtpPacket Answer(ulong cookie, TimeSpan ahead) => new()
    {
        Leap = 0,
        Version = 4,
        Mode = 4,
        Stratum = 2,
        RootDelay = TimeSpan.FromMilliseconds(10),
        RootDispersion = TimeSpan.FromMilliseconds(3),
        ReferenceId = 1,
        Originate = cookie,
        Receive = NtpTime.From(Now + ahead),
        Transmit = NtpTime.From(Now + ahead + TimeSpan.FromMilliseconds(10)),
    };
}
