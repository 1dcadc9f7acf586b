namespace Talos.Ota.Bundle;

/// <summary>What the bytes of a payload are.</summary>
public enum PayloadKind
{
    /// <summary>The part itself.</summary>
    Full,

    /// <summary>The way from a base to the part.</summary>
    Delta,
}
