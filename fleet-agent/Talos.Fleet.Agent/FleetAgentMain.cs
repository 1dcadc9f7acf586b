using System.Runtime.InteropServices;
using System.Text.Json;
using Grpc.Net.Client;
using Microsoft.Extensions.Logging;
using Talos.Linux;
using Talos.Rpc.Hosting;

namespace Talos.Fleet.Agent;

/// <summary>The daemon that keeps the node in touch with its fleet.</summary>
public static partial class FleetAgentMain
{
    /// <summary>Runs until SIGTERM or SIGINT.</summary>
    /// <param name="args">The file of settings; none on a node.</param>
    /// <param name="time">The clock.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] args, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(args);
        using CancellationTokenSource stop = new();
        using var onTerm = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var onInt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using LeveledLoggers loggers = new(StreamLoggerProvider.StandardOutput());

        try
        {
            AgentSettings settings = Read(args.Length > 0 ? args[0] : AgentSettings.DefaultPath);
            using GrpcChannel channel = Channels.Unix(settings.Socket);
            using FleetAgent agent = await FleetAgent.StartAsync(Parts(settings, channel, time, loggers), loggers, stop.Token);
            loggers.Level = () => agent.State.LogLevel;
            await agent.RunAsync(stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Asked to stop.
        }
        catch (Exception e)
        {
            // Whatever it is: one line that says so, and the supervisor starts it again.
            LogEnded(loggers.CreateLogger(nameof(FleetAgentMain)), $"{e.GetType().Name}: {e.Message}");
            return 1;
        }

        return 0;

        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.Cancel();
        }
    }

    private static AgentParts Parts(AgentSettings settings, GrpcChannel channel, TimeProvider time, LeveledLoggers loggers)
    {
        ProcFiles files = new();
        Files.CreateDirectory(settings.DataFolder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        HubClient hub = new(settings.Hub, settings.HubCa, time);
        Meter meter = new(files, Path.Combine(settings.DataFolder, "wear.json"), time);
        return new AgentParts
        {
            Settings = settings,
            Node = new MachinedNode(channel, time),
            Links = new MqttLinks(time),
            Enrollment = new Enrollment(settings, new IdentityStore(settings.StateFolder, loggers.CreateLogger<IdentityStore>()), hub, loggers.CreateLogger<Enrollment>()),
            Hub = hub,
            Vetoes = new Vetoes(settings.Vetoes, files),
            Measure = meter.Measure,
            MachineId = files.Text("etc/machine-id") ?? throw new IOException("/etc/machine-id cannot be read"),
            Version = settings.Version,
            Time = time,
            Chance = Random.Shared.NextDouble,
        };
    }

    private static AgentSettings Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), AgentSettingsJson.Default.AgentSettings) ?? throw new JsonException("the document is null");
        }
        catch (JsonException e)
        {
            throw new IOException($"{path}: the settings cannot be used", e);
        }
    }

    [LoggerMessage(LogLevel.Error, "The agent ended: {Problem}")]
    private static partial void LogEnded(ILogger log, string problem);
}
