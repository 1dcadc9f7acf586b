namespace Talosctl;

/// <summary>What a command sees of the workstation; tests give their own.</summary>
internal sealed record Host
{
    /// <summary>Standard output.</summary>
    public required TextWriter Out { get; init; }

    /// <summary>Standard error.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>Standard input.</summary>
    public required TextReader In { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Environment variables; null for one that is not set.</summary>
    public required Func<string, string?> Variable { get; init; }

    /// <summary>The user's home directory.</summary>
    public required string Home { get; init; }

    /// <summary>Binary standard output, for commands that pass bytes on.</summary>
    public required Func<Stream> OpenOut { get; init; }

    /// <summary>Whether a person watches standard output.</summary>
    public bool IsInteractive { get; init; }

    /// <summary>The real one.</summary>
    public static Host System() => new()
    {
        Out = Console.Out,
        Error = Console.Error,
        In = Console.In,
        Variable = Environment.GetEnvironmentVariable,
        Home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile),
        OpenOut = Console.OpenStandardOutput,
        IsInteractive = !Console.IsOutputRedirected && !Console.IsInputRedirected,
    };
}
