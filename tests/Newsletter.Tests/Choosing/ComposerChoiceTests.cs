using Newsletter.Choosing;
using static Newsletter.Tests.Choosing.ComposerFixture;

namespace Newsletter.Tests.Choosing;

/// <summary>Who gets what at all: what rules items out, the limits, too few, and several roles in one person.</summary>
public sealed class ComposerChoiceTests
{
    [Fact]
    public void A_muted_topic_excludes_even_what_is_pinned_and_what_widening_would_bring()
    {
        var mail = new ComposerFixture { Min = 3 }.Put(1, Cto, topics: ["Crypto"]).Put(2, Cto, topics: ["crypto "]).Put(3, Vp, topics: ["CRYPTO"]).Put(4, Vp)
            .Override(OverrideKind.Pin, 2)
            .Compose(new TestReader(Cto) { Muted = ["crypto"], TooFew = TooFew.Widen });

        Assert.Equal(CompositionOutcome.TooFew, mail.Outcome);
        Assert.All(new long[] { 1, 2, 3 }, id => Assert.Equal(SelectionOutcome.Muted, mail.OutcomeOf(id)));
    }

    [Fact]
    public void A_story_that_was_seen_does_not_come_again_in_another_items_words_nor_by_a_pin()
    {
        var mail = new ComposerFixture().Put(1, Cto, story: 1).Put(2, Cto, story: 1).Put(3, Cto)
            .Override(OverrideKind.Pin, 2)
            .Compose(new TestReader(Cto) { Seen = [1, 999] });

        Assert.Equal([3], mail.Items);
        Assert.Equal([SelectionOutcome.Seen, SelectionOutcome.Seen], new long[] { 1, 2 }.Select(mail.OutcomeOf));
    }

    [Fact]
    public void One_mail_tells_one_story_once_in_the_words_with_most_points()
    {
        var mail = new ComposerFixture().Put(1, Cto, age: 9, story: 7).Put(2, Cto, story: 7).Put(3, Cto, age: 2, story: 7).Put(4, Cto, age: 9)
            .Compose(new TestReader(Cto));

        Assert.Equal([2, 4], mail.Items);
        Assert.Equal([SelectionOutcome.SameStory, SelectionOutcome.SameStory], new long[] { 1, 3 }.Select(mail.OutcomeOf));
    }

    [Fact]
    public void No_more_than_the_set_number_comes_on_one_topic_and_from_one_publication()
    {
        var fixture = new ComposerFixture { Choosing = new() { MaxPerTopic = 2, MaxPerPublication = 1 } };
        fixture.Put(1, Cto, age: 1, topics: ["RAG"]).Put(2, Cto, age: 2, topics: ["Rag", "Other"]).Put(3, Cto, age: 3, topics: ["rag"])
            .Put(4, Cto, age: 4, publication: "A Journal").Put(5, Cto, age: 5, publication: "a journal ").Put(6, Cto, age: 6);

        var mail = fixture.Compose(new TestReader(Cto));

        Assert.Equal([1, 2, 4, 6], mail.Items);
        Assert.Equal((SelectionOutcome.TopicFull, SelectionOutcome.PublicationFull), (mail.OutcomeOf(3), mail.OutcomeOf(5)));
    }

    [Fact]
    public void Picks_count_for_variety_and_are_not_held_back_by_it()
    {
        var mail = new ComposerFixture { Choosing = new() { MaxPerTopic = 1 } }
            .Put(1, Cto, topics: ["RAG"]).Put(2, Cto, age: 3, topics: ["RAG"]).Put(3, Cto, age: 4, topics: ["RAG"])
            .Override(OverrideKind.Pin, 2).Override(OverrideKind.Pin, 3)
            .Compose(new TestReader(Cto));

        Assert.Equal([2, 3], mail.Items);
        Assert.Equal(SelectionOutcome.TopicFull, mail.OutcomeOf(1));
    }

    [Fact]
    public void Variety_of_one_mail_does_not_limit_the_next_one_composed()
    {
        var open = new ComposerFixture.Open(new ComposerFixture { Choosing = new() { MaxPerTopic = 1, MaxPerPublication = 1 } }
            .Put(1, Cto, topics: ["RAG"], publication: "A").Put(2, Lawyer, topics: ["RAG"], publication: "A"));

        Assert.Equal([1], open.Compose(new TestReader(Cto)).Items);
        Assert.Equal([2], open.Compose(new TestReader(Lawyer)).Items);
        Assert.Equal([1], open.Compose(new TestReader(Cto)).Items);
    }

    [Fact]
    public void There_are_never_more_than_the_slots_also_of_picks()
    {
        var fixture = new ComposerFixture { Max = 2 };
        foreach (var id in Enumerable.Range(1, 4))
        {
            fixture.Put(id, Cto, age: id).Override(OverrideKind.Pin, id);
        }

        Assert.Equal([1, 2], fixture.Compose(new TestReader(Lawyer)).Items);
    }

    [Fact]
    public void Too_few_without_a_word_of_the_reader_is_no_mail()
    {
        var fixture = new ComposerFixture { Min = 2 }.Put(1, Cto).Put(2, Vp);

        var mail = fixture.Compose(new TestReader(Cto));

        Assert.Equal((CompositionOutcome.TooFew, 0), (mail.Outcome, mail.Choices.Count));
        Assert.Equal(CompositionOutcome.NothingFits, fixture.Compose(new TestReader(Lawyer)).Outcome);
    }

    [Fact]
    public void Who_widens_gets_items_for_nearby_roles_and_the_mail_says_so()
    {
        var mail = new ComposerFixture { Min = 2 }.Put(1, Cto, age: 20).Put(2, Vp).Put(3, Lawyer).Compose(new TestReader(Cto) { TooFew = TooFew.Widen });

        Assert.Equal([1, 2], mail.Items);
        var reason = mail[2].Reasons.Single();
        Assert.Equal(("near", "It is best for “VP of Engineering”, a role close to yours, CTO."), (reason.Kind, ReasonText.Sentence(reason)));
        Assert.Equal("Close to your role: CTO", ReasonText.ShortLine(mail[2].Reasons));
        Assert.Equal(SelectionOutcome.Unfit, mail.OutcomeOf(3));
    }

    [Fact]
    public void Who_widens_gets_nothing_nearby_while_enough_fits_and_no_mail_while_it_is_too_few_still()
    {
        var reader = new TestReader(Cto) { TooFew = TooFew.Widen };

        Assert.Equal([1, 3], new ComposerFixture { Min = 2 }.Put(1, Cto).Put(2, Vp).Put(3, Cto).Compose(reader).Items);
        Assert.Equal(CompositionOutcome.TooFew, new ComposerFixture { Min = 3 }.Put(1, Cto).Put(2, Vp).Compose(reader).Outcome);
    }

    [Fact]
    public void What_rolled_over_comes_the_time_after_with_whatever_there_is()
    {
        var fixture = new ComposerFixture { Min = 2 }.Put(1, Cto);

        Assert.Equal(CompositionOutcome.RolledOver, fixture.Compose(new TestReader(Cto) { TooFew = TooFew.RollOver }).Outcome);
        Assert.Equal([1], fixture.Compose(new TestReader(Cto) { TooFew = TooFew.RollOver, RolledOver = true }).Items);
        Assert.Equal(CompositionOutcome.NothingFits, fixture.Compose(new TestReader(Lawyer) { TooFew = TooFew.RollOver, RolledOver = true }).Outcome);
    }

    [Fact]
    public void A_role_with_few_items_has_its_fair_share_beside_one_with_many()
    {
        var fixture = new ComposerFixture { Max = 6 };
        foreach (var id in Enumerable.Range(1, 20))
        {
            fixture.Put(id, Engineer);
        }
        fixture.Put(101, Lawyer, age: 25).Put(102, Lawyer, age: 28);

        var mail = fixture.Compose(new TestReader(Engineer, Lawyer));

        Assert.Equal([1, 2, 3, 4], mail.Items.Where(id => id < 100).Order());
        Assert.Equal([101, 102], mail.Items.Where(id => id > 100).Order());
        foreach (var id in Enumerable.Range(103, 4))
        {
            fixture.Put(id, Lawyer, age: 29);
        }
        Assert.Equal(3, fixture.Compose(new TestReader(Engineer, Lawyer)).Items.Count(id => id > 100));
    }

    [Fact]
    public void An_item_for_two_roles_counts_for_both_of_them()
    {
        var mail = new ComposerFixture { Max = 3 }.Put(1, [Engineer, Lawyer]).Put(2, Engineer, age: 1).Put(3, Engineer, age: 2).Put(4, Lawyer, age: 20)
            .Compose(new TestReader(Engineer, Lawyer));

        Assert.Equal([1, 2, 4], mail.Items.Order());
    }
}
