using System.Globalization;
using Talos.Linux;

namespace Talos.Machined.Api.Proc;

/// <summary>Words a record of the kernel log as clients print it: <c>user: warning: [2026-01-02T03:04:05.123456Z]: text</c>.</summary>
internal static class KmsgText
{
    private static readonly string[] Facilities =
    [
        "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp", "ntp", "audit", "alert", "clock",
        "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7",
    ];

    private static readonly string[] Priorities = ["emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"];

    /// <summary>One line without a line feed.</summary>
    /// <param name="record">The record.</param>
    /// <param name="booted">When the clock of the kernel log began.</param>
    public static string Format(KmsgRecord record, DateTimeOffset booted)
    {
        string facility = record.Facility < Facilities.Length ? Facilities[record.Facility] : record.Facility.ToString(CultureInfo.InvariantCulture);
        string time = (booted + record.SinceBoot).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);
        return $"{facility}: {Priorities[(int)record.Priority],7}: [{time}]: {record.Message}";
    }
}
