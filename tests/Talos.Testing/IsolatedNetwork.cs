using System.Diagnostics;
using System.Text;
using Xunit;

namespace Talos.Testing;

/// <summary>
/// Runs a test in network and mount namespaces of its own: the test executable starts itself again under unshare(1).
/// Inside, <see cref="Peer"/> is one more network namespace, for servers. Needs root, iproute2 and util-linux.
/// </summary>
public sealed class IsolatedNetwork : IDisposable
{
    private const string Mark = "TALOS_ISOLATED_NETWORK";
    private readonly List<Process> _processes = [];
    private bool _disposed;

    private IsolatedNetwork() { }

    /// <summary>Name of the namespace for servers.</summary>
    public const string Peer = "peer";

    /// <summary>Runs the body inside; outside, runs the whole test inside and fails when it fails there.</summary>
    public static async Task RunAsync(Func<IsolatedNetwork, Task> body)
    {
        if (Environment.GetEnvironmentVariable(Mark) is not null)
        {
            using IsolatedNetwork network = new();
            network.Run("mount", "-t", "tmpfs", "tmpfs", "/run");
            network.Run("ip", "link", "set", "lo", "up");
            network.Run("ip", "netns", "add", Peer);
            await body(network);
            return;
        }

        string executable = Path.Combine(AppContext.BaseDirectory, AppDomain.CurrentDomain.FriendlyName);
        string test = $"{TestContext.Current.TestMethod!.TestClass.TestClassName}.{TestContext.Current.TestMethod.MethodName}";
        ProcessStartInfo start = new("unshare")
        {
            ArgumentList = { "--net", "--mount", executable, "-method", test },
            Environment = { [Mark] = "1" },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process inside = Process.Start(start)!;
        Task<string> output = inside.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task<string> errors = inside.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await inside.WaitForExitAsync(TestContext.Current.CancellationToken);

        string said = await output + await errors;
        if (inside.ExitCode != 0 || !said.Contains("Total: 1,", StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"{test} failed in its namespaces:\n{said}");
        }
    }

    /// <summary>Runs a command to its end; fails when it fails.</summary>
    public void Run(string program, params string[] arguments) => Output(program, arguments);

    /// <summary>Runs a command to its end and gives what it wrote; fails when it fails.</summary>
    public string Output(string program, params string[] arguments)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {output}{errors.GetAwaiter().GetResult()}");
        }

        return output;
    }

    /// <summary>Runs a command of words in the namespace for servers.</summary>
    public void RunInPeer(string command) => Run("ip", ["netns", "exec", Peer, .. command.Split(' ')]);

    /// <summary>Starts a server in the namespace for servers; it ends with the test.</summary>
    /// <returns>What it has written so far, and a way to end it.</returns>
    public Server StartInPeer(string command) => Start($"ip netns exec {Peer} {command}");

    /// <summary>Starts a command of words beside the test; it ends with the test.</summary>
    public Server Start(string command)
    {
        string[] words = command.Split(' ');
        ProcessStartInfo start = new(words[0], words[1..]) { RedirectStandardError = true, RedirectStandardOutput = true };
        Process process = Process.Start(start)!;
        _processes.Add(process);
        return new Server(process);
    }

    public void Dispose()
    {
        _disposed = true;
        foreach (Process process in _processes)
        {
            process.Kill(entireProcessTree: true);
            process.Dispose();
        }
    }

    /// <summary>A server that runs.</summary>
    public sealed class Server
    {
        private readonly Process _process;
        private readonly StringBuilder _log = new();

        internal Server(Process process)
        {
            _process = process;
            process.OutputDataReceived += Take;
            process.ErrorDataReceived += Take;
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
        }

        /// <summary>What it has written.</summary>
        public string Log
        {
            get
            {
                lock (_log)
                {
                    return _log.ToString();
                }
            }
        }

        /// <summary>How often a text stands in the log.</summary>
        public int Count(string text) => Log.Split(text).Length - 1;

        /// <summary>Ends it.</summary>
        public void Stop()
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        private void Take(object sender, DataReceivedEventArgs e)
        {
            lock (_log)
            {
                _log.AppendLine(e.Data);
            }
        }
    }
}
