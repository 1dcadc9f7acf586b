namespace Talos.Ota.BootControl.Tests.Conformance;

/// <summary>The power of a simulated board: it fails before a chosen operation on storage.</summary>
internal sealed class Power
{
    public int? StepsLeft { get; set; }

    /// <summary>Every operation on storage calls this first.</summary>
    public void Step()
    {
        if (StepsLeft is { } left)
        {
            StepsLeft = left > 0 ? left - 1 : throw new PowerCutException();
        }
    }
}

/// <summary>The power failed.</summary>
internal sealed class PowerCutException() : Exception("power cut");
