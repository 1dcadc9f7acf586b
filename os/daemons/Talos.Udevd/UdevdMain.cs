using System.Net.Sockets;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Talos.Linux;

namespace Talos.Udevd;

/// <summary>The entry of the device daemon.</summary>
public static class UdevdMain
{
    /// <summary>Exists once all devices that were there at the start are served.</summary>
    public const string SettledPath = "/run/udevd/settled";

    /// <summary>Accepts connections while the daemon has settled and lives.</summary>
    public const string SocketPath = "/run/udevd/udevd.sock";

    /// <summary>Runs the daemon; it returns only when it fails.</summary>
    /// <returns>The exit code.</returns>
    public static int Run(string[] args)
    {
        using FileStream output = new(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        void Log(string line) => Write(output, line);

        try
        {
            Files.CreateDirectory(Path.GetDirectoryName(SettledPath)!, (UnixFileMode)0b111_101_101);
            File.Delete(SettledPath);
            File.Delete(SocketPath);
            new Udevd(Log).Run(() => Settled(Log));
            return 0;
        }
        catch (Exception e) when (e is IOException or SocketException or UnauthorizedAccessException)
        {
            Log(e.Message);
            return 1;
        }
    }

    private static void Settled(Action<string> log)
    {
        File.WriteAllText(SettledPath, "");
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(SocketPath));
        socket.Listen(4);
        new Thread(() => Accept(socket, log), maxStackSize: 128 * 1024) { IsBackground = true, Name = "health" }.Start();
    }

    /// <summary>Whoever connects learns that the daemon lives, and nothing else.</summary>
    private static void Accept(Socket socket, Action<string> log)
    {
        try
        {
            while (true)
            {
                socket.Accept().Dispose();
            }
        }
        catch (SocketException e)
        {
            log($"{SocketPath}: {e.Message}");
        }
    }

    private static void Write(FileStream output, string line)
    {
        try
        {
            output.Write(Encoding.UTF8.GetBytes(line + '\n'));
        }
        catch (IOException)
        {
            // Whoever read the log is gone; the devices matter more.
        }
    }
}
