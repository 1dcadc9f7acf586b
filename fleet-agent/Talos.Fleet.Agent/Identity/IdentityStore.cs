using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Talos.Linux;
using Talos.Pki;

namespace Talos.Fleet.Agent;

/// <summary>Key and certificate on STATE. The key is made here and never leaves.</summary>
internal sealed partial class IdentityStore(string folder, ILogger<IdentityStore> log)
{
    private const UnixFileMode Folder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private string IdentityPath => Path.Combine(folder, "identity.json");

    private string KeyPath => Path.Combine(folder, "key.pem");

    private string NextKeyPath => Path.Combine(folder, "key-next.pem");

    /// <summary>The identity; null when there is none, or none that can be used.</summary>
    public NodeIdentity? Load()
    {
        if (!File.Exists(IdentityPath))
        {
            return null;
        }

        try
        {
            IdentityFile file = JsonSerializer.Deserialize(File.ReadAllBytes(IdentityPath), AgentJson.Default.IdentityFile) ?? throw new JsonException("null");

            // After a power cut between two files the certificate may be the one of the next key already.
            foreach (string path in new[] { KeyPath, NextKeyPath })
            {
                if (File.Exists(path) && Fits(file, File.ReadAllText(path)) is { } identity)
                {
                    return identity;
                }
            }

            LogUnusable(IdentityPath, "the key of the certificate is not there");
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            LogUnusable(IdentityPath, e.Message);
        }

        return null;
    }

    /// <summary>The key to enrol with; made when there is none.</summary>
    public PrivateKey Key() => ReadKey(KeyPath) ?? MakeKey(KeyPath);

    /// <summary>A fresh key for the next certificate; the same one until that is kept.</summary>
    public PrivateKey NextKey() => ReadKey(NextKeyPath) ?? MakeKey(NextKeyPath);

    /// <summary>Keeps the first identity.</summary>
    /// <exception cref="PkiException">It does not fit the key.</exception>
    public NodeIdentity Keep(IdentityFile file)
    {
        NodeIdentity identity = NodeIdentity.From(file, File.ReadAllText(KeyPath));
        Write(file);
        return identity;
    }

    /// <summary>Keeps the next identity; from then on the next key is the key.</summary>
    /// <exception cref="PkiException">It does not fit the next key.</exception>
    public NodeIdentity KeepNext(IdentityFile file)
    {
        NodeIdentity identity = NodeIdentity.From(file, File.ReadAllText(NextKeyPath));
        Write(file);
        Files.WriteAtomically(KeyPath, File.ReadAllText(NextKeyPath));
        File.Delete(NextKeyPath);
        return identity;
    }

    private void Write(IdentityFile file) => Files.WriteAtomically(IdentityPath, JsonSerializer.SerializeToUtf8Bytes(file, AgentJson.Default.IdentityFile));

    private static NodeIdentity? Fits(IdentityFile file, string key)
    {
        try
        {
            return NodeIdentity.From(file, key);
        }
        catch (PkiException)
        {
            return null;
        }
    }

    private PrivateKey? ReadKey(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            return PrivateKey.FromPem(File.ReadAllText(path));
        }
        catch (Exception e) when (e is PkiException or CryptographicException)
        {
            LogUnusable(path, e.Message);
            return null;
        }
    }

    private PrivateKey MakeKey(string path)
    {
        Files.CreateDirectory(folder, Folder);
        var key = PrivateKey.Generate(KeyAlgorithm.EcdsaP256);
        Files.WriteAtomically(path, key.ToPem().Reveal());
        return key;
    }

    [LoggerMessage(LogLevel.Warning, "{Path} cannot be used: {Problem}")]
    private partial void LogUnusable(string path, string problem);
}
