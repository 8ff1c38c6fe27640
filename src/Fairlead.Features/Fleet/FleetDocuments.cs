using System.Text.Json.Serialization;

namespace Fairlead.Features.Fleet;

/// <summary>Body of SearchIndex and of the operations that count.</summary>
internal sealed record QueryDocument(
    string? IndexName, string? QueryString, string? QueryVersion, string? NextToken, int? MaxResults, string? AggregationField,
    IReadOnlyList<double>? Percents, BucketsTypeDocument? BucketsAggregationType);

/// <summary>How buckets are made.</summary>
internal sealed record BucketsTypeDocument(TermsDocument? TermsAggregation);

/// <summary>One bucket for each value.</summary>
internal sealed record TermsDocument(int? MaxBuckets);

/// <summary>Answer of SearchIndex.</summary>
internal sealed record SearchDocument(IReadOnlyList<ThingDocument>? Things, IReadOnlyList<GroupDocument>? ThingGroups, string? NextToken);

/// <summary>A thing that was found.</summary>
internal sealed record ThingDocument(
    string ThingName, string ThingId, string? ThingTypeName, IReadOnlyList<string> ThingGroupNames, IReadOnlyDictionary<string, string> Attributes, string? Shadow,
    ConnectivityDocument Connectivity);

/// <summary>Its connection; the time is in milliseconds.</summary>
internal sealed record ConnectivityDocument(
    bool Connected, long? Timestamp = null, string? DisconnectReason = null, int? KeepAliveDuration = null, bool? CleanSession = null, long? SessionExpiry = null,
    string? ClientId = null);

/// <summary>A thing group that was found.</summary>
internal sealed record GroupDocument(
    string ThingGroupName, string ThingGroupId, string? ThingGroupDescription, IReadOnlyDictionary<string, string> Attributes, IReadOnlyList<string> ParentGroupNames);

/// <summary>Answer of GetStatistics.</summary>
internal sealed record StatisticsAnswer(StatisticsDocument Statistics);

/// <summary>Statistics; of texts there is the count alone.</summary>
internal sealed record StatisticsDocument(
    int Count, double? Average = null, double? Sum = null, double? Minimum = null, double? Maximum = null, double? SumOfSquares = null, double? Variance = null,
    double? StdDeviation = null);

/// <summary>Answer of GetCardinality.</summary>
internal sealed record CardinalityDocument(int Cardinality);

/// <summary>Answer of GetPercentiles.</summary>
internal sealed record PercentilesDocument(IReadOnlyList<PercentileDocument> Percentiles);

/// <summary>One percentile.</summary>
internal sealed record PercentileDocument(double Percent, double Value);

/// <summary>Answer of GetBucketsAggregation.</summary>
internal sealed record BucketsDocument(int TotalCount, IReadOnlyList<BucketDocument> Buckets);

/// <summary>One bucket.</summary>
internal sealed record BucketDocument(string KeyValue, int Count);

/// <summary>Answer of ListIndices.</summary>
internal sealed record IndexListDocument(IReadOnlyList<string> IndexNames, string? NextToken);

/// <summary>Answer of DescribeIndex.</summary>
internal sealed record IndexDocument(string IndexName, string IndexStatus, string Schema);

/// <summary>Body of GetThingConnectivityData.</summary>
internal sealed record ConnectivityRequestDocument(bool? IncludeSocketInformation);

/// <summary>Answer of GetThingConnectivityData; the time is in seconds.</summary>
internal sealed record ThingConnectivityDocument(string ThingName, bool Connected)
{
    public double? Timestamp { get; init; }

    public string? DisconnectReason { get; init; }

    public string? SourceIp { get; init; }

    public int? SourcePort { get; init; }

    public string? TargetIp { get; init; }

    public int? TargetPort { get; init; }

    public int? KeepAliveDuration { get; init; }

    public bool? CleanSession { get; init; }

    public long? SessionExpiry { get; init; }

    public string? ClientId { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(QueryDocument))]
[JsonSerializable(typeof(SearchDocument))]
[JsonSerializable(typeof(StatisticsAnswer))]
[JsonSerializable(typeof(CardinalityDocument))]
[JsonSerializable(typeof(PercentilesDocument))]
[JsonSerializable(typeof(BucketsDocument))]
[JsonSerializable(typeof(IndexListDocument))]
[JsonSerializable(typeof(IndexDocument))]
[JsonSerializable(typeof(ConnectivityRequestDocument))]
[JsonSerializable(typeof(ThingConnectivityDocument))]
internal sealed partial class FleetJson : JsonSerializerContext;
