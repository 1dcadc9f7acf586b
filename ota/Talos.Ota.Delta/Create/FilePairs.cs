using System.Text.RegularExpressions;
using Talos.Ota.Delta.Images;

namespace Talos.Ota.Delta.Create;

/// <summary>Finds for each new file the old file it most likely was made from.</summary>
internal sealed partial class FilePairs
{
    // Sampled substrings: every 64th on average, so that a file of a few KiB has some.
    private const int SampleLength = 16;
    private const ulong SampleMask = 63;
    private const int FilesPerSample = 4;

    private readonly byte[] _baseContent;
    private readonly IReadOnlyList<ContentFile> _baseFiles;
    private readonly Dictionary<string, ContentFile> _byPath = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ContentFile> _byPattern = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ContentFile> _byName = new(StringComparer.Ordinal);
    private Dictionary<ulong, List<int>>? _samples;

    /// <param name="baseContent">Content of the old image.</param>
    /// <param name="baseFiles">Its files.</param>
    public FilePairs(byte[] baseContent, IReadOnlyList<ContentFile> baseFiles)
    {
        _baseContent = baseContent;
        _baseFiles = baseFiles;
        foreach (ContentFile file in baseFiles)
        {
            _byPath.TryAdd(file.Path, file);
            _byPattern.TryAdd(Pattern(file.Path), file);
            if (!_byName.TryAdd(Name(file.Path), file))
            {
                _byName[Name(file.Path)] = None;
            }
        }
    }

    /// <summary>No file: the name is not unique.</summary>
    private static ContentFile None { get; } = new("", []);

    /// <summary>The counterpart of a new file: same path, same path but for digits, a unique same name, else most content in common.</summary>
    /// <returns>Null when nothing resembles it.</returns>
    public ContentFile? Find(string path, byte[] content)
    {
        ContentFile? found = _byPath.GetValueOrDefault(path) ?? _byPattern.GetValueOrDefault(Pattern(path));
        if (found is null && _byName.GetValueOrDefault(Name(path)) is { Length: > 0 } named)
        {
            found = named;
        }

        return found ?? MostInCommon(content);
    }

    /// <summary>The bytes of a file.</summary>
    public static byte[] Bytes(byte[] content, ContentFile file)
    {
        byte[] bytes = new byte[file.Length];
        int at = 0;
        foreach (Extent extent in file.Extents)
        {
            content.AsSpan((int)extent.Position, extent.Length).CopyTo(bytes.AsSpan(at));
            at += extent.Length;
        }

        return bytes;
    }

    private ContentFile? MostInCommon(byte[] content)
    {
        _samples ??= Samples();
        Dictionary<int, int> votes = [];
        foreach (ulong sample in Sampled(content))
        {
            foreach (int file in _samples.GetValueOrDefault(sample, []))
            {
                votes[file] = votes.GetValueOrDefault(file) + 1;
            }
        }

        return votes.Count == 0 ? null : _baseFiles[votes.MaxBy(v => (v.Value, -v.Key)).Key];
    }

    private Dictionary<ulong, List<int>> Samples()
    {
        Dictionary<ulong, List<int>> samples = [];
        for (int i = 0; i < _baseFiles.Count; i++)
        {
            foreach (ulong sample in Sampled(Bytes(_baseContent, _baseFiles[i])).Distinct())
            {
                if (!samples.TryGetValue(sample, out List<int>? files))
                {
                    samples.Add(sample, files = []);
                }

                if (files.Count < FilesPerSample)
                {
                    files.Add(i);
                }
            }
        }

        return samples;
    }

    private static IEnumerable<ulong> Sampled(byte[] bytes)
    {
        // A rolling polynomial over the last 16 bytes.
        const ulong Factor = 0x9E37_79B9_7F4A_7C15;
        ulong leaving = 1;
        for (int i = 0; i < SampleLength; i++)
        {
            leaving = unchecked(leaving * Factor);
        }

        ulong hash = 0;
        for (int i = 0; i < bytes.Length; i++)
        {
            hash = unchecked((hash * Factor) + bytes[i] + 1);
            if (i >= SampleLength)
            {
                hash = unchecked(hash - (leaving * (bytes[i - SampleLength] + 1UL)));
            }

            if (i >= SampleLength - 1 && ((hash >> 40) & SampleMask) == 0)
            {
                yield return hash;
            }
        }
    }

    private static string Pattern(string path) => Digits().Replace(path, "0");

    private static string Name(string path) => path[(path.LastIndexOf('/') + 1)..];

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Digits();
}
