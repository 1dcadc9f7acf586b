namespace Talos.Ota.Engine;

/// <summary>How far an update is.</summary>
/// <param name="State">What it does.</param>
/// <param name="Part">The part of the slot: <c>root</c> or <c>boot</c>; null outside of writing and verifying.</param>
/// <param name="DoneBytes">Unpacked bytes of all parts that are in place.</param>
/// <param name="TotalBytes">Unpacked bytes of all parts; 0 until the manifest is known.</param>
/// <param name="FetchedBytes">Bytes taken from the source.</param>
/// <param name="WrittenBytes">Bytes written to the slot; what it already held is not written.</param>
public sealed record UpdateProgress(UpdateState State, string? Part, long DoneBytes, long TotalBytes, long FetchedBytes, long WrittenBytes);
