namespace Fairlead.Load.Measuring;

// Bytes: proportional share, resident, and the most that was ever resident.
internal readonly record struct MemorySample(long Proportional, long Resident, long Peak);
