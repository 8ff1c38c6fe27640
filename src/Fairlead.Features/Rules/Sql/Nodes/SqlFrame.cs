using Fairlead.Features.Rules.Sql.Payloads;
using Fairlead.Features.Rules.Sql.Values;

namespace Fairlead.Features.Rules.Sql.Nodes;

/// <summary>
/// What expressions see while they are evaluated: the message, what has been read of its payload, the variables, the element of a nested
/// query. Each thread has one and uses it again and again.
/// </summary>
internal sealed class SqlFrame
{
    private const int LargestKept = 256;

    [ThreadStatic]
    private static SqlFrame? t_frame;

    private byte[] _payload = [];
    private int _payloadStart;
    private int _work;

    private SqlFrame()
    {
    }

    /// <summary>A frame without a message, for expressions that need none.</summary>
    public SqlFrame(SqlVersion version) => Version = version;

    /// <summary>The message.</summary>
    public RuleMessage Message { get; private set; } = null!;

    /// <summary>What the statement knows about the hub.</summary>
    public SqlScope Scope { get; private set; } = null!;

    /// <summary>Version of the statement.</summary>
    public SqlVersion Version { get; private set; }

    /// <summary>What timestamp() says.</summary>
    public DateTimeOffset Now { get; private set; }

    /// <summary>Whether whole Decimals stay Decimals.</summary>
    public bool KeepsDecimals => Version == SqlVersion.V2015;

    /// <summary>What has been read of the payload.</summary>
    public SqlValue[] Slots { get; private set; } = new SqlValue[8];

    /// <summary>What the payload is.</summary>
    public PayloadKind Kind { get; private set; }

    /// <summary>Values of the variables.</summary>
    public SqlValue[] Variables { get; set; } = [];

    /// <summary>Element of the innermost nested query.</summary>
    public SqlValue Element { get; set; }

    /// <summary>Where output is written.</summary>
    public JsonText Text { get; } = new();

    /// <summary>Regular expressions that are not known before the evaluation.</summary>
    public Functions.RegexCache Regexes { get; } = new();

    /// <summary>Why the evaluation cannot go on; null while it can.</summary>
    public string? Failure { get; set; }

    /// <summary>What is worth a line in the log although the evaluation goes on; null when nothing is.</summary>
    public string? Warning { get; set; }

    /// <summary>Whether the work of an evaluation has been used up.</summary>
    public bool IsSpent => _work > SqlLimits.MostWork;

    /// <summary>The frame of this thread; a new one where it is in use further up.</summary>
    public static SqlFrame Take(RuleStatement statement, RuleMessage message, DateTimeOffset now)
    {
        var frame = t_frame ?? new SqlFrame();
        t_frame = null;
        frame.Message = message;
        frame.Scope = statement.Scope;
        frame.Version = statement.Version;
        frame.Now = now;
        frame._work = 0;
        frame._payload = JsonValues.Bytes(message.Payload, out frame._payloadStart);
        return frame;
    }

    /// <summary>Lets go of the message, so that the frame can be used for the next.</summary>
    public void GiveBack()
    {
        if (Slots.Length > LargestKept) Slots = new SqlValue[8];
        else Slots.AsSpan().Clear();
        Variables = [];
        Element = default;
        Failure = null;
        Warning = null;
        Kind = PayloadKind.Unread;
        Message = null!;
        _payload = [];
        Text.Clear();
        t_frame = this;
    }

    /// <summary>Reads what a statement or a template wants of the payload.</summary>
    public void Read(PayloadPaths paths)
    {
        if (paths.SlotCount > Slots.Length) Slots = new SqlValue[paths.SlotCount];
        else Slots.AsSpan(0, paths.SlotCount).Clear();
        Kind = paths.SlotCount == 0 ? PayloadKind.Unread : paths.Read(_payload, _payloadStart, Message.Payload.Length, Slots, KeepsDecimals);
    }

    /// <summary>Counts work; false, with the reason in <see cref="Failure"/>, when there has been too much of it.</summary>
    public bool TrySpend(int work)
    {
        _work += work;
        if ((uint)_work <= SqlLimits.MostWork) return Failure is null;
        _work = SqlLimits.MostWork + 1;
        Failure ??= $"the statement takes more than {SqlLimits.MostWork} steps for this message";
        return false;
    }
}
