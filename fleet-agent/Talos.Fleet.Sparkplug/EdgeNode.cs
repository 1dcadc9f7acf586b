namespace Talos.Fleet.Sparkplug;

/// <summary>What a message of the primary host calls for.</summary>
public enum HostCall
{
    /// <summary>Nothing: it is older than the last one, or says what is known.</summary>
    Nothing,

    /// <summary>It is no state of a host.</summary>
    Bad,

    /// <summary>Publish the births.</summary>
    Birth,

    /// <summary>Publish the death, leave the broker, and connect again to wait.</summary>
    Leave,
}

/// <summary>The state machine of an edge node with devices: births, deaths, sequence and aliases. It does no I/O; every method gives the messages to publish in their order.</summary>
/// <remarks>Source: Sparkplug specification 3.0, chapters 4 to 6. Not for several threads at once.</remarks>
/// <param name="id">Its name.</param>
/// <param name="primaryHost">Host application without which nothing is published; null for none.</param>
public sealed class EdgeNode(EdgeNodeId id, string? primaryHost = null)
{
    /// <summary>The metric by which a host asks for all births.</summary>
    public const string Rebirth = "Node Control/Rebirth";

    private readonly SortedDictionary<string, Device> _devices = new(StringComparer.Ordinal);
    private ulong _lastAlias;
    private byte _bdSeq;
    private byte _next;
    private long _hostTime = long.MinValue;

    private sealed class Device
    {
        public SortedDictionary<string, ulong> Aliases { get; } = new(StringComparer.Ordinal);

        public Dictionary<string, SparkplugMetric> Metrics { get; set; } = [];

        public bool IsShown { get; set; }
    }

    /// <summary>Whether births are published and data may follow.</summary>
    public bool IsBorn { get; private set; }

    /// <summary>What to subscribe to, with QoS 1, before anything is published.</summary>
    public IReadOnlyList<string> Subscriptions => primaryHost is null ? [id.CommandTopic] : [id.CommandTopic, EdgeNodeId.StateTopic(primaryHost)];

    /// <summary>The Will of a connection, with QoS 1; published by hand before leaving in order.</summary>
    public SparkplugMessage Death(byte bdSeq, DateTimeOffset now) => new(id.Topic("NDEATH"), PayloadWriter.NodeDeath(bdSeq, now));

    /// <summary>A connection stands whose Will has <paramref name="bdSeq"/>.</summary>
    public List<SparkplugMessage> Connected(byte bdSeq, DateTimeOffset now)
    {
        _bdSeq = bdSeq;
        IsBorn = false;
        return primaryHost is null ? Births(now) : [];
    }

    /// <summary>The connection is gone.</summary>
    public void Disconnected() => IsBorn = false;

    /// <summary>Takes a payload of the primary host's topic.</summary>
    public HostCall Host(ReadOnlyMemory<byte> payload)
    {
        if (HostState.Parse(payload) is not { } state)
        {
            return HostCall.Bad;
        }

        if (state.Timestamp < _hostTime || state.Online == IsBorn)
        {
            return HostCall.Nothing;
        }

        _hostTime = state.Timestamp;
        return state.Online ? HostCall.Birth : HostCall.Leave;
    }

    /// <summary>All births, from seq 0: at the begin, and when a host asks for them.</summary>
    public List<SparkplugMessage> Births(DateTimeOffset now)
    {
        IsBorn = true;
        _next = 0;
        return [new SparkplugMessage(id.Topic("NBIRTH"), PayloadWriter.NodeBirth(_bdSeq, Seq(), now)), .. _devices.Where(d => d.Value.IsShown).Select(d => Birth(d.Key, d.Value, now))];
    }

    /// <summary>A device is there with these metrics: born when it was not, or when one of them is new; else what changed is sent. A metric that is missing becomes null.</summary>
    /// <exception cref="ArgumentException">The device's name cannot be in a topic, or a metric is there twice.</exception>
    public List<SparkplugMessage> Show(string device, IReadOnlyCollection<SparkplugMetric> metrics, DateTimeOffset now)
    {
        if (SparkplugName.Problem(device) is { } problem)
        {
            throw new ArgumentException($"device {device}: {problem}", nameof(device));
        }

        Dictionary<string, SparkplugMetric> wanted = metrics.ToDictionary(m => m.Name, StringComparer.Ordinal);
        if (!_devices.TryGetValue(device, out Device? known))
        {
            _devices.Add(device, known = new Device());
        }

        foreach (SparkplugMetric gone in known.Metrics.Values.Where(m => !wanted.ContainsKey(m.Name)))
        {
            wanted.Add(gone.Name, gone with { Value = gone.Value.ToNull() });
        }

        bool birth = !known.IsShown;
        List<(ulong, SparkplugValue)> changed = [];
        foreach (SparkplugMetric metric in wanted.Values)
        {
            if (!known.Aliases.TryGetValue(metric.Name, out ulong alias))
            {
                known.Aliases.Add(metric.Name, alias = ++_lastAlias);
            }

            if (!known.Metrics.TryGetValue(metric.Name, out SparkplugMetric? before) || before.Value.Type != metric.Value.Type || before.Unit != metric.Unit)
            {
                birth = true;
            }
            else if (before.Value != metric.Value)
            {
                changed.Add((alias, metric.Value));
            }
        }

        (known.Metrics, known.IsShown) = (wanted, true);
        return !IsBorn ? []
            : birth ? [Birth(device, known, now)]
            : changed.Count > 0 ? [new SparkplugMessage(id.Topic("DDATA", device), PayloadWriter.DeviceData(changed, Seq(), now))]
            : [];
    }

    /// <summary>A device is away; its aliases stay.</summary>
    public List<SparkplugMessage> Hide(string device, DateTimeOffset now)
    {
        if (!_devices.TryGetValue(device, out Device? known) || !known.IsShown)
        {
            return [];
        }

        known.IsShown = false;
        return IsBorn ? [new SparkplugMessage(id.Topic("DDEATH", device), PayloadWriter.DeviceDeath(Seq(), now))] : [];
    }

    /// <summary>A device is away for good; its aliases are given to nobody else.</summary>
    public List<SparkplugMessage> Forget(string device, DateTimeOffset now)
    {
        List<SparkplugMessage> death = Hide(device, now);
        _devices.Remove(device);
        return death;
    }

    private SparkplugMessage Birth(string name, Device device, DateTimeOffset now) => new(
        id.Topic("DBIRTH", name), PayloadWriter.DeviceBirth(device.Aliases.Select(a => (a.Value, device.Metrics[a.Key])), Seq(), now));

    private byte Seq() => _next++;
}
