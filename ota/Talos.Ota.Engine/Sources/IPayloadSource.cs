using Talos.Ota.Bundle;

namespace Talos.Ota.Engine.Sources;

/// <summary>A bundle where it lies: on a server, in a file, on a stick, or on its way from a client. Every one passes the same tests.</summary>
public interface IPayloadSource : IBundleSource, IAsyncDisposable
{
    /// <summary>Where it lies, for people; without user name and password.</summary>
    string Name { get; }

    /// <summary>Bytes taken from it so far.</summary>
    long FetchedBytes { get; }
}
