using System.ComponentModel;
using System.Diagnostics;

namespace Talos.Imager.Tools;

/// <summary>Runs a well-known program and turns its failure into one line.</summary>
internal static class Tool
{
    private const int ErrorLines = 3;

    /// <summary>Runs <paramref name="program"/> and waits for it.</summary>
    /// <param name="program">Name searched in <c>PATH</c>, or a path.</param>
    /// <param name="arguments">One argument each; no shell sees them.</param>
    /// <param name="workingDirectory">Null: the imager's own.</param>
    /// <param name="environment">Variables set in addition to the imager's own.</param>
    /// <param name="ct">Ends the program with its children.</param>
    /// <returns>Standard output as text.</returns>
    /// <exception cref="ImagerException">The program is missing or its exit code is not 0.</exception>
    public static async Task<string> RunAsync(
        string program,
        IEnumerable<string> arguments,
        string? workingDirectory = null,
        IReadOnlyDictionary<string, string>? environment = null,
        CancellationToken ct = default)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = workingDirectory ?? "",
        };
        SetEnvironment(start, environment);

        using Process process = Start(start);
        process.StandardInput.Close();
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(ct);
            Task<string> error = process.StandardError.ReadToEndAsync(ct);
            await process.WaitForExitAsync(ct);

            return process.ExitCode == 0
                ? await output
                : throw new ImagerException(Failure(program, process.ExitCode, await error, await output));
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    private static void SetEnvironment(ProcessStartInfo start, IReadOnlyDictionary<string, string>? environment)
    {
        start.Environment["LC_ALL"] = "C";
        start.Environment["TZ"] = "UTC";
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }
    }

    private static Process Start(ProcessStartInfo start)
    {
        // Administration tools live where an ordinary user's PATH does not look.
        string path = start.Environment["PATH"] ?? "/usr/bin:/bin";
        start.Environment["PATH"] = path + ":/usr/sbin:/sbin";
        start.FileName = Find(start.FileName, start.Environment["PATH"]!) ?? start.FileName;
        try
        {
            return Process.Start(start) ?? throw new ImagerException($"{start.FileName}: not started");
        }
        catch (Win32Exception e)
        {
            throw new ImagerException($"{start.FileName}: {e.Message}; scripts/lib/packages lists what the build needs", e);
        }
    }

    private static string? Find(string program, string path) => program.Contains('/', StringComparison.Ordinal)
        ? program
        : path.Split(':').Select(d => Path.Combine(d, program)).FirstOrDefault(File.Exists);

    private static string Failure(string program, int exitCode, string error, string output)
    {
        string[] lines = (error.Length > 0 ? error : output)
            .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return $"{program}: exit code {exitCode}: {string.Join("; ", lines.TakeLast(ErrorLines))}";
    }
}
