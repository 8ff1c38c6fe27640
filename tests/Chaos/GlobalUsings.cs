global using Shouldly;
global using Xunit;

// One fault at a time: these tests measure memory and load the machine.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
