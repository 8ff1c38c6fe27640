namespace Fairlead.Features.Rules.Sql;

/// <summary>Version of the rules SQL language (spec/aws-rules, section 2.1).</summary>
internal enum SqlVersion
{
    /// <summary><c>2015-10-08</c>, which holds when a rule names none.</summary>
    V2015,

    /// <summary><c>2016-03-23</c>.</summary>
    V2016,

    /// <summary><c>beta</c>: 2016-03-23 and the hub's own extensions.</summary>
    Beta,
}
