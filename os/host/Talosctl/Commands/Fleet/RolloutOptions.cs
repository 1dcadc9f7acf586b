using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Talos.Fleet.Api;
using Talos.Fleet.Rollouts;
using Talosctl.Cli;
using Talosctl.Fleet;

namespace Talosctl.Commands.Fleet;

/// <summary>The flags that make a plan of a rollout.</summary>
internal sealed class RolloutOptions
{
    private readonly Option<string?> _file = new("--file", "-f") { Description = "Plan in JSON, as the REST interface has it; - is standard input. Other flags are not used then" };
    private readonly Option<string?> _bundle = new("--bundle") { Description = "Bundle at the hub: its version, id or the beginning of it" };
    private readonly Option<string?> _name = new("--name") { Description = "For people; the version when left out" };
    private readonly Option<string[]> _boards = FleetOptions.Many("--board", "Only nodes of these boards");
    private readonly Option<string[]> _labels = FleetOptions.Many("--label", "Only nodes with these labels; KEY=VALUE");
    private readonly Option<string[]> _nodes = FleetOptions.Many("--node", "Only these nodes");
    private readonly Option<int> _canary = new("--canary") { Description = "Nodes of each board that go first; one failure among them ends it", DefaultValueFactory = _ => 1 };
    private readonly Option<string[]> _waves = FleetOptions.Many("--waves", "Waves after the canary: shares that rise to 100, or labels; such as 10,50,100 or site=lab,100");
    private readonly Option<int> _parallel = new("--max-parallel") { Description = "Nodes that may have an unfinished order at once", DefaultValueFactory = _ => 50 };
    private readonly Option<double> _success = new("--success") { Description = "Percent of a wave that have to succeed before the next one", DefaultValueFactory = _ => 95 };
    private readonly Option<double> _error = new("--error") { Description = "Percent of a wave at which failures end it", DefaultValueFactory = _ => 5 };
    private readonly Option<int?> _errorCount = new("--error-count") { Description = "Failures in all at which it ends" };
    private readonly Option<string> _onError = new("--on-error") { Description = "What happens then: stop or pause", DefaultValueFactory = _ => "stop" };
    private readonly Option<string> _approval = new("--approval") { Description = "Who has to say yes: none, start or each-wave", DefaultValueFactory = _ => "none" };
    private readonly Option<string> _soak = new("--soak") { Description = "How long a wave is watched before the next one", DefaultValueFactory = _ => "0s" };
    private readonly Option<string> _timeout = new("--node-timeout") { Description = "How long a node may take", DefaultValueFactory = _ => "4h" };
    private readonly Option<int> _retries = new("--retries") { Description = "Further attempts for a node that failed" };
    private readonly Option<string[]> _windows = new("--window") { Description = "When nodes may install: \"ZONE START LENGTH [DAYS]\", such as \"Europe/Berlin 22:30 4h mon,tue\"", DefaultValueFactory = _ => [] };
    private readonly Option<int> _holdBack = new("--hold-back-after") { Description = "Failures on one board after which the version is held back there; 0: never", DefaultValueFactory = _ => 3 };
    private readonly Option<bool> _force = new("--force") { Description = "Also boards it is held back for and nodes it failed on" };

    public void AddTo(Command command)
    {
        _onError.AcceptOnlyFromAmong("stop", "pause");
        _approval.AcceptOnlyFromAmong("none", "start", "each-wave");
        foreach (Option option in new Option[] { _file, _bundle, _name, _boards, _labels, _nodes, _canary, _waves, _parallel, _success, _error, _errorCount, _onError, _approval, _soak, _timeout, _retries, _windows, _holdBack, _force })
        {
            command.Options.Add(option);
        }
    }

    /// <exception cref="TalosctlException">The plan makes no sense; the reason names the member.</exception>
    public async Task<RolloutPlan> PlanAsync(FleetCall call)
    {
        RolloutPlan plan = call.Parsed.GetValue(_file) is { } file ? FromFile(file, call.Host) : await FromFlagsAsync(call);
        return PlanRules.Check(plan) is { } problem ? throw new TalosctlException($"plan: {problem}") : plan;
    }

    private static RolloutPlan FromFile(string file, Host host)
    {
        try
        {
            return JsonSerializer.Deserialize(Encoding.UTF8.GetBytes(FileInput.Text(file, host)), HubJson.Default.RolloutPlan) ?? throw new TalosctlException($"{file}: is null");
        }
        catch (JsonException e)
        {
            throw new TalosctlException($"{file}: {e.Message}");
        }
    }

    private async Task<RolloutPlan> FromFlagsAsync(FleetCall call)
    {
        ParseResult p = call.Parsed;
        IReadOnlyList<RolloutWave> waves = Waves(p.List(_waves));
        IReadOnlyList<WindowRule> windows = [.. (p.GetValue(_windows) ?? []).Select(Window)];
        BundleRecord bundle = await FleetBundleCommands.FindAsync(call, p.GetValue(_bundle) ?? throw new TalosctlException("what to bring is not said: use --bundle VERSION, or --file with a plan"));
        return new RolloutPlan
        {
            Name = p.GetValue(_name) ?? bundle.Version,
            Version = bundle.Version,
            BundleId = bundle.Id,
            Selector = new RolloutSelector { Boards = p.List(_boards), Labels = FleetOptions.Labels(p.List(_labels)), Nodes = p.List(_nodes) },
            Canary = p.GetValue(_canary),
            Waves = waves,
            MaxParallel = p.GetValue(_parallel),
            SuccessPercent = p.GetValue(_success),
            ErrorPercent = p.GetValue(_error),
            ErrorCount = p.GetValue(_errorCount),
            OnError = p.GetValue(_onError) == "pause" ? ErrorAction.Pause : ErrorAction.Stop,
            Approval = p.GetValue(_approval) switch { "start" => ApprovalRule.Start, "each-wave" => ApprovalRule.EachWave, _ => ApprovalRule.None },
            SoakSeconds = Seconds(p.GetValue(_soak)!),
            NodeTimeoutSeconds = Seconds(p.GetValue(_timeout)!),
            Retries = p.GetValue(_retries),
            Windows = windows,
            HoldBackAfter = p.GetValue(_holdBack),
            Force = p.GetValue(_force),
        };
    }

    /// <summary>Numbers are shares, what has an equals sign is a label.</summary>
    internal static IReadOnlyList<RolloutWave> Waves(IReadOnlyList<string> texts) =>
    [
        .. texts.Select(text => double.TryParse(text.TrimEnd('%'), NumberStyles.Float, CultureInfo.InvariantCulture, out double percent)
            ? new RolloutWave { Percent = percent }
            : text.Contains('=', StringComparison.Ordinal) ? new RolloutWave { Labels = FleetOptions.Labels([text]) }
            : throw new TalosctlException($"--waves: \"{text}\" is neither a percentage nor KEY=VALUE")),
    ];

    /// <summary>Reads <c>ZONE START LENGTH [DAYS]</c>.</summary>
    internal static WindowRule Window(string text)
    {
        string[] parts = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return parts is [var zone, var start, var length, .. var days] && days.Length < 2
            ? new WindowRule
            {
                TimeZone = zone,
                Start = start,
                Minutes = Seconds(length) / 60,
                Days = [.. days.SelectMany(d => d.Split(',')).Select(d => Enum.TryParse(d, ignoreCase: true, out WindowDay day) && !char.IsAsciiDigit(d[0]) ? day : throw new TalosctlException($"--window: \"{d}\" is no day such as mon"))],
            }
            : throw new TalosctlException($"--window: \"{text}\" is not ZONE START LENGTH [DAYS], such as \"Europe/Berlin 22:30 4h mon,tue\"");
    }

    private static int Seconds(string text) => (int)Math.Min(Units.Duration(text).TotalSeconds, int.MaxValue);
}
