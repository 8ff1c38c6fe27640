using System.Text;
using BenchmarkDotNet.Attributes;
using Fairlead.Features.Rules.Sql;

namespace Fairlead.Micro.Rules;

/// <summary>What a statement costs per message: the payload is read, WHERE and SELECT are evaluated and the output is written.</summary>
public class SqlBenchmarks
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddYears(55);

    private static readonly RuleMessage Message = new()
    {
        Topic = "plant/a/temp",
        ClientId = "dev-7",
        Payload = Encoding.UTF8.GetBytes("""
            {"device":"dev-7","ts":1700000000123,"temp":31.5,"hum":48,"unit":"C","ok":true,"loc":{"lat":48.137154,"lon":11.576124,"site":"north"},
            "samples":[{"n":"a","v":1},{"n":"b","v":2.25},{"n":"c","v":3}],"note":"all is well"}
            """),
    };

    private RuleStatement _statement = null!;

    /// <summary>The statement.</summary>
    [Params(
        "SELECT * FROM 'plant/#' WHERE temp > 50",
        "SELECT device, temp FROM 'plant/#' WHERE temp > 30 AND loc.site = 'north'",
        "SELECT *, topic(2) AS line FROM 'plant/#' WHERE temp > 30",
        "SELECT * FROM 'plant/#' WHERE temp > 30",
        "SELECT (temp * 9 / 5) + 32 AS f, upper(unit) AS u FROM 'plant/#' WHERE startswith(device, 'dev')",
        "SELECT (SELECT VALUE v FROM samples WHERE n = 'b') AS b FROM 'plant/#'")]
    public string Sql { get; set; } = "";

    /// <summary>Parses the statement.</summary>
    [GlobalSetup]
    public void Prepare()
    {
        if (!RuleStatement.TryParse(Sql, SqlVersion.V2016, new SqlScope("123456789012", new NoFunctions()), out var statement, out var error))
            throw new InvalidOperationException(error.ToString());
        _statement = statement;
    }

    /// <summary>One message.</summary>
    [Benchmark]
    public bool Evaluate() => _statement.Evaluate(Message, Now).Verdict == RuleVerdict.Matched;

    private sealed class NoFunctions : IRuleFunctions
    {
        public bool Knows(string function, string? literalFirstArgument, out string problem)
        {
            problem = "there are none";
            return false;
        }

        public FunctionResult Call(string function, ReadOnlySpan<SqlValue> arguments) => FunctionResult.Failed("there are none");
    }
}
