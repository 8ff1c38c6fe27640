namespace Fairlead.Features.Rules.Sql;

/// <summary>Names of the SQL versions, as the member <c>awsIotSqlVersion</c> of a rule has them.</summary>
internal static class SqlVersions
{
    /// <summary>The version that a rule without <c>awsIotSqlVersion</c> has.</summary>
    public const SqlVersion Default = SqlVersion.V2015;

    /// <summary>Reads a version; false when it is none.</summary>
    /// <param name="text">Such as <c>2016-03-23</c>.</param>
    /// <param name="version">The version.</param>
    public static bool TryParse(string text, out SqlVersion version)
    {
        (bool known, version) = text switch
        {
            "2015-10-08" => (true, SqlVersion.V2015),
            "2016-03-23" => (true, SqlVersion.V2016),
            "beta" => (true, SqlVersion.Beta),
            _ => (false, Default),
        };
        return known;
    }

    /// <summary>Name of a version.</summary>
    /// <param name="version">The version.</param>
    public static string Text(SqlVersion version) => version switch
    {
        SqlVersion.V2015 => "2015-10-08",
        SqlVersion.V2016 => "2016-03-23",
        _ => "beta",
    };
}
