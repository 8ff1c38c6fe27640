namespace Fairlead.Features.Rules.Sql.Payloads;

/// <summary>What a payload is to a rule (spec/aws-rules, section 2.12).</summary>
internal enum PayloadKind
{
    /// <summary>Nobody has asked yet.</summary>
    Unread,

    /// <summary>No bytes.</summary>
    Empty,

    /// <summary>A JSON object or array.</summary>
    Json,

    /// <summary>Anything else, JSON scalars included.</summary>
    Raw,
}
