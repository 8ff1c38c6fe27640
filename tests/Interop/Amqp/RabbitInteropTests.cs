using Fairlead.Amqp;
using Fairlead.Interop.Rules.Servers;

namespace Fairlead.Interop.Amqp;

public sealed class RabbitInteropTests
{
    [Fact]
    public async Task Azure_32_The_client_sends_to_and_receives_from_RabbitMQ_through_SASL()
    {
        await using var rabbit = await RabbitServer.CreateAsync("rabbitmq_amqp1_0");
        await EngineInteropTests.ExchangeAsync(rabbit.Port, SaslCredential.Plain("guest", "guest"), "/queue/fairlead", "/queue/fairlead");
    }
}
