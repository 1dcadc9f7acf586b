namespace Talos.Linux;

/// <summary>Signals. Source: asm-generic/signal.h; same values on arm64 and x64.</summary>
public enum Signal
{
    /// <summary>No signal; tests whether a process exists.</summary>
    None = 0,
    /// <summary>Hang-up.</summary>
    SIGHUP = 1,
    /// <summary>Interrupt; ctrl-alt-del in PID 1.</summary>
    SIGINT = 2,
    /// <summary>Quit.</summary>
    SIGQUIT = 3,
    /// <summary>Illegal instruction.</summary>
    SIGILL = 4,
    /// <summary>Trap.</summary>
    SIGTRAP = 5,
    /// <summary>Abort.</summary>
    SIGABRT = 6,
    /// <summary>Bus error.</summary>
    SIGBUS = 7,
    /// <summary>Arithmetic error.</summary>
    SIGFPE = 8,
    /// <summary>Kill; cannot be caught.</summary>
    SIGKILL = 9,
    /// <summary>User-defined 1.</summary>
    SIGUSR1 = 10,
    /// <summary>Bad memory access.</summary>
    SIGSEGV = 11,
    /// <summary>User-defined 2.</summary>
    SIGUSR2 = 12,
    /// <summary>Write to a pipe nobody reads.</summary>
    SIGPIPE = 13,
    /// <summary>Timer.</summary>
    SIGALRM = 14,
    /// <summary>Polite request to end.</summary>
    SIGTERM = 15,
    /// <summary>A child changed state.</summary>
    SIGCHLD = 17,
    /// <summary>Continue.</summary>
    SIGCONT = 18,
    /// <summary>Stop; cannot be caught.</summary>
    SIGSTOP = 19,
    /// <summary>CPU time limit.</summary>
    SIGXCPU = 24,
    /// <summary>File size limit.</summary>
    SIGXFSZ = 25,
    /// <summary>Power failure.</summary>
    SIGPWR = 30,
    /// <summary>Bad system call.</summary>
    SIGSYS = 31,
}
