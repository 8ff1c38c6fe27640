namespace Fairlead.Features.Rules.Sql;

/// <summary>What a statement may know about its hub.</summary>
/// <param name="AccountId">Account id of 12 digits.</param>
/// <param name="Functions">External functions.</param>
internal sealed record SqlScope(string AccountId, IRuleFunctions Functions);
