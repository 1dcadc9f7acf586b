using System.Data;
using System.Data.Common;

namespace Talos.Fleet.Hub.Store;

/// <summary>A connection with short ways to run statements.</summary>
/// <param name="connection">Open; closed with the session.</param>
/// <param name="keep">Statements are kept prepared while the session lives. Not with Npgsql, which prepares by itself and would bind the parameters of before.</param>
internal sealed class SqlSession(DbConnection connection, bool keep = false) : IDisposable
{
    private readonly Dictionary<string, DbCommand> _commands = new(StringComparer.Ordinal);
    private DbTransaction? _transaction;
    private DbCommand? _last;

    /// <summary>Begins a transaction; the caller disposes it.</summary>
    public DbTransaction Begin() => _transaction = connection.BeginTransaction(IsolationLevel.ReadCommitted);

    /// <summary>Runs a statement; gives the number of rows it changed.</summary>
    public int Execute(string sql, params ReadOnlySpan<(string Name, object? Value)> values) => Prepare(sql, values).ExecuteNonQuery();

    /// <summary>The first column of the first row; null without a row or for NULL.</summary>
    public object? Scalar(string sql, params ReadOnlySpan<(string Name, object? Value)> values) =>
        Prepare(sql, values).ExecuteScalar() is { } value and not DBNull ? value : null;

    /// <summary>The number in the first row; null without a row or for NULL.</summary>
    public long? Number(string sql, params ReadOnlySpan<(string Name, object? Value)> values) =>
        Scalar(sql, values) is { } value ? Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture) : null;

    /// <summary>All rows.</summary>
    public List<T> Query<T>(string sql, Func<Row, T> read, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        using DbDataReader reader = Prepare(sql, values).ExecuteReader();
        List<T> rows = [];
        while (reader.Read())
        {
            rows.Add(read(new Row(reader)));
        }

        return rows;
    }

    /// <summary>Runs statements that are not kept.</summary>
    public void Script(string sql)
    {
        using DbCommand command = connection.CreateCommand();
        command.Transaction = _transaction;
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    public void Dispose()
    {
        foreach (DbCommand command in _commands.Values)
        {
            command.Dispose();
        }

        _last?.Dispose();
        connection.Dispose();
    }

    private DbCommand Prepare(string sql, ReadOnlySpan<(string Name, object? Value)> values)
    {
        if (!_commands.TryGetValue(sql, out DbCommand? command))
        {
            command = connection.CreateCommand();
            command.CommandText = sql;
            if (keep)
            {
                _commands.Add(sql, command);
            }
            else
            {
                _last?.Dispose();
                _last = command;
            }
        }

        command.Transaction = _transaction;
        command.Parameters.Clear();
        foreach ((string name, object? value) in values)
        {
            DbParameter parameter = command.CreateParameter();
            parameter.ParameterName = name;
            parameter.Value = value switch
            {
                null => DBNull.Value,
                DateTimeOffset time => time.ToUnixTimeMilliseconds(),
                bool flag => flag ? 1L : 0L,
                int number => (long)number,
                Enum e => Convert.ToInt64(e, System.Globalization.CultureInfo.InvariantCulture),
                _ => value,
            };
            if (value is null)
            {
                parameter.DbType = DbType.String;
            }

            command.Parameters.Add(parameter);
        }

        return command;
    }
}

/// <summary>The row a reader stands on; columns by number.</summary>
internal readonly struct Row(DbDataReader reader)
{
    public string Text(int column) => reader.GetString(column);

    public string? TextOrNull(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    public long Number(int column) => reader.GetInt64(column);

    public int Int(int column) => (int)reader.GetInt64(column);

    public long? NumberOrNull(int column) => reader.IsDBNull(column) ? null : reader.GetInt64(column);

    public bool Flag(int column) => reader.GetInt64(column) != 0;

    public DateTimeOffset Time(int column) => DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(column));

    public DateTimeOffset? TimeOrNull(int column) => reader.IsDBNull(column) ? null : Time(column);

    public byte[]? Bytes(int column) => reader.IsDBNull(column) ? null : reader.GetFieldValue<byte[]>(column);

    public T? EnumOrNull<T>(int column)
        where T : struct, Enum => reader.IsDBNull(column) ? null : (T)Enum.ToObject(typeof(T), reader.GetInt64(column));
}
