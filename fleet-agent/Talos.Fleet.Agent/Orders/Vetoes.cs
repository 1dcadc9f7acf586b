namespace Talos.Fleet.Agent;

/// <summary>What holds the node back from an update now.</summary>
internal interface IVetoes
{
    /// <summary>One sentence each; empty when nothing does.</summary>
    Task<IReadOnlyList<string>> AskAsync(NodeFacts facts, CancellationToken ct);
}

/// <summary>Health, power and workloads, as the FleetConfig document says.</summary>
internal sealed class Vetoes(VetoSettings settings, ProcFiles files) : IVetoes
{
    public async Task<IReadOnlyList<string>> AskAsync(NodeFacts facts, CancellationToken ct)
    {
        List<string> vetoes = [];
        if (settings.Health && !facts.Ready)
        {
            vetoes.Add($"health: the node is not ready: {(facts.Unmet.Count > 0 ? string.Join(", ", facts.Unmet) : facts.Stage)}");
        }

        vetoes.AddRange(Power());
        foreach (VetoProbe probe in settings.Probes)
        {
            if (await ProbeAsync(probe, ct) is { } veto)
            {
                vetoes.Add(veto);
            }
        }

        return vetoes;
    }

    /// <summary>Source: Linux, Documentation/ABI/testing/sysfs-class-power.</summary>
    internal IEnumerable<string> Power()
    {
        bool external = false, supplies = false;
        foreach (string name in files.Names("sys/class/power_supply"))
        {
            string supply = $"sys/class/power_supply/{name}/";
            string? type = files.Text(supply + "type");
            if (type == "Battery")
            {
                long? charge = files.Number(supply + "capacity");
                if (files.Text(supply + "status") == "Discharging" && charge < settings.MinimumBatteryPercent)
                {
                    yield return $"power: {name} is at {charge} %, {settings.MinimumBatteryPercent} % are wanted";
                }
            }
            else if (type is "Mains" or "USB" or "Wireless")
            {
                supplies = true;
                external |= files.Number(supply + "online") is > 0;
            }
        }

        if (settings.ExternalPower && supplies && !external)
        {
            yield return "power: the node runs on its battery";
        }
    }

    private static async Task<string?> ProbeAsync(VetoProbe probe, CancellationToken ct)
    {
        using HttpClient http = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false }) { Timeout = TimeSpan.FromSeconds(probe.TimeoutSeconds) };
        try
        {
            using HttpResponseMessage answer = await http.GetAsync(probe.Url, HttpCompletionOption.ResponseHeadersRead, ct);
            return answer.IsSuccessStatusCode ? null : $"workload: {probe.Name} answers {(int)answer.StatusCode}";
        }
        catch (HttpRequestException e)
        {
            return $"workload: {probe.Name} does not answer: {e.Message}";
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return $"workload: {probe.Name} does not answer within {probe.TimeoutSeconds} s";
        }
    }
}
