using System.Text.Json;
using System.Text.Json.Serialization;

namespace Fairlead.Features.Rules.Testing;

/// <summary>Body of <c>POST /v1/rules/test</c>.</summary>
/// <param name="Sql">Statement.</param>
/// <param name="AwsIotSqlVersion">SQL version; 2016-03-23 when absent.</param>
/// <param name="Topic">Topic of the message.</param>
/// <param name="Payload">Payload as text.</param>
/// <param name="PayloadBase64">Payload as bytes; instead of the text.</param>
/// <param name="ClientId">Client Identifier of the publisher; <c>n/a</c> when absent.</param>
/// <param name="Last">Takes the newest message that any rule has had and FROM matches, instead of topic and payload.</param>
internal sealed record RuleTestDocument(
    string? Sql, string? AwsIotSqlVersion, string? Topic, string? Payload, byte[]? PayloadBase64, string? ClientId, bool? Last);

/// <summary>Answer of a test.</summary>
/// <param name="Result"><c>matched</c>, <c>from</c> (FROM does not match), <c>where</c> (WHERE was not true) or <c>function</c> (a function failed).</param>
/// <param name="Explanation">One line: what came of it.</param>
/// <param name="Topic">Topic of the message.</param>
/// <param name="Payload">Its payload as text; absent when it is no UTF-8.</param>
/// <param name="PayloadBase64">Its payload.</param>
/// <param name="Output">Output when it is JSON.</param>
/// <param name="OutputBase64">Output as bytes, when the statement matched.</param>
/// <param name="Clauses">FROM, WHERE and its parts with the values of their operands.</param>
internal sealed record RuleTestAnswer(
    string Result, string Explanation, string Topic, string? Payload, ReadOnlyMemory<byte> PayloadBase64, JsonElement? Output,
    ReadOnlyMemory<byte>? OutputBase64, IReadOnlyList<RuleTestClause> Clauses);

/// <summary>A clause of the statement for this message.</summary>
internal sealed record RuleTestClause(string Clause, int Depth, string Text, string Result, string? Operands);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RuleTestDocument))]
[JsonSerializable(typeof(RuleTestAnswer))]
internal sealed partial class RuleTestJson : JsonSerializerContext;
