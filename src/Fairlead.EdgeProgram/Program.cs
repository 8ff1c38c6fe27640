using Fairlead.Edge.Hosting;

return EdgeCommandLine.Run(args);
