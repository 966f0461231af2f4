using Newsletter.Choosing;
using static Newsletter.Tests.Choosing.ComposerFixture;

namespace Newsletter.Tests.Choosing;

/// <summary>Overrides, and the order and sections of what was chosen.</summary>
public sealed class ComposerOrderTests
{
    [Fact]
    public void A_pin_for_everybody_reaches_whom_it_does_not_fit_and_stands_before_what_fits()
    {
        var mail = new ComposerFixture().Put(1, Lawyer, age: 20).Put(2, Cto).Override(OverrideKind.Pin, 1).Compose(new TestReader(Cto));

        Assert.Equal([1, 2], mail.Items);
        Assert.Equal(["pick"], mail[1].Reasons.Select(r => r.Kind));
    }

    [Fact]
    public void A_pin_for_a_role_reaches_its_readers_and_those_of_its_forms_alone()
    {
        var fixture = new ComposerFixture().Put(1, Lawyer).Put(2, Cto).Put(3, Journalist).Override(OverrideKind.Pin, 1, Engineer);

        Assert.Equal([1], fixture.Compose(new TestReader(Engineer)).Items);
        Assert.Equal([1], fixture.Compose(new TestReader(AiEngineer)).Items);
        Assert.Equal([2], fixture.Compose(new TestReader(Cto)).Items);
        Assert.DoesNotContain("pick", fixture.Compose(new TestReader()).Choices.SelectMany(c => c.Reasons).Select(r => r.Kind));
    }

    [Fact]
    public void What_is_excluded_reaches_nobody_it_is_excluded_for_not_by_a_pin_and_not_by_widening()
    {
        var fixture = new ComposerFixture { Min = 2 }.Put(1, Cto).Put(2, Cto).Put(3, Vp).Put(4, Lawyer).Put(5, Lawyer)
            .Override(OverrideKind.Exclude, 1).Override(OverrideKind.Pin, 1, Cto).Override(OverrideKind.Exclude, 3);

        var mail = fixture.Compose(new TestReader(Cto) { TooFew = TooFew.Widen });

        Assert.Equal(CompositionOutcome.TooFew, mail.Outcome);
        Assert.Equal([SelectionOutcome.Excluded, SelectionOutcome.Excluded], new long[] { 1, 3 }.Select(mail.OutcomeOf));
        Assert.Equal([2, 4, 5], fixture.Compose(new TestReader()).Items.Order());
    }

    [Fact]
    public void An_exclusion_for_a_role_leaves_the_others_their_item()
    {
        var fixture = new ComposerFixture().Put(1, [Cto, Lawyer]).Override(OverrideKind.Exclude, 1, Lawyer);

        Assert.Equal([1], fixture.Compose(new TestReader(Cto)).Items);
        Assert.Equal(CompositionOutcome.NothingFits, fixture.Compose(new TestReader(Lawyer)).Outcome);
        Assert.Equal(CompositionOutcome.NothingFits, fixture.Compose(new TestReader(Cto, Lawyer)).Outcome);
    }

    [Fact]
    public void The_lead_stands_first_for_those_it_fits_and_brings_nobody_an_item()
    {
        var fixture = new ComposerFixture().Put(1, Cto).Put(2, Cto, age: 25).Put(3, Lawyer).Put(4, Cto)
            .Override(OverrideKind.Lead, 2).Override(OverrideKind.Pin, 4).Override(OverrideKind.Order, 1, position: 1);

        var mail = fixture.Compose(new TestReader(Cto));

        Assert.Equal([2, 1, 4], mail.Items);
        Assert.Equal(["lead", "role"], mail[2].Reasons.Select(r => r.Kind));
        Assert.Equal([4, 3], fixture.Compose(new TestReader(Lawyer)).Items);
    }

    [Fact]
    public void The_editors_order_comes_before_points_and_chooses_nothing()
    {
        var fixture = new ComposerFixture { Max = 3 }.Put(1, Cto).Put(2, Cto, age: 1).Put(3, Cto, age: 2).Put(4, Cto, age: 9)
            .Override(OverrideKind.Order, 3, position: 1).Override(OverrideKind.Order, 4, position: 2)
            .Override(OverrideKind.Order, 2, position: 3).Override(OverrideKind.Order, 77, position: 4);

        Assert.Equal([3, 2, 1], fixture.Compose(new TestReader(Cto)).Items);
    }

    [Fact]
    public void Two_roles_with_two_items_each_make_sections_with_the_leading_one_first()
    {
        var mail = new ComposerFixture().Put(1, Engineer, age: 3).Put(2, Lawyer).Put(3, Engineer, age: 4).Put(4, Lawyer, age: 9).Put(5, Teacher)
            .Override(OverrideKind.Pin, 5)
            .Compose(new TestReader(Engineer, Lawyer));

        Assert.Equal([5, 2, 4, 1, 3], mail.Items);
        Assert.True(Composition.HasSections(mail.Choices));
        Assert.Equal([null, "Lawyer", "Lawyer", "Engineer", "Engineer"], mail.Choices.Select(c => c.Section));
    }

    [Fact]
    public void Sections_that_do_not_help_are_not_made()
    {
        var thin = new ComposerFixture().Put(1, Engineer).Put(2, Engineer, age: 2).Put(3, Engineer, age: 3).Put(4, Lawyer, age: 1);
        var few = new ComposerFixture().Put(1, Engineer).Put(2, Lawyer, age: 1).Put(3, Engineer, age: 2);
        var one = new ComposerFixture().Put(1, Engineer).Put(2, Engineer).Put(3, Engineer).Put(4, Engineer);

        var both = new TestReader(Engineer, Lawyer);
        var mails = new[] { thin.Compose(both), few.Compose(both), one.Compose(new TestReader(Engineer)) };

        Assert.All(mails, mail => Assert.False(Composition.HasSections(mail.Choices)));
        Assert.Equal([1, 4, 2, 3], mails[0].Items);
        Assert.Equal([1, 2, 3], mails[1].Items);
    }
}
