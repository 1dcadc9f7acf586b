using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Talos.Linux;

/// <summary>How a command ended and what it wrote to standard output and error.</summary>
public sealed record CommandResult(ExitStatus Status, string Output);

/// <summary>Runs a command to its end.</summary>
public static class Command
{
    private const int MaxOutput = 64 * 1024;

    /// <summary>Runs a command and gives its output.</summary>
    /// <param name="reaper">The reaper of this process.</param>
    /// <param name="path">Absolute path.</param>
    /// <param name="arguments">Arguments after argv[0].</param>
    /// <param name="ct">Kills the command and its group.</param>
    /// <returns>Exit status and the first 64 KiB of output.</returns>
    public static async Task<CommandResult> RunAsync(Reaper reaper, string path, IReadOnlyList<string> arguments, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(reaper);
        (SafeFileHandle read, SafeFileHandle write) = Descriptors.CreatePipe();
        using (read)
        {
            ChildProcess child;
            using (write)
            {
                child = reaper.Spawn(new ChildOptions
                {
                    Path = path,
                    Arguments = arguments,
                    Environment = new Dictionary<string, string> { ["PATH"] = "/usr/bin:/usr/sbin:/bin:/sbin" },
                    StandardOutput = write,
                    StandardError = write,
                });
            }

            await using CancellationTokenRegistration kill = ct.Register(() => child.SendToGroup(Signal.SIGKILL));
            string output = await Task.Run(() => ReadAll(read, path), CancellationToken.None).ConfigureAwait(false);
            ExitStatus status = await child.Exit.ConfigureAwait(false);
            ct.ThrowIfCancellationRequested();
            return new CommandResult(status, output);
        }
    }

    private static string ReadAll(SafeFileHandle pipe, string subject)
    {
        byte[] kept = new byte[MaxOutput];
        byte[] rest = new byte[4096];
        int length = 0;
        while (true)
        {
            Span<byte> target = length < kept.Length ? kept.AsSpan(length) : rest;
            int count = Descriptors.Read(pipe, target, subject);
            if (count <= 0)
            {
                return Encoding.UTF8.GetString(kept, 0, length);
            }

            length += length < kept.Length ? count : 0;
        }
    }
}
