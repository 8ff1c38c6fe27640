namespace Fairlead.Interop.Tools;

/// <summary>How a verb ended.</summary>
public sealed record ToolOutcome(int ExitCode, string Output, string Errors)
{
    public void ShouldBeDone() => ExitCode.ShouldBe(0, Errors);
}
