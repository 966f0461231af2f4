using Newsletter.Choosing;
using static Newsletter.Tests.Choosing.ComposerFixture;

namespace Newsletter.Tests.Choosing;

/// <summary>The editor's hand, and the order and sections of what was chosen.</summary>
public sealed class ComposerOrderTests
{
    [Fact]
    public void A_pin_for_everybody_reaches_whom_it_does_not_fit_and_stands_before_what_fits()
    {
        var letter = new ComposerFixture().Put(1, Lawyer, age: 20).Put(2, Cto).Steer(OverrideKind.Pin, 1).Compose(new TestReader(Cto));

        Assert.Equal([1, 2], letter.Items);
        Assert.Equal(["pick"], letter[1].Reasons.Select(r => r.Kind));
    }

    [Fact]
    public void A_pin_for_a_role_reaches_its_readers_and_those_of_its_forms_alone()
    {
        var desk = new ComposerFixture().Put(1, Lawyer).Put(2, Cto).Put(3, Journalist).Steer(OverrideKind.Pin, 1, Engineer);

        Assert.Equal([1], desk.Compose(new TestReader(Engineer)).Items);
        Assert.Equal([1], desk.Compose(new TestReader(AiEngineer)).Items);
        Assert.Equal([2], desk.Compose(new TestReader(Cto)).Items);
        Assert.DoesNotContain("pick", desk.Compose(new TestReader()).Choices.SelectMany(c => c.Reasons).Select(r => r.Kind));
    }

    [Fact]
    public void What_is_excluded_reaches_nobody_it_is_excluded_for_not_by_a_pin_and_not_by_widening()
    {
        var desk = new ComposerFixture { Min = 2 }.Put(1, Cto).Put(2, Cto).Put(3, Vp).Put(4, Lawyer).Put(5, Lawyer)
            .Steer(OverrideKind.Exclude, 1).Steer(OverrideKind.Pin, 1, Cto).Steer(OverrideKind.Exclude, 3);

        var letter = desk.Compose(new TestReader(Cto) { TooFew = TooFew.Widen });

        Assert.Equal(CompositionOutcome.TooFew, letter.Outcome);
        Assert.Equal([SelectionOutcome.Excluded, SelectionOutcome.Excluded], new long[] { 1, 3 }.Select(letter.Verdict));
        Assert.Equal([2, 4, 5], desk.Compose(new TestReader()).Items.Order());
    }

    [Fact]
    public void An_exclusion_for_a_role_leaves_the_others_their_item()
    {
        var desk = new ComposerFixture().Put(1, [Cto, Lawyer]).Steer(OverrideKind.Exclude, 1, Lawyer);

        Assert.Equal([1], desk.Compose(new TestReader(Cto)).Items);
        Assert.Equal(CompositionOutcome.NothingFits, desk.Compose(new TestReader(Lawyer)).Outcome);
        Assert.Equal(CompositionOutcome.NothingFits, desk.Compose(new TestReader(Cto, Lawyer)).Outcome);
    }

    [Fact]
    public void The_lead_stands_first_for_those_it_fits_and_brings_nobody_an_item()
    {
        var desk = new ComposerFixture().Put(1, Cto).Put(2, Cto, age: 25).Put(3, Lawyer).Put(4, Cto)
            .Steer(OverrideKind.Lead, 2).Steer(OverrideKind.Pin, 4).Steer(OverrideKind.Order, 1, position: 1);

        var letter = desk.Compose(new TestReader(Cto));

        Assert.Equal([2, 1, 4], letter.Items);
        Assert.Equal(["lead", "role"], letter[2].Reasons.Select(r => r.Kind));
        Assert.Equal([4, 3], desk.Compose(new TestReader(Lawyer)).Items);
    }

    [Fact]
    public void The_editors_order_comes_before_points_and_chooses_nothing()
    {
        var desk = new ComposerFixture { Max = 3 }.Put(1, Cto).Put(2, Cto, age: 1).Put(3, Cto, age: 2).Put(4, Cto, age: 9)
            .Steer(OverrideKind.Order, 3, position: 1).Steer(OverrideKind.Order, 4, position: 2).Steer(OverrideKind.Order, 2, position: 3).Steer(OverrideKind.Order, 77, position: 4);

        Assert.Equal([3, 2, 1], desk.Compose(new TestReader(Cto)).Items);
    }

    [Fact]
    public void Two_roles_with_two_items_each_make_sections_with_the_leading_one_first()
    {
        var letter = new ComposerFixture().Put(1, Engineer, age: 3).Put(2, Lawyer).Put(3, Engineer, age: 4).Put(4, Lawyer, age: 9).Put(5, Teacher)
            .Steer(OverrideKind.Pin, 5)
            .Compose(new TestReader(Engineer, Lawyer));

        Assert.Equal([5, 2, 4, 1, 3], letter.Items);
        Assert.True(Composition.HasSections(letter.Choices));
        Assert.Equal([null, "Lawyer", "Lawyer", "Engineer", "Engineer"], letter.Choices.Select(c => c.Section));
    }

    [Fact]
    public void Sections_that_do_not_help_are_not_made()
    {
        var thin = new ComposerFixture().Put(1, Engineer).Put(2, Engineer, age: 2).Put(3, Engineer, age: 3).Put(4, Lawyer, age: 1);
        var few = new ComposerFixture().Put(1, Engineer).Put(2, Lawyer, age: 1).Put(3, Engineer, age: 2);
        var one = new ComposerFixture().Put(1, Engineer).Put(2, Engineer).Put(3, Engineer).Put(4, Engineer);

        var letters = new[] { thin.Compose(new TestReader(Engineer, Lawyer)), few.Compose(new TestReader(Engineer, Lawyer)), one.Compose(new TestReader(Engineer)) };

        Assert.All(letters, letter => Assert.False(Composition.HasSections(letter.Choices)));
        Assert.Equal([1, 4, 2, 3], letters[0].Items);
        Assert.Equal([1, 2, 3], letters[1].Items);
    }
}
