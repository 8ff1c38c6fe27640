namespace Fairlead.Load.Measuring;

// A quantity that a scenario reports. Direction tells the reader of the ratio what is good.
internal sealed record Measure(string Key, string Title, string Unit, bool? HigherIsBetter)
{
    internal static readonly Measure Throughput = new("throughput", "throughput", "msg/s", HigherIsBetter: true);
    internal static readonly Measure BrokerCpu = new("cpu_per_million", "broker CPU per million", "s", HigherIsBetter: false);
    internal static readonly Measure GeneratorCpu = new("generator_cpu_per_million", "generator CPU per million", "s", HigherIsBetter: null);
    internal static readonly Measure Memory = new("rss_mib", "resident memory", "MiB", HigherIsBetter: false);
    internal static readonly Measure Lost = new("lost", "lost", "messages", HigherIsBetter: false);
    internal static readonly Measure Repeated = new("repeated", "repeated or out of order", "messages", HigherIsBetter: false);
    internal static readonly Measure LatencyP50 = new("latency_p50_us", "latency p50", "µs", HigherIsBetter: false);
    internal static readonly Measure LatencyP99 = new("latency_p99_us", "latency p99", "µs", HigherIsBetter: false);
    internal static readonly Measure LatencyP999 = new("latency_p999_us", "latency p99.9", "µs", HigherIsBetter: false);
    internal static readonly Measure LatencyMaximum = new("latency_max_us", "latency maximum", "µs", HigherIsBetter: false);
    internal static readonly Measure GeneratorLate = new("generator_late_p99_us", "generator late p99", "µs", HigherIsBetter: null);
    internal static readonly Measure EmptyMemory = new("empty_rss_mib", "resident memory, nobody connected", "MiB", HigherIsBetter: false);
    internal static readonly Measure BytesEach = new("bytes_each_pss", "bytes each (PSS)", "B", HigherIsBetter: false);
    internal static readonly Measure BytesEachResident = new("bytes_each_rss", "bytes each (RSS)", "B", HigherIsBetter: false);
    internal static readonly Measure IdleCpu = new("idle_cpu_percent", "CPU while all idle", "% of a core", HigherIsBetter: false);
    internal static readonly Measure Connects = new("connects", "connects", "per s", HigherIsBetter: true);
    internal static readonly Measure PlainConnects = new("connects_plain", "connects without TLS, same generator", "per s", HigherIsBetter: true);
    internal static readonly Measure PlainCpu = new("plain_cpu_per_million", "broker CPU per million, without TLS", "s", HigherIsBetter: false);
    internal static readonly Measure Imported = new("imported", "import", "things/s", HigherIsBetter: true);
    internal static readonly Measure Listed = new("listed", "ListThings, pages of 250", "things/s", HigherIsBetter: true);
    internal static readonly Measure Searched = new("searched", "SearchIndex by attribute, pages of 250", "things/s", HigherIsBetter: true);
    internal static readonly Measure BytesEachThing = new("bytes_each_thing", "memory for each thing (RSS)", "B", HigherIsBetter: false);
    internal static readonly Measure LostThings = new("lost_things", "lost after kill -9", "things", HigherIsBetter: false);
    internal static readonly Measure ShadowUpdates = new("shadow_updates", "accepted updates beside 1,000 shadows", "per s", HigherIsBetter: true);
    internal static readonly Measure ShadowUpdatesMany = new("shadow_updates_many", "accepted updates beside 100,000 shadows", "per s", HigherIsBetter: true);
    internal static readonly Measure BrokerCpuMany = new("cpu_per_million_many", "broker CPU per million, 100,000 shadows", "s", HigherIsBetter: false);
    internal static readonly Measure BytesEachShadow = new("bytes_each_shadow", "memory for each shadow (RSS)", "B", HigherIsBetter: false);
    internal static readonly Measure Rejected = new("rejected", "rejected updates", "updates", HigherIsBetter: false);
    internal static readonly Measure DirectMessages = new("direct", "confirmed messages", "msg/s", HigherIsBetter: true);
    internal static readonly Measure AbsentP50 = new("absent_p50_us", "nobody there (404) p50", "µs", HigherIsBetter: false);
    internal static readonly Measure AbsentP99 = new("absent_p99_us", "nobody there (404) p99", "µs", HigherIsBetter: false);
    internal static readonly Measure RoundTrips = new("round_trips", "request and answer on topics instead, same run", "per s", HigherIsBetter: true);
    internal static readonly Measure RoundTripCpu = new("round_trip_cpu_per_million", "broker CPU per million, on topics", "s", HigherIsBetter: false);
    internal static readonly Measure DirectShare = new("direct_share", "direct against on topics, rate", "x", HigherIsBetter: true);
    internal static readonly Measure DirectCpuShare = new("direct_cpu_share", "direct against on topics, broker CPU each", "x", HigherIsBetter: false);
    internal static readonly Measure Unexpected = new("unexpected", "answered otherwise", "calls", HigherIsBetter: false);
    internal static readonly Measure FillRate = new("fill", "fill", "msg/s", HigherIsBetter: true);
    internal static readonly Measure FillCpu = new("fill_cpu_per_million", "broker CPU per million, fill", "s", HigherIsBetter: false);
    internal static readonly Measure DrainRate = new("drain", "drain", "msg/s", HigherIsBetter: true);
    internal static readonly Measure DrainCpu = new("drain_cpu_per_million", "broker CPU per million, drain", "s", HigherIsBetter: false);
    internal static readonly Measure MemoryFillRate = new("fill_memory", "fill, kept in memory only", "msg/s", HigherIsBetter: true);
    internal static readonly Measure DurableShare = new("fill_durable_share", "durable fill against memory fill", "x", HigherIsBetter: true);
    internal static readonly Measure Restart = new("restart_ms", "restart to ready after kill -9", "ms", HigherIsBetter: false);
    internal static readonly Measure EdgeFillRate = new("edge_fill", "into the spool, through mosquitto", "msg/s", HigherIsBetter: true);
    internal static readonly Measure EdgeFillCpu = new("edge_fill_cpu_per_million", "connector CPU per million spooled", "s", HigherIsBetter: false);
    internal static readonly Measure EdgeDrainRate = new("edge_drain", "out of the spool, to the hub", "msg/s", HigherIsBetter: true);
    internal static readonly Measure EdgeDrainCpu = new("edge_drain_cpu_per_million", "connector CPU per million forwarded", "s", HigherIsBetter: false);
    internal static readonly Measure EdgeFirst = new("edge_first_ms", "start of the process to the first message at the hub", "ms", HigherIsBetter: false);
    internal static readonly Measure EdgeMemory = new("edge_rss_mib", "connector's resident memory, all spooled", "MiB", HigherIsBetter: false);
    internal static readonly Measure EdgeFile = new("edge_file_mib", "spool's files, all spooled", "MiB", HigherIsBetter: false);
}
