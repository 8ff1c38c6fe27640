using System.Collections.Concurrent;
using Fairlead.Targets.Items;
using Npgsql;

namespace Fairlead.Targets.Tables;

/// <summary>
/// Items as rows of PostgreSQL. A batch goes in one round trip and one transaction; when the data of one item stops it, each goes by itself, so
/// that the others do not suffer.
/// </summary>
internal sealed class TableServer : IItemStore
{
    private const int MostShapes = 256;

    private const string ShapeQuery = """
        SELECT a.attname, t.typname, coalesce(a.attnum = ANY(i.indkey), false), a.attgenerated <> '' OR a.attidentity <> ''
        FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_index i ON i.indrelid = a.attrelid AND i.indisprimary
        WHERE a.attrelid = to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
        """;

    private readonly NpgsqlDataSource _source;
    private readonly string _where;
    private readonly ConcurrentDictionary<string, TableShape> _shapes = new(StringComparer.Ordinal);

    /// <summary>Makes the pool; it connects with the first item.</summary>
    /// <param name="connectionString">Connection string of Npgsql.</param>
    /// <param name="connections">Most connections.</param>
    /// <exception cref="ArgumentException">It is none.</exception>
    public TableServer(string connectionString, int connections)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString) { MaxPoolSize = connections, MinPoolSize = 0 };
        builder.ApplicationName ??= "fairlead";
        _where = $"database {builder.Database ?? builder.Username} at {builder.Host}";
        _source = NpgsqlDataSource.Create(builder);
    }

    /// <inheritdoc/>
    public int LargestBatch => 100;

    /// <inheritdoc/>
    public async ValueTask WriteAsync(IReadOnlyList<ItemCall> calls, CancellationToken cancellationToken)
    {
        try
        {
            var connection = await _source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                var rows = await PrepareAsync(connection, calls, cancellationToken).ConfigureAwait(false);
                await ExecuteAsync(connection, rows, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is NpgsqlException or IOException or TimeoutException)
        {
            var reason = exception.InnerException is { } inner ? $"{exception.Message}: {inner.Message}" : exception.Message;
            foreach (var call in calls)
            {
                if (call.Result.Outcome == Features.Rules.Actions.ActionOutcome.Pending) call.FailForNow($"cannot write to table {call.Table} of {_where}: {reason}");
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _source.DisposeAsync();

    private async Task<List<(ItemCall Call, TableShape Shape, TableRow Row)>> PrepareAsync(
        NpgsqlConnection connection, IReadOnlyList<ItemCall> calls, CancellationToken cancellationToken)
    {
        var rows = new List<(ItemCall, TableShape, TableRow)>(calls.Count);
        foreach (var call in calls)
        {
            // An earlier try may have left its fault here.
            call.Result = default;
            if (await ShapeAsync(connection, call.Table, cancellationToken).ConfigureAwait(false) is not { } shape)
                call.Fail($"there is no table {call.Table} in {_where}");
            else if (Row(call, shape) is { } row)
                rows.Add((call, shape, row));
        }

        return rows;
    }

    private static TableRow? Row(ItemCall call, TableShape shape)
    {
        var json = call.Keys.Count == 0 ? call.Payload.ToArray() : TableItem.Write(call, shape);
        if (json is null)
        {
            call.Fail($"cannot write to table {call.Table}: the result is not text, as its column {call.PayloadField} wants it");
            return null;
        }

        var row = TableRow.Read(json, shape);
        if (row.Columns.Count == 0 && (!shape.TakesRest || call.Operation == ItemOperation.Delete))
        {
            call.Fail($"the result gives no column of table {call.Table} a value");
            return null;
        }

        if (row.Rest.Count > 0 && (!shape.TakesRest || call.Operation == ItemOperation.Delete))
        {
            call.Fail($"table {call.Table} has no column {string.Join(", ", row.Rest)}, and no column {TableShape.RestColumn} of type jsonb for the rest");
            return null;
        }

        return row;
    }

    private async ValueTask<TableShape?> ShapeAsync(NpgsqlConnection connection, string table, CancellationToken cancellationToken)
    {
        if (_shapes.TryGetValue(table, out var known)) return known;
        if (TableName.Quote(table) is not { } quoted) return null;
        var command = new NpgsqlCommand(ShapeQuery, connection);
        await using (command.ConfigureAwait(false))
        {
            command.Parameters.Add(new NpgsqlParameter { Value = quoted });
            var columns = new List<TableColumn>();
            var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                    columns.Add(new TableColumn(reader.GetString(0), reader.GetString(1), reader.GetBoolean(2), reader.GetBoolean(3)));
            }

            if (columns.Count == 0) return null;
            // Names of tables may come from messages: what is remembered is bounded.
            if (_shapes.Count >= MostShapes) _shapes.Clear();
            return _shapes[table] = new TableShape(quoted, columns);
        }
    }

    private async Task ExecuteAsync(
        NpgsqlConnection connection, List<(ItemCall Call, TableShape Shape, TableRow Row)> rows, CancellationToken cancellationToken)
    {
        if (rows.Count == 0) return;
        try
        {
            await SendAsync(connection, rows, cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException exception) when (rows.Count > 1 && !MayPass(exception))
        {
            // One of them is at fault, and the transaction with all of them is rolled back.
            foreach (var row in rows) await ExecuteAsync(connection, [row], cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException exception) when (rows.Count == 1)
        {
            Conclude(rows[0].Call, exception);
        }
    }

    private static async Task SendAsync(
        NpgsqlConnection connection, List<(ItemCall Call, TableShape Shape, TableRow Row)> rows, CancellationToken cancellationToken)
    {
        var batch = new NpgsqlBatch(connection);
        await using (batch.ConfigureAwait(false))
        {
            foreach (var (call, shape, row) in rows) batch.BatchCommands.Add(TableStatement.Write(shape, row, call.Operation));
            await batch.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }

        foreach (var (call, _, _) in rows) call.Succeed();
    }

    private void Conclude(ItemCall call, PostgresException exception)
    {
        var message = $"cannot write to table {call.Table} of {_where}: {exception.SqlState} {exception.MessageText}";
        if (HasChanged(exception)) _shapes.TryRemove(call.Table, out _);
        if (MayPass(exception) || HasChanged(exception)) call.FailForNow(message);
        else call.Fail(message);
    }

    /// <summary>The table has changed since its columns were read: the next try reads them again.</summary>
    private static bool HasChanged(PostgresException exception) =>
        exception.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedColumn or PostgresErrorCodes.InvalidColumnReference;

    /// <summary>Nothing is wrong with the item: the server stops, is full, is locked, or does not know the hub's password yet.</summary>
    private static bool MayPass(PostgresException exception) =>
        exception.IsTransient || exception.SqlState[..2] is "08" or "28" or "3D" or "40" or "53" or "57" or "58" or "XX";
}
