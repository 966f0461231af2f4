using Newsletter.Choosing;
using Newsletter.Items;
using static Newsletter.Tests.Choosing.ComposerFixture;

namespace Newsletter.Tests.Choosing;

/// <summary>What comes first, and by how much. Points are in thousandths.</summary>
public sealed class ComposerPointsTests
{
    [Fact]
    public void The_same_role_has_more_points_than_a_form_of_it_and_a_form_more_than_a_nearby_role()
    {
        var mail = new ComposerFixture { Min = 3, Choosing = new() { NearestAffinity = 0.2 } }.Put(1, Cto).Put(2, Engineer).Put(3, AiEngineer)
            .Compose(new TestReader(Engineer) { TooFew = TooFew.Widen });

        Assert.Equal([2, 3, 1], mail.Items);
        Assert.Equal(120_000, mail.Points(2));
        Assert.Equal(110_000, mail.Points(3));
        Assert.InRange(mail.Points(1), 20_001, 109_999);
        Assert.Equal(["role", "form", "near"], mail.Choices.Select(c => c.Reasons.Single().Kind));
    }

    [Fact]
    public void Each_topic_followed_adds_its_points_whatever_its_letter_case()
    {
        var mail = new ComposerFixture().Put(1, Cto, topics: ["RAG", "Agents", "rag "]).Put(2, Cto, topics: ["Agents"]).Put(3, Cto)
            .Compose(new TestReader(Cto) { Topics = ["rag", "AGENTS", "never heard of"] });

        Assert.Equal([1, 2, 3], mail.Items);
        Assert.Equal([150_000, 135_000, 120_000], mail.Items.Select(mail.Points));
        Assert.Equal(["RAG", "Agents"], mail[1].Reasons.Skip(1).Select(r => r.Topic).OrderDescending());
    }

    [Fact]
    public void Freshness_halves_with_each_half_life_and_what_is_to_come_is_as_fresh_as_today()
    {
        var mail = new ComposerFixture { Choosing = new() { FreshnessPoints = 40, FreshnessHalfLifeDays = 5 } }
            .Put(1, Cto).Put(2, Cto, age: 5).Put(3, Cto, age: 10).Put(4, Cto, age: -3).Compose(new TestReader(Cto));

        Assert.Equal([140_000, 120_000, 110_000, 140_000], new long[] { 1, 2, 3, 4 }.Select(mail.Points));
    }

    [Fact]
    public void Each_further_role_of_the_reader_adds_its_share_to_the_best_one()
    {
        var fixture = new ComposerFixture().Put(1, [Engineer, Lawyer]).Put(2, Engineer);

        var mail = fixture.Compose(new TestReader(Lawyer, AiEngineer, Engineer));

        // The same role twice at 100, and 90 for the form of it: 100 + (100 + 90) / 10.
        Assert.Equal(139_000, mail.Points(1));
        Assert.Equal(129_000, mail.Points(2));
        Assert.Equal(3, mail[1].Reasons.Count);
    }

    [Fact]
    public void Equal_points_are_decided_by_the_newer_date_then_by_the_lower_id()
    {
        var mail = new ComposerFixture { Choosing = new() { FreshnessPoints = 0 }, Max = 3 }
            .Put(9, Cto, age: 2).Put(4, Cto, age: 1).Put(3, Cto, age: 1).Put(2, Cto, age: 2).Compose(new TestReader(Cto));

        Assert.Equal([3, 4, 2], mail.Items);
        Assert.Equal(SelectionOutcome.OverLimit, mail.OutcomeOf(9));
    }

    [Fact]
    public void The_reader_without_roles_gets_the_freshest_and_who_waits_for_review_gets_nothing()
    {
        var fixture = new ComposerFixture { Max = 2 }.Put(1, Cto, age: 3).Put(2, Lawyer, age: 1).Put(3, Engineer, age: 2);

        Assert.Equal([2, 3], fixture.Compose(new TestReader()).Items);
        Assert.Equal(CompositionOutcome.NothingFits, fixture.Compose(new TestReader { HasRoles = true }).Outcome);
    }

    [Fact]
    public void Of_several_labels_that_fit_the_closest_is_named()
    {
        var mail = new ComposerFixture().Put(1, [AiEngineer, Engineer, Cto]).Compose(new TestReader(Engineer));

        Assert.Equal(("role", "Engineer", "Engineer"), (mail[1].Reasons.Single().Kind, mail[1].Reasons.Single().Role, mail[1].Reasons.Single().Label));
    }

    [Fact]
    public void Depth_follows_the_role_it_was_chosen_for_unless_the_reader_says_otherwise()
    {
        var fixture = new ComposerFixture().Put(1, Cto).Put(2, Engineer).Put(3, Journalist).Put(4, Lawyer);

        var mail = fixture.Compose(new TestReader(Cto, Engineer, Journalist, Lawyer));

        Assert.Equal(
            [Depth.Brief, Depth.Full, Depth.Standard, Depth.Standard],
            new long[] { 1, 2, 3, 4 }.Select(id => mail[id].Depth));
        Assert.All(
            fixture.Compose(new TestReader(Cto, Engineer, Journalist, Lawyer) { Depth = Depth.Full }).Choices,
            choice => Assert.Equal(Depth.Full, choice.Depth));
        Assert.All(fixture.Compose(new TestReader()).Choices, choice => Assert.Equal(Depth.Standard, choice.Depth));
    }
}
