namespace Talos.Rpc.Authorization;

/// <summary>Who is let in over the API at present; the numbers are written into the secrets of apid.</summary>
public enum Admission
{
    /// <summary>It is not known yet whether the node has a config, or its certificate is not there: nobody without a certificate, whatever he asks.</summary>
    Closed = 0,

    /// <summary>STATE was read and holds no config: everybody is a reader, and may bring the first config.</summary>
    Maintenance = 1,

    /// <summary>The node has a config: those with a certificate of its CA.</summary>
    Members = 2,
}
