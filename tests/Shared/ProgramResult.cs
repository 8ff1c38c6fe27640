namespace Fairlead.Shared;

/// <summary>What a finished run of the program left behind.</summary>
public sealed record ProgramResult(int ExitCode, string Output, string Errors);
