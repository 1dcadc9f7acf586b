namespace Talos.Time.Ntp;

/// <summary>What became of a request to a server.</summary>
internal abstract record NtpAnswer(string Server)
{
    /// <summary>A measurement.</summary>
    public sealed record Measured(string Server, NtpSample Sample) : NtpAnswer(Server);

    /// <summary>The server asks to be asked less often, or not at all.</summary>
    public sealed record Kiss(string Server, string Code) : NtpAnswer(Server);

    /// <summary>No answer, or one that cannot be used.</summary>
    public sealed record Failed(string Server, string Reason) : NtpAnswer(Server);
}

/// <summary>A measurement of the clock against a server's.</summary>
/// <param name="Offset">What this clock lacks; negative when it is ahead.</param>
/// <param name="Delay">Time the packets were on their way.</param>
/// <param name="RootDistance">Largest possible error.</param>
internal sealed record NtpSample(TimeSpan Offset, TimeSpan Delay, TimeSpan RootDistance);
