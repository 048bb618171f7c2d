#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# Tenders from before there was an index, and what a life does to the index
# beside words: it is served as before, moves what it should, and nothing of a
# bid is ever there.

use strict;
use warnings;

use Test::More;
use Time::HiRes qw(sleep time);

use lib 't/lib';
use Tender::Access;
use Tender::Award ();
use Tender::Clock qw(gated);
use Tender::Index;
use Tender::Test;


my $PAST = '2014-11-06T10:00:00Z';

old($_) for 1, 3;
order();
attrs();
secret();

done_testing;


# ----------------------------------------------------------------- requests

sub get {
    my ($t, $query) = @_;

    $query =~ s/=([^&]*)/'=' . $1 =~ s{([^\w.~-])}
                                      {sprintf '%%%02X', ord $1}ger/ge;

    return $t->client(timeout => 30)->get('/api/export?dtype=ndjson&api_code='
        . "$t->{reader}&fields=ID,TenderNumOuter,Status&$query");
}


sub outer { $_[0]->body =~ /"TenderNumOuter":"([^"]*)"/g }


# all that match, sorted by text

sub hits {
    my ($t, $query) = @_;

    my $r = get($t, "all=1&$query");

    return $r->status . ' ' . $r->body if $r->status != 200;
    return join ' ', sort(outer($r));
}


# pages of five

sub listed {
    my ($t, $query) = @_;

    my @found;

    for my $page (1 .. 100) {
        my @rows = outer(get($t, "$query&tenpage=5&page=$page"));

        push @found, @rows;
        return join ' ', @found if @rows < 5;
    }
}


sub followed {
    my ($t, $query) = @_;

    my @found;
    my $cursor = '';

    for (1 .. 100) {
        my $r = get($t, "$query&tenpage=5$cursor");

        push @found, outer($r);

        my $next = $r->header('X-Tender-Cursor')
            or return join ' ', @found;

        $cursor = "&cursor=$next";
    }
}


sub logs {
    my ($t) = @_;

    return join '|', map { $t->redis('GET', $_) }
                     sort @{ $t->redis('KEYS', '*:idx:log') };
}


sub publish {
    my ($t, %data) = @_;

    my $tender = Tender::Award::tender($t, {
        totalValue => { amount => 500, currency => 'UAH' }, %data });

    $tender->{outer} = $t->get($tender->{path})->json->{data}{tenderID};

    return $tender;
}


sub key_of {
    my ($t, $tender) = @_;

    my ($key) = @{ $t->redis('KEYS', "*:tender:$tender->{id}") };

    return $key;
}


sub patch {
    my ($t, $tender, %data) = @_;

    my $r = Tender::Award::ask($t, { %$tender, path => $API }, 'PATCH',
                               $tender->{id}, \%data);

    is($r->status, 200, 'it is changed') or diag($r->body);

    return $r->json->{data};
}


# ----------------------------------------------------- from before the index

sub old {
    my ($buckets) = @_;

    my $off = index_test(http => 'tender_index off;',
                         redis_args => "buckets=$buckets");
    my $t = index_test(
        workers => 2, redis => 0, reader => $off->{reader},
        redis_addr => 'unix:' . $off->redis_socket . " buckets=$buckets",
    );

    my @old = map { publish($off, title => "ancient number$_",
                            tenderPeriod => { endDate => $PAST }) } 1 .. 12;

    # older still: five words, without a blank behind

    for my $tender (@old[0 .. 5]) {
        my $key = key_of($off, $tender);
        my @own = split / /, $off->redis('HGET', $key, 'own'), -1;

        is(@own, 6, "$buckets buckets: six words of its own");
        $own[5] = '';
        $off->redis('HSET', $key, 'own', join ' ', @own) if $tender != $old[5];
        $off->redis('HSET', $key, 'own', join ' ', @own[0 .. 4])
            if $tender == $old[5];
    }

    my @new = map { publish($t, title => "modern number$_") } 1 .. 12;

    is(hits($t, 'kwords=number1 | number2'),
       join(' ', sort map { $_->{outer} } @new[0, 1]),
       'new ones are found, old ones not');

    # an old one's life

    my $was = logs($off);
    my ($one, $two, $three) = @old[6, 7, 8];
    my $bid = Tender::Award::bid($t, $one, 400, bidders => [
                                     { id => { name => 'Somebody' } }]);
    my $r = Tender::Award::ask($t, $one, POST => 'awards',
                               { bid_id => $bid->{id} });

    is($r->status, 201, 'it takes bids and awards');

    my ($award) = Tender::Award::awards($t, $one);

    $r = Tender::Award::ask($t, $one, PATCH => "awards/$award->{awardID}",
                            { awardStatus => 'active' });
    is($r->status, 200, 'and decides');
    is($t->get($one->{path})->json->{data}{status}, 'active.awarded',
       'its status moves');
    is($t->get($two->{path})->json->{data}{title}, 'ancient number8',
       'it is served as before');
    is($t->get("$API?limit=100")->status, 200, 'and listed');
    ok(logs($off) eq $was, 'nothing of it is in the index');

    # what changes its words gets into it

    patch($t, $three, title => 'renewed number9');
    is(hits($t, 'kwords=renewed'), $three->{outer}, 'it is found by new words');
    patch($t, $three, title => 'renewed once more');
    is(hits($t, 'kwords=number9 ancient'), '', 'not by old ones');
    is(hits($t, 'kwords=renewed more'), $three->{outer}, 'by newer ones');

    my @all = (@old, @new);

    patch($t, $two, submissionDetails => 'by post');
    is(hits($t, 'kwords=ancient number8'), $two->{outer},
       'any change of its document gets it into the index');

    my @there = sort map { $_->{outer} } $two, $three, @new;

    is(hits($t, ''), "@there", 'once');
    is(listed($t, 'sort_by=by_date'),
       join(' ', map { $_->{outer} } reverse($two, $three, @new)),
       'they are as old as they were');
    is(followed($t, 'sort_by=by_date&sort_dest=asc'),
       join(' ', map { $_->{outer} } $two, $three, @new),
       'also by cursors, the oldest first');

    # all of them

    is(reindexed($t)->{state}, 'done', 'the index is built anew');
    is(hits($t, ''), join(' ', sort map { $_->{outer} } @all),
       'all are found, each once');
    is(hits($t, 'kwords=number1'),
       join(' ', sort map { $_->{outer} } $old[0], $new[0]), 'by their words');
    is(hits($t, 'status=active.awarded'), $one->{outer}, 'by their status');
    is(listed($t, 'sort_by=by_date'),
       join(' ', map { $_->{outer} } reverse @all), 'in the order of dates');
    is(followed($t, 'sort_by=by_date'),
       join(' ', map { $_->{outer} } reverse @all), 'by cursors');
    is(followed($t, 'sort_by=by_date&sort_dest=asc'),
       join(' ', map { $_->{outer} } @all), 'the other way round');

    my @more = map { publish($t, title => "later$_") } 1 .. 6;

    is(listed($t, 'sort_by=by_date&sort_dest=asc'),
       join(' ', map { $_->{outer} } @all, @more), 'with newer ones');

    $t->finish;
    $off->finish;
}


# ----------------------------------------- numbers that do not follow dates

sub order {
    my $off = index_test(http => 'tender_index off;');
    my $t = index_test(
        workers => 2, redis => 0, reader => $off->{reader},
        redis_addr => 'unix:' . $off->redis_socket . ' buckets=1',
    );

    my $dates = sub {
        my ($name, @all) = @_;

        is(listed($t, 'sort_by=by_date'),
           join(' ', map { $_->{outer} } reverse @all), "$name: the newest");
        is(followed($t, 'sort_by=by_date&sort_dest=asc'),
           join(' ', map { $_->{outer} } @all), "$name: the oldest");
    };

    # before there is a new one their numbers follow their dates

    my @all = map { publish($off, title => "first number$_") } 1 .. 12;

    is(reindexed($t)->{state}, 'done', 'the index is built');
    is($off->redis('HEXISTS', '{b0}:numbers', '#mixed'), 0, 'in order');
    $dates->('in order', @all);

    push @all, map { publish($t, title => "second number$_") } 1 .. 7;

    is(reindexed($t)->{state}, 'done', 'once more');
    is($off->redis('HEXISTS', '{b0}:numbers', '#mixed'), 0, 'still in order');
    $dates->('and new ones', @all);

    my $cursor = get($t, 'sort_by=by_date&tenpage=5')
                 ->header('X-Tender-Cursor');

    # a node that does not write the index, and then one that does

    push @all, map { publish($off, title => "third number$_") } 1 .. 6;
    push @all, map { publish($t, title => "fourth number$_") } 1 .. 6;

    is(reindexed($t)->{state}, 'done', 'and again');
    is($off->redis('HEXISTS', '{b0}:numbers', '#mixed'), 1, 'not in order');
    $dates->('not in order', @all);

    my @rest = outer(get($t, "sort_by=by_date&tenpage=100&cursor=$cursor"));

    is("@rest", join(' ', map { $_->{outer} } reverse @all[0 .. 13]),
       'a cursor from before goes on where it was');

    is(reindexed($t, 'reset=1')->{state}, 'done', 'all of it anew');
    $dates->('anew', @all);

    $t->finish;
    $off->finish;
}


# --------------------------------------------------- what changes beside words

sub attrs {
    my $t = index_test(workers => 2, http => 'tender_chronograph 200ms;');

    my @all = map { publish($t, title => "thing number$_",
                            tenderPeriod => { endDate => $PAST }) } 1 .. 5;
    my $shown = sub { $t->get($_[0]{path})->json->{data} };

    # a bid that all may see

    my $last = $shown->($all[4])->{modified};

    sleep 0.005;

    my $bid = Tender::Award::bid($t, $all[1], 400);
    my $now = $shown->($all[1])->{modified};

    cmp_ok($now, 'gt', $last, 'a bid moves an open tender');
    is(hits($t, "modified_from=$now"), $all[1]{outer}, 'it is found by that');
    is((outer(get($t, 'sort_by=by_modified')))[0], $all[1]{outer},
       'and comes first');

    # an award, and what it decides

    my $r = Tender::Award::ask($t, $all[1], POST => 'awards',
                               { bid_id => $bid->{id} });

    is($r->status, 201, 'an award');

    my ($award) = Tender::Award::awards($t, $all[1]);

    $now = $shown->($all[1])->{modified};
    is(hits($t, "modified_from=$now"), $all[1]{outer}, 'it is found by that');

    $r = Tender::Award::ask($t, $all[1], PATCH => "awards/$award->{awardID}",
                            { awardStatus => 'active' });

    is($r->status, 200, 'it is decided');
    is($shown->($all[1])->{status}, 'active.awarded', 'the tender is awarded');
    is(hits($t, 'status=active.awarded'), $all[1]{outer}, 'so it is found');
    is(hits($t, 'kwords=thing&status=active.tendering'),
       join(' ', sort map { $_->{outer} } @all[0, 2 .. 4]),
       'and no longer as before');

    # by the clock

    my $gated = gated($t, start => -1, end => 2,
                      data => { title => 'thing by the clock' });
    my $outer = $gated->{data}{tenderID};

    is(hits($t, 'kwords=clock&status=active.tendering'), $outer,
       'one that takes bids');
    ok($t->wait_for(sub { hits($t, 'kwords=clock&status=unsuccessful')
                          eq $outer }, 30), 'the clock has moved it on');
    is(hits($t, 'kwords=clock&actual=1'), '', 'it takes none any more');
    is((outer(get($t, 'sort_by=by_modified')))[0], $outer, 'it moved last');

    # each word is where it was

    is(hits($t, 'kwords=thing'),
       join(' ', sort $outer, map { $_->{outer} } @all), 'with the same words');

    $t->finish;
}


# ------------------------------------------------------------------ sealed

sub secret {
    my $t = index_test(workers => 1, http => 'tender_chronograph off;');

    my $gated = gated($t, start => -1, end => 600,
                      data => { title => 'sealed thing' });
    my $open = publish($t, title => 'open thing',
                       tenderPeriod => { endDate => $PAST });
    my $was = logs($t);
    my @found = outer(get($t, 'sort_by=by_modified'));

    for my $n (1 .. 3) {
        my $bid = Tender::Award::bid($t, { %$gated,
            path => "$API/$gated->{id}" }, {
            totalValue => { amount => 98761.5, currency => 'UAH' },
            bidders => [{ id => { name => 'Quokka', uid => '55443322' },
                          address => { locality => 'Wombatville' } }],
        });

        my $r = Tender::Award::ask($t, { path => "$API/$gated->{id}",
                                         token => $bid->{token} }, PATCH =>
            "bidders/$bid->{id}",
            { totalValue => { amount => 98761.25 + $n, currency => 'UAH' } });

        is($r->status, 200, "a sealed bid is changed, $n");
    }

    is(logs($t), $was, 'a sealed bid leaves nothing in the index');
    is_deeply([outer(get($t, 'sort_by=by_modified'))], \@found,
              'and moves nothing');

    Tender::Award::bid($t, $open, {
        totalValue => { amount => 98761.75, currency => 'UAH' },
        bidders => [{ id => { name => 'Quokka', uid => '55443322' },
                      address => { locality => 'Wombatville' } }],
    });

    isnt(logs($t), $was, 'one that all may see moves its tender');
    $was = substr logs($t), length $was;
    like($was, qr/^\d+ \w{32} = \d+ \S+ \S+ = = =\n$/, 'by attributes alone');

    # also in segments and columns

    fill($t, 700, sub { { title => "other thing number$_[0]" } });
    $t->wait_for(sub { manifest($t) && !$t->redis('EXISTS', '{b0}:idx:lock') },
                 30) or fail('a log was sealed');

    my @keys = grep { !/:idx:status:/ } @{ $t->redis('KEYS', '*:idx:*') };
    my $text = join '|', map { $t->redis('GET', $_) } @keys;

    cmp_ok(scalar(@keys), '>=', 10, 'all there is of the index');
    ok($text =~ /sealed/, 'has words of tenders');
    ok($text !~ /quokka|wombat|55443322/i, 'and none of a bid');
    ok(index($text, pack 'q<', $_ * 10_000) < 0, "nor its amount, $_")
        for 98761.5, 98762.25, 98763.25, 98764.25, 98761.75;

    is(hits($t, "kwords=$_"), '', "$_ is not found")
        for qw(quokka Wombatville 98761 55443322);

    $t->finish;
}
