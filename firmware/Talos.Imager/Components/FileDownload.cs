namespace Talos.Imager.Components;

/// <summary>One file to download.</summary>
/// <param name="Uri">Where it is.</param>
/// <param name="Sha256">What it has to be, lowercase hex.</param>
/// <param name="Target">Where it goes.</param>
internal sealed record FileDownload(string Uri, string Sha256, string Target);
