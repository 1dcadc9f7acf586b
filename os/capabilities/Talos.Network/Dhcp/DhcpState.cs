namespace Talos.Network.Dhcp;

/// <summary>State of a DHCP client. Source: RFC 2131, section 4.4, figure 5.</summary>
internal enum DhcpState
{
    /// <summary>Waits before it asks.</summary>
    Init,

    /// <summary>Asked for offers.</summary>
    Selecting,

    /// <summary>Asked for what was offered.</summary>
    Requesting,

    /// <summary>Asked for the address it had before.</summary>
    Rebooting,

    /// <summary>Finds out whether the address is free.</summary>
    Probing,

    /// <summary>Has a lease.</summary>
    Bound,

    /// <summary>Asks its server for more time.</summary>
    Renewing,

    /// <summary>Asks any server for more time.</summary>
    Rebinding,
}
