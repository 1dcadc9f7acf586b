using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Logging;
using Talos.Pki;

namespace Talos.Rpc.Tls;

/// <summary>A value read from a JSON file and read again when the file was replaced.</summary>
/// <param name="path">The file; its writer replaces it by renaming.</param>
/// <param name="json">How to read it.</param>
/// <param name="use">Makes of the file's content what callers need; throws when the content is unusable.</param>
/// <param name="log">Where a failing reload is reported.</param>
public sealed partial class SecretsFile<TJson, TValue>(
    string path, JsonTypeInfo<TJson> json, Func<TJson, TValue> use, ILogger log)
    where TValue : class
{
    private readonly Lock _gate = new();
    private TValue? _value;
    private (DateTime Written, long Length, bool Exists) _seen;

    /// <summary>The value of the file as it is now. When a later version cannot be used, the earlier one stays.</summary>
    /// <exception cref="IOException">There never was a usable version.</exception>
    public TValue Current
    {
        get
        {
            lock (_gate)
            {
                FileInfo file = new(path);
                var seen = (file.Exists ? file.LastWriteTimeUtc : default, file.Exists ? file.Length : 0, file.Exists);
                if (_value is null || seen != _seen)
                {
                    _seen = seen;
                    Load();
                }

                return _value ?? throw new IOException($"{path}: never held a usable value");
            }
        }
    }

    private void Load()
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            TJson content = JsonSerializer.Deserialize(file, json) ?? throw new JsonException("the document is null");
            _value = use(content);
            LogLoaded(path);
        }
        catch (Exception e) when (_value is not null && e is IOException or JsonException or PkiException or ArgumentException or System.Security.Cryptography.CryptographicException)
        {
            LogKept(path, e);
        }
    }

    [LoggerMessage(LogLevel.Information, "{Path} loaded")]
    private partial void LogLoaded(string path);

    [LoggerMessage(LogLevel.Error, "{Path} is not usable, the version before stays in use")]
    private partial void LogKept(string path, Exception error);
}
