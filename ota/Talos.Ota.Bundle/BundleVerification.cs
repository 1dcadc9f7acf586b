using System.Security.Cryptography;

namespace Talos.Ota.Bundle;

/// <summary>Reads all of a bundle and checks every hash there is.</summary>
public static class BundleVerification
{
    /// <summary>Checks every chunk, stored and unpacked, and every payload as a whole.</summary>
    /// <param name="reader">The bundle.</param>
    /// <param name="progress">Gets the unpacked bytes checked so far; may be null.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="BundleException">The first thing that does not fit.</exception>
    public static async Task VerifyAsync(BundleReader reader, IProgress<long>? progress, CancellationToken ct)
    {
        byte[] content = new byte[reader.Payloads.Max(p => p.Info.ChunkSize)];
        reader.ExpectAll();
        long done = 0;
        foreach (BundlePayload payload in reader.Payloads)
        {
            using var whole = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            for (int chunk = 0; chunk < payload.ChunkCount; chunk++)
            {
                int length = await reader.ReadChunkAsync(payload, chunk, content, ct).ConfigureAwait(false);
                if (!payload.Fits(chunk, content.AsSpan(0, length)))
                {
                    throw new BundleException(BundleProblem.Corrupt, $"bundle: {payload.Describe(chunk)}: unpacked it is not what the index names");
                }

                whole.AppendData(content.AsSpan(0, length));
                progress?.Report(done += length);
            }

            if (Convert.ToHexStringLower(whole.GetHashAndReset()) != payload.Info.Content.Sha256)
            {
                throw new BundleException(BundleProblem.Corrupt, $"bundle: {payload.Info}: as a whole it is not what the manifest names");
            }
        }
    }
}
