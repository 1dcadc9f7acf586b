namespace Talos.Time.Ntp;

/// <summary>What became of a request to a server.</summary>
internal abstract record NtpAnswer(string Server)
{
    /// <summary>Why it is no measurement, for people; empty when it is one.</summary>
    public virtual string Problem => "";

    /// <summary>The server answers, but is not in step itself yet: it may be at any moment.</summary>
    public virtual bool IsStarting => false;

    /// <summary>A measurement.</summary>
    public sealed record Measured(string Server, NtpSample Sample) : NtpAnswer(Server);

    /// <summary>An answer of stratum 0, which tells no time but has a code. Source: RFC 5905, section 7.4.</summary>
    public sealed record Kiss(string Server, string Code) : NtpAnswer(Server)
    {
        /// <summary>The server wants to be asked less often.</summary>
        public bool MeansSlower => Code == "RATE";

        /// <summary>The server does not want to be asked.</summary>
        public bool MeansNever => Code is "DENY" or "RSTR";

        /// <inheritdoc/>
        /// <remarks>Any other code: the server cannot tell the time now, as <c>INIT</c> or <c>STEP</c> while it starts.</remarks>
        public override bool IsStarting => !MeansSlower && !MeansNever;

        /// <inheritdoc/>
        public override string Problem => MeansSlower ? "it asks for fewer requests (RATE)"
            : MeansNever ? $"it refuses to be asked ({Code}) and is left alone for an hour"
            : $"it is not in step itself yet ({Code})";
    }

    /// <summary>No answer, or one that cannot be used.</summary>
    public sealed record Failed(string Server, string Reason) : NtpAnswer(Server)
    {
        /// <summary>The answer itself says that its time does not count yet.</summary>
        public bool NotInStep { get; init; }

        /// <inheritdoc/>
        public override bool IsStarting => NotInStep;

        /// <inheritdoc/>
        public override string Problem => Reason;
    }
}

/// <summary>A measurement of the clock against a server's.</summary>
/// <param name="Offset">What this clock lacks; negative when it is ahead.</param>
/// <param name="Delay">Time the packets were on their way.</param>
/// <param name="RootDistance">Largest possible error.</param>
internal sealed record NtpSample(TimeSpan Offset, TimeSpan Delay, TimeSpan RootDistance);
