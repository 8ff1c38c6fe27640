namespace Fairlead.Load.Engine;

// What went in and what came out of a group of publishers and their subscribers.
internal sealed class Flow(int deliveriesPerPublish)
{
    // Each PUBLISH sent should come back so many times.
    internal int FanOut { get; } = deliveriesPerPublish;

    internal long Published;
    internal long Delivered;

    // Seen missing from the numbering while messages behind them arrived.
    internal long Missing;

    // A number again, or a smaller one than before.
    internal long Repeated;

    internal long Expected => Published * FanOut;

    internal long Outstanding => Expected - Delivered - Missing;
}
