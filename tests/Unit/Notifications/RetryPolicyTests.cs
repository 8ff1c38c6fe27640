using Fairlead.Features.Notifications;
using Fairlead.Features.Notifications.Delivery;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Notifications;

/// <summary>When deliveries are tried again.</summary>
public sealed class RetryPolicyTests
{
    [Fact]
    public void Sns_38_the_usual_policy_is_three_retries_20_seconds_apart()
    {
        var usual = RetryPolicy.Of(null, null);
        usual.Retries.ShouldBe(3);
        Delays(usual).ShouldBe([20, 20, 20]);
        usual.ToJson().ShouldBe("""{"minDelayTarget":20,"maxDelayTarget":20,"numRetries":3,"numMaxDelayRetries":0,"numNoDelayRetries":0,"numMinDelayRetries":0,"backoffFunction":"linear"}""");
    }

    [Theory]
    [InlineData("linear", new double[] { 0, 2, 2, 6, 10, 10 })]
    [InlineData("arithmetic", new double[] { 0, 2, 2, 4, 10, 10 })]
    public void Phases_follow_one_another(string function, double[] delays)
    {
        var policy = RetryPolicy.Of(
            $$$"""{"healthyRetryPolicy":{"minDelayTarget":2,"maxDelayTarget":10,"numRetries":6,"numNoDelayRetries":1,"numMinDelayRetries":1,"numMaxDelayRetries":1,"backoffFunction":"{{{function}}}"}}""", null);
        Delays(policy).ShouldBe(delays);
    }

    [Fact]
    public void The_topic_may_forbid_subscriptions_their_own()
    {
        const string Own = """{"healthyRetryPolicy":{"numRetries":1}}""";
        RetryPolicy.Of(Own, """{"http":{"defaultHealthyRetryPolicy":{"numRetries":2}}}""").Retries.ShouldBe(1);
        RetryPolicy.Of(Own, """{"http":{"defaultHealthyRetryPolicy":{"numRetries":2},"disableSubscriptionOverrides":true}}""").Retries.ShouldBe(2);
        RetryPolicy.Of(null, """{"http":{"defaultHealthyRetryPolicy":{"numRetries":2}}}""").Retries.ShouldBe(2);
    }

    [Theory]
    [InlineData("x", "JSON")]
    [InlineData("""{"healthyRetryPolicy":{"numRetries":101}}""", "numRetries")]
    [InlineData("""{"healthyRetryPolicy":{"minDelayTarget":0}}""", "minDelayTarget")]
    [InlineData("""{"healthyRetryPolicy":{"minDelayTarget":30}}""", "maxDelayTarget")]
    [InlineData("""{"healthyRetryPolicy":{"numNoDelayRetries":4}}""", "numNoDelayRetries")]
    [InlineData("""{"healthyRetryPolicy":{"backoffFunction":"random"}}""", "backoffFunction")]
    [InlineData("""{"throttlePolicy":{"maxReceivesPerSecond":1}}""", "throttlePolicy")]
    public void What_is_malformed_or_not_offered_is_refused_by_name(string policy, string name) =>
        Should.Throw<NotificationException>(() => RetryPolicy.CheckOfSubscription(policy)).Message.ShouldContain(name);

    private static double[] Delays(RetryPolicy policy) => [.. Enumerable.Range(1, policy.Retries).Select(retry => policy.DelayBefore(retry).TotalSeconds)];
}
