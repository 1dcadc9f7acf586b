using System.Text.Json;
using Microsoft.Extensions.Logging;
using Talos.Linux;

namespace Talos.Fleet.Agent;

/// <summary>Keeps the orders in one file on STATE, whole or not at all.</summary>
internal sealed partial class OrderStore
{
    private readonly Lock _gate = new();
    private readonly string _path;

    public OrderStore(string folder, ILogger<OrderStore> log)
    {
        _log = log;
        _path = Path.Combine(folder, "orders.json");
        Files.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Current = Load();
    }

    private readonly ILogger<OrderStore> _log;

    public OrderFile Current { get; private set; }

    /// <summary>Changes the orders; they are on the medium when this returns.</summary>
    public OrderFile Change(Func<OrderFile, OrderFile> change)
    {
        lock (_gate)
        {
            OrderFile next = change(Current);
            if (!ReferenceEquals(next, Current))
            {
                Files.WriteAtomically(_path, JsonSerializer.SerializeToUtf8Bytes(next, AgentJson.Default.OrderFile));
                Current = next;
            }

            return next;
        }
    }

    private OrderFile Load()
    {
        try
        {
            return File.Exists(_path)
                ? JsonSerializer.Deserialize(File.ReadAllBytes(_path), AgentJson.Default.OrderFile) ?? new OrderFile()
                : new OrderFile();
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            LogUnreadable(_path, e.Message);
            return new OrderFile();
        }
    }

    [LoggerMessage(LogLevel.Error, "{Path} cannot be read, the orders of the hub are forgotten: {Problem}")]
    private partial void LogUnreadable(string path, string problem);
}
