namespace Talos.Rpc.Authorization;

/// <summary>Knows who is let in at present.</summary>
public interface IAdmissionSource
{
    /// <summary>Who is let in.</summary>
    Admission Admission { get; }

    /// <summary>Cancelled when callers without a certificate are no longer let in.</summary>
    CancellationToken MaintenanceEnds { get; }
}
