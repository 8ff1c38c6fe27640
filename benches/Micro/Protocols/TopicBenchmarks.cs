using System.Text;
using BenchmarkDotNet.Attributes;
using Fairlead.Protocols.Mqtt;

namespace Fairlead.Micro.Protocols;

/// <summary>Topic Names judged and matched with Topic Filters.</summary>
public class TopicBenchmarks
{
    private byte[] _filter = [];
    private byte[] _topic = [];

    [Params(
        "a/b=a/b",
        "sites/hamburg/devices/00017/temperature=sites/hamburg/devices/00017/temperature",
        "sites/+/devices/+/temperature=sites/hamburg/devices/00017/temperature",
        "sites/hamburg/#=sites/hamburg/devices/00017/temperature",
        "sites/hamburg/devices/00018/temperature=sites/hamburg/devices/00017/temperature",
        "sites/+/devices/+/humidity=sites/münchen/devices/00017/temperature")]
    public string Pair { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        string[] halves = Pair.Split('=');
        _filter = Encoding.UTF8.GetBytes(halves[0]);
        _topic = Encoding.UTF8.GetBytes(halves[1]);
    }

    [Benchmark]
    public bool MatchFilter() => TopicFilter.Matches(_filter, _topic);

    [Benchmark]
    public bool JudgeName() => TopicName.IsValid(_topic);

    [Benchmark]
    public bool JudgeFilter() => TopicFilter.IsValid(_filter);
}
