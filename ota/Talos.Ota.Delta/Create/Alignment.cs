using System.Collections.Concurrent;
using Talos.Ota.Delta.Images;
using Talos.Ota.Delta.Matching;

namespace Talos.Ota.Delta.Create;

/// <summary>Content of the new image that resembles content of the old one.</summary>
/// <param name="Target">Position in the content of the new image.</param>
/// <param name="Base">Position in the content of the old image.</param>
/// <param name="Length">In bytes; single bytes within may differ.</param>
internal readonly record struct ContentMatch(long Target, long Base, int Length);

/// <summary>Matches two images file by file.</summary>
internal static class Alignment
{
    private const string Rest = "//rest";
    private const int LargeFile = 2 << 20;

    /// <summary>Finds matches in ascending order of position in the new image, without overlap.</summary>
    /// <param name="oldImage">Files and content of the old image.</param>
    /// <param name="newImage">Files and content of the new image.</param>
    /// <param name="needed">Whether an extent of the new image has to be described at all.</param>
    /// <param name="workers">Files matched at a time; each takes 16 bytes of memory for a byte of the old file.</param>
    /// <param name="progress">Gets bytes of new files done, of all.</param>
    /// <param name="ct">Cancels.</param>
    public static List<ContentMatch> Find(
        (ImageContent Image, byte[] Bytes) oldImage, (ImageContent Image, byte[] Bytes) newImage, Func<Extent, bool> needed,
        int workers, Action<long, long> progress, CancellationToken ct)
    {
        IReadOnlyList<ContentFile> oldFiles = WithRest(oldImage.Image);
        FilePairs pairs = new(oldImage.Bytes, oldFiles);
        List<ContentMatch> matches = [];
        long done = 0;
        ContentFile[] work = [.. WithRest(newImage.Image).Where(f => f.Length > 0 && f.Extents.Any(needed)).OrderByDescending(f => f.Length)];
        long all = work.Sum(f => f.Length);
        Lock mutex = new();
        Parallel.ForEach(Partitioner.Create(work, EnumerablePartitionerOptions.NoBuffering), new ParallelOptions { CancellationToken = ct, MaxDegreeOfParallelism = workers }, file =>
        {
            byte[] newBytes = FilePairs.Bytes(newImage.Bytes, file);
            ContentFile? counterpart;
            lock (pairs)
            {
                counterpart = pairs.Find(file.Path, newBytes);
            }

            List<ContentMatch> found = counterpart is null ? [] : Match(file, newBytes, counterpart, FilePairs.Bytes(oldImage.Bytes, counterpart));
            lock (mutex)
            {
                matches.AddRange(found);
                done += file.Length;
                progress(done, all);
            }

            if (file.Length >= LargeFile)
            {
                // Suffix arrays of large files would pile up before the collector takes them for old.
                GC.Collect();
            }
        });

        return WithoutOverlap(matches);
    }

    private static List<ContentMatch> Match(ContentFile file, byte[] newBytes, ContentFile counterpart, byte[] oldBytes)
    {
        List<ContentMatch> matches = [];
        ExtentCursor target = new(file.Extents);
        ExtentCursor source = new(counterpart.Extents);
        foreach (Match match in BinaryMatcher.Find(oldBytes, newBytes))
        {
            for (int done = 0; done < match.Length;)
            {
                (long targetAt, int targetLeft) = target.Locate(match.Target + done);
                (long sourceAt, int sourceLeft) = source.Locate(match.Base + done);
                int length = Math.Min(match.Length - done, Math.Min(targetLeft, sourceLeft));
                matches.Add(new ContentMatch(targetAt, sourceAt, length));
                done += length;
            }
        }

        return matches;
    }

    // Files may share bytes, so the same place can be matched more than once: the first wins.
    private static List<ContentMatch> WithoutOverlap(List<ContentMatch> matches)
    {
        matches.Sort((a, b) => (a.Target, b.Length, a.Base).CompareTo((b.Target, a.Length, b.Base)));
        List<ContentMatch> kept = [];
        long end = 0;
        foreach (ContentMatch match in matches)
        {
            int covered = (int)Math.Min(Math.Max(0, end - match.Target), match.Length);
            if (covered == match.Length)
            {
                continue;
            }

            ContentMatch left = new(match.Target + covered, match.Base + covered, match.Length - covered);
            if (kept.Count > 0 && kept[^1] is var last && last.Target + last.Length == left.Target && last.Base + last.Length == left.Base
                && last.Length + (long)left.Length <= int.MaxValue)
            {
                kept[^1] = last with { Length = last.Length + left.Length };
            }
            else
            {
                kept.Add(left);
            }

            end = left.Target + left.Length;
        }

        return kept;
    }

    /// <summary>The files, and one more of everything that is in none.</summary>
    private static List<ContentFile> WithRest(ImageContent image)
    {
        List<Extent> rest = [];
        long end = 0;
        foreach (Extent extent in image.Files.SelectMany(f => f.Extents).OrderBy(e => e.Position))
        {
            if (extent.Position > end)
            {
                rest.Add(new Extent(end, (int)(extent.Position - end)));
            }

            end = Math.Max(end, extent.Position + extent.Length);
        }

        if (end < image.Map.Length)
        {
            rest.Add(new Extent(end, (int)(image.Map.Length - end)));
        }

        return [.. image.Files, new ContentFile(Rest, rest)];
    }

    /// <summary>Turns offsets in a file into positions in the content, quickly when they ascend.</summary>
    private sealed class ExtentCursor(IReadOnlyList<Extent> extents)
    {
        private int _index;
        private long _start;

        public (long Position, int Left) Locate(long offset)
        {
            while (offset < _start)
            {
                _index--;
                _start -= extents[_index].Length;
            }

            while (offset >= _start + extents[_index].Length)
            {
                _start += extents[_index].Length;
                _index++;
            }

            int into = (int)(offset - _start);
            return (extents[_index].Position + into, extents[_index].Length - into);
        }
    }
}
