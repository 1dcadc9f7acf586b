namespace Talos.Machined.Configuration;

/// <summary>How a config takes effect. Numbers as in the machine API.</summary>
public enum ApplyMode
{
    /// <summary>Written, and the node reboots.</summary>
    Reboot = 0,

    /// <summary>At once when the change allows it, else with a reboot.</summary>
    Auto = 1,

    /// <summary>At once; refused when the change needs a reboot.</summary>
    NoReboot = 2,

    /// <summary>Written; takes effect at the next boot.</summary>
    Staged = 3,

    /// <summary>At once but not written; taken back after a time.</summary>
    Try = 4,
}
