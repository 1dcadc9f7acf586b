using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Talos.Services.Logs;

/// <summary>The logs of all services and of this process.</summary>
public sealed partial class ServiceLogs
{
    /// <summary>A log file of this size makes place for a new one.</summary>
    private const long FileLimit = 5 * 1024 * 1024;

    /// <summary>Output is stored at least this often; a power cut loses no more.</summary>
    private static readonly TimeSpan FlushInterval = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, ServiceLog> _logs = [];
    private readonly FileLogStore _store;
    private readonly TimeProvider _time;

    /// <summary>Logs that are stored in <paramref name="directory"/> once <see cref="OpenStore"/> was called.</summary>
    public ServiceLogs(string directory, TimeProvider time)
    {
        _store = new FileLogStore(directory, FileLimit);
        _time = time;
    }

    /// <summary>The directory can be written from here on.</summary>
    public void OpenStore() => _store.Open();

    /// <summary>Writes what is pending; the directory is left alone from here on.</summary>
    public void CloseStore()
    {
        foreach (ServiceLog log in _logs.Values)
        {
            log.Flush();
        }

        _store.Close();
    }

    /// <summary>Adds output of this process or of one that is no service.</summary>
    public void Append(string id, ReadOnlySpan<byte> data) => Open(id).Append(data);

    /// <summary>Stores what is pending every few seconds, until cancelled.</summary>
    public async Task RunAsync(ILogger logger, CancellationToken ct)
    {
        string told = "";
        while (!ct.IsCancellationRequested)
        {
            await Task.Delay(FlushInterval, _time, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            foreach ((string id, ServiceLog log) in _logs)
            {
                log.Flush();
                if (log.Problem is { } problem && problem != told)
                {
                    LogNotStored(logger, id, problem);
                    told = problem;
                }
            }
        }
    }

    /// <summary>Told of all output of services as it comes: for the console of a node that is being looked into.</summary>
    public Action<string, byte[]>? Echo { get; set; }

    internal ServiceLog Open(string id) => _logs.GetOrAdd(id, name => new ServiceLog(name, _store));

    /// <summary>Takes output of a service's process.</summary>
    internal void Take(string id, ServiceLog log, ReadOnlySpan<byte> data)
    {
        log.Append(data);
        Echo?.Invoke(id, data.ToArray());
    }

    internal ServiceLog? Find(string id) => _logs.GetValueOrDefault(id);

    internal IReadOnlyList<string> Names() => [.. _logs.Keys.Order(StringComparer.Ordinal)];

    [LoggerMessage(LogLevel.Warning, "Log of {Service} is not stored: {Problem}")]
    private static partial void LogNotStored(ILogger logger, string service, string problem);
}
