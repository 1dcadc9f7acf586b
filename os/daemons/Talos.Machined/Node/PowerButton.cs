using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using Talos.Linux;

namespace Talos.Machined.Node;

/// <summary>Listens to the power buttons among the input devices.</summary>
/// <remarks>Source: linux/input.h, <c>struct input_event</c> with 64-bit times: type, code and value follow 16 bytes of time.</remarks>
internal static class PowerButton
{
    private const int EventSize = 24;
    private const ushort KeyEvent = 1;
    private const ushort PowerKey = 116;
    private const int Pressed = 1;

    /// <summary>Opens the devices that have a power key.</summary>
    /// <param name="pump">Reads them.</param>
    /// <param name="onPressed">Told of each press, on the pump's thread.</param>
    /// <returns>Names of the devices.</returns>
    public static IReadOnlyList<string> Listen(PipePump pump, Action onPressed)
    {
        List<string> devices = [];
        string root = "/sys/class/input";
        string[] paths = Directory.Exists(root) ? Directory.GetDirectories(root, "event*") : [];
        foreach (string path in paths.Order(StringComparer.Ordinal))
        {
            string keys = $"{path}/device/capabilities/key";
            string device = "/dev/input/" + Path.GetFileName(path);
            if (File.Exists(keys) && HasPowerKey(File.ReadAllText(keys)) && File.Exists(device))
            {
                SafeFileHandle handle = Descriptors.Open(device, OpenFlags.ReadOnly);
                pump.Add(handle, data =>
                {
                    if (IsPress(data))
                    {
                        onPressed();
                    }
                });
                devices.Add(device);
            }
        }

        return devices;
    }

    /// <summary>Whether a bitmap of keys holds the power key: words of 64 bits in hexadecimal, the highest first.</summary>
    internal static bool HasPowerKey(string bitmap)
    {
        string[] words = bitmap.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        const int word = PowerKey / 64;
        return words.Length > word
            && ulong.TryParse(words[^(word + 1)], System.Globalization.NumberStyles.HexNumber, System.Globalization.CultureInfo.InvariantCulture, out ulong bits)
            && (bits >> (PowerKey % 64) & 1) == 1;
    }

    /// <summary>Whether a press of the power key is among these events.</summary>
    internal static bool IsPress(ReadOnlySpan<byte> events)
    {
        for (; events.Length >= EventSize; events = events[EventSize..])
        {
            if (BinaryPrimitives.ReadUInt16LittleEndian(events[16..]) == KeyEvent
                && BinaryPrimitives.ReadUInt16LittleEndian(events[18..]) == PowerKey
                && BinaryPrimitives.ReadInt32LittleEndian(events[20..]) == Pressed)
            {
                return true;
            }
        }

        return false;
    }
}
