using System.Diagnostics;

namespace Talos.E2e.Tests;

/// <summary>What a command printed and how it ended.</summary>
internal sealed record CommandResult(int ExitCode, string Output, string Error)
{
    /// <summary>The output of a command that had to succeed.</summary>
    public string Expect()
    {
        Assert.True(ExitCode == 0, $"exit code {ExitCode}: {Error}{Output}");
        return Output;
    }
}

/// <summary>Runs host commands.</summary>
internal static class Commands
{
    /// <summary>Time after which a command is ended; emulation is slow.</summary>
    public static TimeSpan Limit { get; } = TimeSpan.FromMinutes(15);

    public static async Task<CommandResult> RunAsync(
        string file, IEnumerable<string> arguments, string folder, IReadOnlyDictionary<string, string>? environment = null)
    {
        ProcessStartInfo start = new(file, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = folder,
        };
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        using CancellationTokenSource limit = new(Limit);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            return new CommandResult(-1, await output, $"ended after {Limit}: {file} {string.Join(' ', arguments)}\n{await error}");
        }

        return new CommandResult(process.ExitCode, await output, await error);
    }
}

/// <summary>Waits for conditions on a machine that answers in its own time.</summary>
internal static class Until
{
    /// <summary>Tries until the condition holds.</summary>
    /// <param name="what">Named in the failure.</param>
    /// <param name="limit">Longest time to wait.</param>
    /// <param name="condition">Says null when it holds, else what is still wrong; may throw while the machine is away.</param>
    public static async Task HoldsAsync(string what, TimeSpan limit, Func<Task<string?>> condition)
    {
        Stopwatch watch = Stopwatch.StartNew();
        string? wrong;
        do
        {
            try
            {
                wrong = await condition();
            }
            catch (Exception e) when (e is not Xunit.Sdk.IAssertionException)
            {
                wrong = e.Message;
            }

            if (wrong is null)
            {
                return;
            }

            await Task.Delay(200);
        }
        while (watch.Elapsed < limit);

        Assert.Fail($"not {what} after {limit.TotalSeconds:F0} s: {wrong}");
    }
}
