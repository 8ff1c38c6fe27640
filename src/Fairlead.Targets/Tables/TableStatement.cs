using System.Text;
using Fairlead.Targets.Items;
using Npgsql;
using NpgsqlTypes;

namespace Fairlead.Targets.Tables;

/// <summary>
/// The SQL for one item. The database itself turns JSON into the types of the columns (<c>jsonb_populate_record</c>), so every type that
/// it can read from JSON works. Parameter 1 is the item, parameter 2 the names of members that have a column.
/// </summary>
internal static class TableStatement
{
    /// <summary>Writes the command.</summary>
    /// <param name="shape">Columns of the table.</param>
    /// <param name="row">The item.</param>
    /// <param name="operation">What becomes of it.</param>
    public static NpgsqlBatchCommand Write(TableShape shape, TableRow row, ItemOperation operation)
    {
        var command = new NpgsqlBatchCommand(operation == ItemOperation.Delete ? Delete(shape, row) : Upsert(shape, row, operation));
        command.Parameters.Add(new NpgsqlParameter { Value = row.Json, NpgsqlDbType = NpgsqlDbType.Jsonb });
        if (operation != ItemOperation.Delete && shape.TakesRest)
            command.Parameters.Add(new NpgsqlParameter { Value = row.Columns.Select(static column => column.Name).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        return command;
    }

    private static string Upsert(TableShape shape, TableRow row, ItemOperation operation)
    {
        var sql = new StringBuilder(512).Append("INSERT INTO ").Append(shape.QuotedName).Append(" AS t (");
        sql.AppendJoin(", ", Names(row, shape, "", TableName.Identifier(TableShape.RestColumn))).Append(") SELECT ");
        sql.AppendJoin(", ", Names(row, shape, "r.", "$1 - $2"));
        AppendRecord(sql.Append(" FROM "), shape, row);
        var keys = shape.Columns.Where(static column => column.IsKey).ToList();
        if (keys.Count == 0) return sql.ToString();
        sql.Append(" ON CONFLICT (").AppendJoin(", ", keys.Select(static key => TableName.Identifier(key.Name))).Append(") DO ");
        var changes = Changes(shape, row, operation);
        return changes.Count == 0 ? sql.Append("NOTHING").ToString() : sql.Append("UPDATE SET ").AppendJoin(", ", changes).ToString();
    }

    private static IEnumerable<string> Names(TableRow row, TableShape shape, string prefix, string rest)
    {
        foreach (var column in row.Columns) yield return prefix + TableName.Identifier(column.Name);
        if (shape.TakesRest) yield return rest;
    }

    /// <summary>
    /// An item that is put replaces the row: columns that it does not give go back to their defaults. One that updates leaves them.
    /// </summary>
    private static List<string> Changes(TableShape shape, TableRow row, ItemOperation operation)
    {
        var changes = new List<string>();
        foreach (var column in shape.Columns)
        {
            if (column.IsKey || column.IsMade) continue;
            var name = TableName.Identifier(column.Name);
            var isRest = shape.TakesRest && column.Name == TableShape.RestColumn;
            if (operation == ItemOperation.Put || row.Columns.Contains(column)) changes.Add($"{name} = excluded.{name}");
            else if (isRest) changes.Add($"{name} = coalesce(t.{name}, '{{}}') || excluded.{name}");
        }

        return changes;
    }

    private static string Delete(TableShape shape, TableRow row)
    {
        var sql = new StringBuilder(256).Append("DELETE FROM ").Append(shape.QuotedName).Append(" AS t USING ");
        AppendRecord(sql, shape, row);
        sql.Append(" WHERE ");
        return sql.AppendJoin(" AND ", row.Columns.Select(static column => $"t.{TableName.Identifier(column.Name)} = r.{TableName.Identifier(column.Name)}")).ToString();
    }

    private static void AppendRecord(StringBuilder sql, TableShape shape, TableRow row)
    {
        sql.Append("jsonb_populate_record(NULL::").Append(shape.QuotedName).Append(", $1");
        foreach (var column in row.Epochs)
        {
            var name = $"'{column.Name.Replace("'", "''", StringComparison.Ordinal)}'";
            var zone = column.Type == "timestamp" ? " AT TIME ZONE 'UTC'" : "";
            sql.Append($" || jsonb_build_object({name}, to_timestamp(($1 ->> {name})::double precision / 1000){zone})");
        }

        sql.Append(") AS r");
    }
}
