using System.Text.Json;
using Microsoft.Extensions.Logging;
using Talos.Linux;
using Talos.Resources.Secrets;

namespace Talos.Secrets.Ports;

/// <summary>A file on STATE that only root can read.</summary>
internal sealed partial class KeptCertificate(ILogger<KeptCertificate> log, string path = KeptCertificate.DefaultPath) : IKeptCertificate
{
    /// <summary>Where the file lies on a node.</summary>
    public const string DefaultPath = "/system/state/api-certificate.json";

    /// <summary>Two certificates, their keys and a few CAs; what is longer is not ours.</summary>
    private const int MaxLength = 256 << 10;

    private ApiCertificate? _known;

    public ApiCertificate? Load()
    {
        try
        {
            if (!File.Exists(path) || new FileInfo(path).Length > MaxLength)
            {
                return null;
            }

            _known = JsonSerializer.Deserialize(File.ReadAllBytes(path), ApiCertificate.Json);
            return _known;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            LogNotRead(path, e.Message);
            return null;
        }
    }

    /// <remarks>A node whose STATE cannot be written works on: the certificate is in memory.</remarks>
    public void Save(ApiCertificate certificate)
    {
        if (certificate == _known)
        {
            return;
        }

        try
        {
            Files.WriteAtomically(path, JsonSerializer.SerializeToUtf8Bytes(certificate, ApiCertificate.Json));
            _known = certificate;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogNotKept(path, e.Message);
        }
    }

    [LoggerMessage(LogLevel.Warning, "{Path}: the API's certificate of before cannot be used: {Problem}")]
    private partial void LogNotRead(string path, string problem);

    [LoggerMessage(LogLevel.Warning, "{Path}: the API's certificate is not kept over a restart: {Problem}")]
    private partial void LogNotKept(string path, string problem);
}
