using Microsoft.Win32.SafeHandles;

namespace Talos.Linux;

/// <summary>What to start and with which surroundings.</summary>
public sealed record ChildOptions
{
    /// <summary>Absolute path of the executable; no search path.</summary>
    public required string Path { get; init; }

    /// <summary>Arguments after argv[0].</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>argv[0]; null for <see cref="Path"/>.</summary>
    public string? Name { get; init; }

    /// <summary>The whole environment; nothing is inherited.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Working directory.</summary>
    public string WorkingDirectory { get; init; } = "/";

    /// <summary>Standard input; null for <c>/dev/null</c>. Stays the caller's to close.</summary>
    public SafeFileHandle? StandardInput { get; init; }

    /// <summary>Standard output; null for <c>/dev/null</c>. Stays the caller's to close.</summary>
    public SafeFileHandle? StandardOutput { get; init; }

    /// <summary>Standard error; null for <c>/dev/null</c>. Stays the caller's to close.</summary>
    public SafeFileHandle? StandardError { get; init; }

    /// <summary>Starts a session of its own, so that its group can be signalled as one.</summary>
    public bool NewSession { get; init; } = true;
}
