namespace Talos.Ota.Bundle;

/// <summary>Names content by its bytes.</summary>
/// <param name="Sha256">SHA-256 of all bytes in lower-case hexadecimal digits.</param>
/// <param name="Size">Bytes.</param>
public sealed record ContentId(string Sha256, long Size);
