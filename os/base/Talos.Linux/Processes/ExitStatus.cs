namespace Talos.Linux;

/// <summary>How a process ended.</summary>
/// <param name="Code">Exit code 0 to 255; 0 too when a signal ended it.</param>
/// <param name="Signal">The signal that ended it, or <see cref="Signal.None"/>.</param>
public readonly record struct ExitStatus(int Code, Signal Signal)
{
    /// <summary>Ended by itself with code 0.</summary>
    public bool IsSuccess => Code == 0 && Signal is Signal.None;

    /// <summary><c>exit code 3</c> or <c>killed by SIGKILL</c>.</summary>
    public override string ToString() => Signal is Signal.None ? $"exit code {Code}" : $"killed by {Signal}";

    /// <summary>Reads the status word of waitpid(2).</summary>
    internal static ExitStatus FromWaitStatus(int status)
    {
        int signal = status & 0x7F;
        return signal == 0 ? new ExitStatus((status >> 8) & 0xFF, Signal.None) : new ExitStatus(0, (Signal)signal);
    }
}
