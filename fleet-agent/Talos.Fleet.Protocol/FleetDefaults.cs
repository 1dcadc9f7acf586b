namespace Talos.Fleet.Protocol;

/// <summary>Numbers both sides go by.</summary>
public static class FleetDefaults
{
    /// <summary>Time between two telemetry messages.</summary>
    public static readonly TimeSpan TelemetryInterval = TimeSpan.FromHours(1);

    /// <summary>The shortest time between two telemetry messages a desired state may ask for.</summary>
    public static readonly TimeSpan MinTelemetryInterval = TimeSpan.FromSeconds(10);

    /// <summary>The longest time between two telemetry messages.</summary>
    public static readonly TimeSpan MaxTelemetryInterval = TimeSpan.FromDays(7);

    /// <summary>MQTT keep-alive; a node without traffic for one and a half times that is lost.</summary>
    public static readonly TimeSpan KeepAlive = TimeSpan.FromMinutes(20);

    /// <summary>How long a broker waits with the Will, so that a planned restart is no alarm.</summary>
    public static readonly TimeSpan WillDelay = TimeSpan.FromSeconds(120);

    /// <summary>The longest time a node waits before it tries to connect again.</summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(10);

    /// <summary>How long a broker keeps the session of a node that is away.</summary>
    public static readonly TimeSpan SessionExpiry = TimeSpan.FromDays(7);

    /// <summary>How long a broker keeps telemetry for a hub that is away.</summary>
    public static readonly TimeSpan TelemetryExpiry = TimeSpan.FromDays(7);

    /// <summary>Port of MQTT over TLS.</summary>
    public const int BrokerPort = 8883;

    /// <summary>How far a trusted clock may be ahead of the hub's before a message is from the future.</summary>
    public static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(10);
}
