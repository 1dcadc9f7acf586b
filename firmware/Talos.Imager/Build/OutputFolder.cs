using System.Globalization;
using System.Text;
using Talos.Imager.Components;

namespace Talos.Imager.Build;

/// <summary>The outputs of a build: written aside, moved to their places when all are complete.</summary>
internal sealed class OutputFolder : IDisposable
{
    private const string Sums = "SHA256SUMS";
    private const string Inputs = ".inputs";

    private readonly string _folder;
    private readonly string _aside;
    private readonly string _name;

    /// <param name="folder">Where the outputs appear; created when absent.</param>
    /// <param name="name">First part of all names.</param>
    public OutputFolder(string folder, string name)
    {
        _folder = Path.GetFullPath(folder);
        _aside = Path.Combine(_folder, $".partial-{Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}");
        _name = name;
        Directory.CreateDirectory(Path.Combine(_aside, "out"));
    }

    /// <summary>Whether the outputs of the same input are all there.</summary>
    /// <param name="folder">Folder of the outputs.</param>
    /// <param name="name">First part of all names.</param>
    /// <param name="fingerprint">Checksum of the input.</param>
    public static bool IsCurrent(string folder, string name, string fingerprint)
    {
        string inputs = Path.Combine(folder, name + Inputs);
        string sums = Path.Combine(folder, Sums);
        return System.IO.File.Exists(inputs) && System.IO.File.ReadAllText(inputs).Trim() == fingerprint
            && System.IO.File.Exists(sums)
            && System.IO.File.ReadLines(sums).All(l => System.IO.File.Exists(Path.Combine(folder, l[(l.IndexOf(' ', StringComparison.Ordinal) + 2)..])));
    }

    /// <summary>Keeps the checksum of the input beside the outputs.</summary>
    public Task WriteFingerprintAsync(string fingerprint, CancellationToken ct) =>
        System.IO.File.WriteAllTextAsync(File(Inputs), fingerprint + "\n", ct);

    /// <summary>Path of something that is not an output.</summary>
    public string Work(string name) => Path.Combine(_aside, name);

    /// <summary>Path of the output with this ending.</summary>
    public string File(string ending) => Path.Combine(_aside, "out", _name + ending);

    /// <summary>Moves all outputs to their places; the list of checksums goes last, so it never names what is not there.</summary>
    /// <param name="known">Checksums already known, by file name.</param>
    /// <param name="ct">Cancels.</param>
    public async Task PublishAsync(IReadOnlyDictionary<string, string> known, CancellationToken ct)
    {
        string[] files = [.. Directory.GetFiles(Path.Combine(_aside, "out")).Order(StringComparer.Ordinal)];
        StringBuilder sums = new();
        foreach (string path in files)
        {
            string file = Path.GetFileName(path);
            string hash = known.GetValueOrDefault(file) ?? await ComponentCache.Sha256Async(path, ct);
            sums.Append(CultureInfo.InvariantCulture, $"{hash}  {file}\n");
        }

        string sumsAside = Work(Sums);
        await System.IO.File.WriteAllTextAsync(sumsAside, sums.ToString(), ct);
        System.IO.File.Delete(Path.Combine(_folder, Sums));
        foreach (string path in files)
        {
            System.IO.File.Move(path, Path.Combine(_folder, Path.GetFileName(path)), overwrite: true);
        }

        System.IO.File.Move(sumsAside, Path.Combine(_folder, Sums));
    }

    /// <summary>Removes what was written aside.</summary>
    public void Dispose()
    {
        if (Directory.Exists(_aside))
        {
            Directory.Delete(_aside, recursive: true);
        }
    }
}
