using BenchmarkDotNet.Running;
using Fairlead.Micro;

// Without arguments: say what there is. `--filter '*'` runs it all, `--filter '*Publish*'` a part.
BenchmarkSwitcher.FromAssembly(typeof(MicroConfig).Assembly).Run(args.Length == 0 ? ["--list", "tree"] : args, new MicroConfig());
