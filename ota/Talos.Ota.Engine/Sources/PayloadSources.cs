namespace Talos.Ota.Engine.Sources;

/// <summary>Opens what a reference names.</summary>
/// <param name="http">How servers are asked.</param>
/// <param name="volumes">Finds sticks.</param>
public sealed class PayloadSources(HttpSourceOptions http, IRemovableVolumes volumes)
{
    /// <summary>Opens it; the caller disposes it.</summary>
    /// <exception cref="SourceException">It is not there.</exception>
    public async Task<IPayloadSource> OpenAsync(SourceReference reference, CancellationToken ct) => reference switch
    {
        HttpReference server => await HttpSource.OpenAsync(server.Address, http, ct).ConfigureAwait(false),
        FileReference file => FileSource.Open(file.Path),
        UsbReference stick => UsbSource.Open(volumes, stick),
        _ => throw new ArgumentOutOfRangeException(nameof(reference)),
    };
}
