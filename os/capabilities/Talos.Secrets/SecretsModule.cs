using Microsoft.Extensions.Logging;
using Talos.Cosi;
using Talos.Secrets.Controllers;
using Talos.Secrets.Ports;

namespace Talos.Secrets;

/// <summary>The certificates of the node's own API, and the daemons that use them.</summary>
/// <param name="time">The clock.</param>
/// <param name="loggers">Makes loggers.</param>
public sealed class SecretsModule(TimeProvider time, ILoggerFactory loggers)
{
    /// <summary>Registers the controllers.</summary>
    public void Register(ControllerRuntime controllers)
    {
        ArgumentNullException.ThrowIfNull(controllers);
        controllers.Register(new RootController(time, loggers.CreateLogger<RootController>()));
        controllers.Register(new CertSanController());
        controllers.Register(new ApiCertificateController(
            new Trustd(time), new KeptCertificate(loggers.CreateLogger<KeptCertificate>()), time, loggers.CreateLogger<ApiCertificateController>()));
        controllers.Register(new DaemonController(new SecretFiles(), time));
    }
}
