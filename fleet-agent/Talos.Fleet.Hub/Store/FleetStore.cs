using System.Data.Common;

namespace Talos.Fleet.Hub.Store;

/// <summary>The hub's database: whatever has to survive is here and only here.</summary>
internal sealed class FleetStore : IDisposable
{
    private const int Attempts = 8;
    private readonly SemaphoreSlim _writing = new(1);
    private readonly SqlSession? _writer;

    public FleetStore(SqlDialect dialect)
    {
        Dialect = dialect;
        using (SqlSession session = new(dialect.Open()))
        {
            session.Script(SqlSchema.For(dialect));
        }

        _writer = dialect.SingleWriter ? new SqlSession(dialect.Open(), keep: true) : null;
    }

    public SqlDialect Dialect { get; }

    /// <summary>Reads, without a transaction.</summary>
    public Task<T> ReadAsync<T>(Func<SqlSession, T> work, CancellationToken ct) => Task.Run(() =>
    {
        using SqlSession session = new(Dialect.Open());
        return work(session);
    }, ct);

    /// <summary>Does the work in one transaction: all of it is there after a crash, or nothing. It may be run again from its start.</summary>
    public async Task<T> WriteAsync<T>(Func<SqlSession, T> work, CancellationToken ct)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return await WriteOnceAsync(work, ct);
            }
            catch (DbException e) when (attempt < Attempts && Dialect.MayRepeat(e))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(10 * attempt), TimeProvider.System, ct);
            }
        }
    }

    /// <summary>Does the work in one transaction.</summary>
    public Task WriteAsync(Action<SqlSession> work, CancellationToken ct) => WriteAsync(
        s =>
        {
            work(s);
            return true;
        },
        ct);

    public void Dispose()
    {
        _writer?.Dispose();
        _writing.Dispose();
        Dialect.Dispose();
    }

    private async Task<T> WriteOnceAsync<T>(Func<SqlSession, T> work, CancellationToken ct)
    {
        if (_writer is null)
        {
            return await Task.Run(
                () =>
                {
                    using SqlSession session = new(Dialect.Open());
                    return InTransaction(session, work);
                },
                ct);
        }

        await _writing.WaitAsync(ct);
        try
        {
            return await Task.Run(() => InTransaction(_writer, work), CancellationToken.None);
        }
        finally
        {
            _writing.Release();
        }
    }

    private static T InTransaction<T>(SqlSession session, Func<SqlSession, T> work)
    {
        using DbTransaction transaction = session.Begin();
        T result = work(session);
        transaction.Commit();
        return result;
    }
}
