using Talos.Resources.Secrets;

namespace Talos.Secrets.Ports;

/// <summary>The last certificate of the API, kept over restarts: with it a node that gets no new one stays open to its owner.</summary>
internal interface IKeptCertificate
{
    /// <summary>The certificate; null when there is none that can be read.</summary>
    ApiCertificate? Load();

    /// <summary>Keeps a certificate instead of the one before; nothing happens when it is the same.</summary>
    void Save(ApiCertificate certificate);
}
