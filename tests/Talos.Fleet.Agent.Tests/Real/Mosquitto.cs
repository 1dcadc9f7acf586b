using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Talos.Fleet.Protocol;

namespace Talos.Fleet.Agent.Tests.Real;

/// <summary>A real mosquitto with mTLS and the access rule, on a port of its own.</summary>
internal sealed class Mosquitto : IDisposable
{
    private readonly string _folder;
    private readonly TestFleet _fleet;
    private Process? _process;

    public Mosquitto(TestFleet fleet, string folder)
    {
        (_fleet, _folder) = (fleet, Path.Combine(folder, "mosquitto"));
        Directory.CreateDirectory(_folder);
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        (string certificate, string key) = fleet.Issue("CN=broker", server: true);
        Write("server.pem", certificate);
        Write("server.key", key);
        Write("ca.pem", fleet.CaPem);
        Write("acl", AccessRule.MosquittoAcl(["hub-1"]));
    }

    public int Port { get; }

    public async Task StartAsync(bool withCrl = false)
    {
        string crl = withCrl ? $"crlfile {Write("crl.pem", _fleet.CrlPem())}\n" : "";
        string config = Write("mosquitto.conf", $"""
            user root
            listener {Port} 127.0.0.1
            cafile {_folder}/ca.pem
            certfile {_folder}/server.pem
            keyfile {_folder}/server.key
            require_certificate true
            use_identity_as_username true
            {crl}acl_file {_folder}/acl
            persistence false
            log_dest file {_folder}/log
            log_type all

            """);
        _process = Process.Start(new ProcessStartInfo("mosquitto", ["-c", config]) { RedirectStandardError = true })!;
        await Until.TrueAsync("mosquitto listens", async () =>
        {
            using TcpClient client = new();
            try
            {
                await client.ConnectAsync(IPAddress.Loopback, Port);
                return true;
            }
            catch (SocketException)
            {
                return false;
            }
        });
    }

    /// <summary>Kills it: whatever it had is gone.</summary>
    public void Kill()
    {
        _process?.Kill();
        _process?.WaitForExit();
        _process?.Dispose();
        _process = null;
    }

    public string Log => File.Exists(Path.Combine(_folder, "log")) ? File.ReadAllText(Path.Combine(_folder, "log")) : "";

    public void Dispose() => Kill();

    private string Write(string name, string content)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, content);
        return path;
    }
}

/// <summary>Waits for conditions, up to a minute.</summary>
internal static class Until
{
    public static async Task TrueAsync(string what, Func<Task<bool>> condition, int seconds = 60)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start).TotalSeconds < seconds, $"not within {seconds} s: {what}");
            await Task.Delay(50);
        }
    }

    public static Task TrueAsync(string what, Func<bool> condition, int seconds = 60) => TrueAsync(what, () => Task.FromResult(condition()), seconds);
}
