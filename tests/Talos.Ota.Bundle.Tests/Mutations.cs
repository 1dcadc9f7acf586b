namespace Talos.Ota.Bundle.Tests;

/// <summary>Endless variations of a good input, the same for the same seed.</summary>
internal sealed class Mutations(byte[] good, int seed)
{
    private const int Kinds = 8;
    private static readonly byte[] Interesting = [0, 1, 0x7f, 0x80, 0xff, (byte)'"', (byte)'{', (byte)'9'];

    private readonly Random _random = new(seed);

    public byte[] Next()
    {
        if (_random.Next(16) == 0)
        {
            byte[] noise = new byte[_random.Next(good.Length * 2)];
            _random.NextBytes(noise);
            return noise;
        }

        List<byte> changed = [.. good];
        for (int i = _random.Next(1, 5); i > 0 && changed.Count > 0; i--)
        {
            Change(changed);
        }

        return [.. changed];
    }

    private void Change(List<byte> data)
    {
        int at = _random.Next(data.Count);
        int length = Math.Min(_random.Next(1, 9), data.Count - at);
        switch (_random.Next(Kinds))
        {
            case 0:
                data[at] ^= (byte)(1 << _random.Next(8));
                break;
            case 1:
                data[at] = Interesting[_random.Next(Interesting.Length)];
                break;
            case 2:
                data.RemoveRange(at, length);
                break;
            case 3:
                data.InsertRange(at, data.GetRange(at, length));
                break;
            case 4:
                data.RemoveRange(at, data.Count - at);
                break;
            case 5:
                for (int i = 0; i < length; i++)
                {
                    data[at + i] = (byte)_random.Next(256);
                }

                break;
            case 6:
                data.AddRange(data.GetRange(at, length));
                break;
            default:
                int from = _random.Next(data.Count - length + 1);
                for (int i = 0; i < length; i++)
                {
                    data[at + i] = data[from + i];
                }

                break;
        }
    }
}
