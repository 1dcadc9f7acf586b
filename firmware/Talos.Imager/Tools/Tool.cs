using System.ComponentModel;
using System.Diagnostics;
using System.Text;

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
        using MemoryStream output = new();
        await RunAsync(program, arguments, input: null, output, workingDirectory, environment, ct);
        return Encoding.UTF8.GetString(output.GetBuffer().AsSpan(0, (int)output.Length));
    }

    /// <summary>Runs <paramref name="program"/> and keeps its standard output in a file.</summary>
    public static async Task RunToFileAsync(string program, IEnumerable<string> arguments, string path, CancellationToken ct)
    {
        await using FileStream output = File.Create(path);
        await RunAsync(program, arguments, input: null, output, ct: ct);
    }

    /// <summary>Runs <paramref name="program"/> between two streams.</summary>
    /// <param name="program">Name searched in <c>PATH</c>, or a path.</param>
    /// <param name="arguments">One argument each; no shell sees them.</param>
    /// <param name="input">Writes its standard input; null: it is empty.</param>
    /// <param name="output">Takes its standard output.</param>
    /// <param name="workingDirectory">Null: the imager's own.</param>
    /// <param name="environment">Variables set in addition to the imager's own.</param>
    /// <param name="ct">Ends the program with its children.</param>
    /// <exception cref="ImagerException">The program is missing or its exit code is not 0.</exception>
    public static async Task RunAsync(
        string program,
        IEnumerable<string> arguments,
        Func<Stream, Task>? input,
        Stream output,
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
        try
        {
            Task copied = process.StandardOutput.BaseStream.CopyToAsync(output, ct);
            Task<string> error = process.StandardError.ReadToEndAsync(ct);
            bool fed = await FeedAsync(process, input);
            await Task.WhenAll(copied, error, process.WaitForExitAsync(ct));

            if (process.ExitCode != 0 || !fed)
            {
                throw new ImagerException(Failure(program, process.ExitCode, await error, output as MemoryStream));
            }
        }
        catch
        {
            Kill(process);
            throw;
        }
    }

    /// <summary>False when the program closed its input early, as it does when it fails.</summary>
    private static async Task<bool> FeedAsync(Process process, Func<Stream, Task>? input)
    {
        try
        {
            if (input is not null)
            {
                await input(process.StandardInput.BaseStream);
            }

            process.StandardInput.Close();
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static void Kill(Process process)
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
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

    private static string Failure(string program, int exitCode, string error, MemoryStream? output)
    {
        string text = error.Length > 0 || output is null ? error : Encoding.UTF8.GetString(output.ToArray());
        string[] lines = text
            .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return $"{program}: exit code {exitCode}: {string.Join("; ", lines.TakeLast(ErrorLines))}";
    }
}
