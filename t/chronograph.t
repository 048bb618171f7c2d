#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# The clock moves tenders on: from enquiries to tendering, and at its end to
# what the bids make of it, once, and at their moment.

use strict;
use warnings;

use Test::More;
use Time::HiRes qw(sleep);

use lib 't/lib';
use Tender::Clock;
use Tender::Test;


my $LOCATION = 'location /api/0.1/ { tender_api 0.1; tender_anonymous write;
                                     tender_ownership off; }';
my $t = Tender::Test->new(location => $LOCATION, workers => 4);


# the end of tendering: no bid, one, two; all of them end together

my %bids = (none => [], one => [490], two => [480, 470],
            three => [300, 200.5, 300]);
my %tender;

$tender{$_} = gated($t, start => -60, end => 2.5) for sort keys %bids;
$tender{cancelled} = gated($t, start => -60, end => 2.5);
$tender{invalid}   = gated($t, start => -60, end => 2.5);
$tender{rest}      = gated($t, start => -60, end => 2.5);
$tender{withdrawn} = gated($t, start => -60, end => 2.5);

for my $name (sort keys %bids) {
    push @{ $tender{$name}{bids} }, bid($t, $tender{$name}, $_)
        for @{ $bids{$name} };
}

# what was handed in and withdrawn is no bid; what the buyer finds invalid
# takes no part, but its hash is there

{
    my $bid = bid($t, $tender{withdrawn}, 400);
    my $r = $t->delete("$API/$tender{withdrawn}{id}/bidders/$bid->{id}");

    is($r->status, 200, 'a bid is withdrawn') or diag($r->body);
    $tender{withdrawn}{bids} = [];

    for (['invalid', 400], ['rest', 300], ['rest', 400]) {
        my ($name, $amount) = @$_;

        push @{ $tender{$name}{bids} }, bid($t, $tender{$name}, $amount);
    }

    for my $name (qw(invalid rest)) {
        my $key = "{b0}:tender:$tender{$name}{id}:bids";
        my $id = $tender{$name}{bids}[0]{id};
        my $value = $t->redis('HGET', $key, $id);

        ok($value =~ s/"status":"registration"/"status":"invalidBid"/,
           "$name: a bid becomes invalid");
        $t->redis('HSET', $key, $id, $value);
    }
}

is($t->patch("$API/$tender{cancelled}{id}",
             { data => { status => 'cancelled' } })->status, 200,
   'a tender is cancelled');
is(due($t, $tender{cancelled}), undef, 'nothing is due of it');

my %before = map { $_ => shown($t, $tender{$_}) } keys %tender;

for my $name (sort keys %tender) {
    my $list = join ' ', map { "$_->{id}" }
               @{ $t->get("$API?limit=100&status=active.tendering")
                    ->json->{data} };

    is(($before{$name}{status} eq 'active.tendering' ? 1 : 0),
       ($list =~ /$tender{$name}{id}/ ? 1 : 0),
       "$name: it is in the list of its status");
    is($before{$name}{bidHashes}, undef, "$name: no hashes before the end");
    is($before{$name}{bids}, undef, 'no bids');
    is($before{$name}{numberOfBids}, undef, 'no number of them');
    is($before{$name}{modified}, $name eq 'cancelled'
                                 ? $before{$name}{modified}
                                 : $tender{$name}{data}{modified},
       'nor has it changed');
}

cmp_ok(now_us($t), '<', $tender{none}{end}, 'all of that before the end');
is(due($t, $tender{two}), $tender{two}{end}, 'its end is what is due');

my %want = (none => 'unsuccessful', one => 'active.qualification',
            two => 'active.auction', three => 'active.auction',
            invalid => 'unsuccessful', rest => 'active.qualification',
            withdrawn => 'unsuccessful');
my %after;

for my $name (sort keys %want) {
    $after{$name} = turned($t, $tender{$name}, $want{$name},
                           "$name: $want{$name}");
}

for my $name (sort keys %want) {
    my $data = $after{$name};
    my ($tender, $end) = ($tender{$name}, $tender{$name}{end});
    my $bids = $tender->{bids};

    cmp_ok($data->{modified}, 'ge', iso($end),
           "$name: it changed at the end");
    cmp_ok($data->{modified}, 'lt', iso($end + 1_500_000), 'and soon after');
    is_deeply(statuses($t, $tender), [$want{$name}], 'once');
    is_deeply(indexes($t, $tender), ["$want{$name} $data->{modified}"],
              'it is in the index of its status alone');
    is(due($t, $tender), undef, 'nothing else is due');

    my ($entry) = grep { $_->{id} eq $tender->{id} }
                  @{ $t->get("$API?limit=100&status=$want{$name}")
                       ->json->{data} };

    is($entry && $entry->{modified}, $data->{modified},
       'the list has it, with its new date');
    is($data->{tenderID}, $before{$name}{tenderID}, 'and its number');

    my @copies = map { own_copy($t, $tender, $_) } @$bids;

    is_deeply([map { $_->status } @copies], [(200) x @$bids],
              'the bids as they were sealed');
    is_deeply($data->{bidHashes}, hashes_of(map { $_->body } @copies),
              'their hashes are published, in order');
    is_deeply($data->{bidHashes},
              [sort map { $_->{receipt}{hash} } @$bids],
              'as the receipts have them')
        if $name =~ /^(?:none|one|two|three)$/;
}

for my $name (qw(one rest)) {
    my $data = $after{$name};
    my $bid = $tender{$name}{bids}[-1];
    my $awards = $data->{awards};

    is(@{ $awards || [] }, 1, "$name: one award")
        or next;

    my $award = $awards->[0];

    like($award->{awardID}, qr/^[0-9a-f]{32}$/, 'it has an id');
    is($award->{awardStatus}, 'pending', 'it is pending');
    is($award->{awardDate}, $data->{modified}, 'of the moment of the turn');
    is($award->{bid_id}, $bid->{id}, 'to the bid');
    is_deeply($award->{awardValue}, $bid->{data}{totalValue}, 'its value');
    is_deeply($award->{suppliers}, $bid->{data}{bidders}, 'its bidders');

    my $r = $t->get("$API/$tender{$name}{id}/awards/$award->{awardID}");

    is($r->status, 200, 'it can be read');
    is_deeply($r->json->{data}, $award, 'as it is shown');
}

is_deeply([map { $_ ? @$_ : () } map { $after{$_}{awards} }
           qw(none two three invalid withdrawn)], [], 'no award elsewhere');

# opened: bids are shown, but not while the auction runs

is(@{ $after{one}{bids} || [] }, 1, 'one: the bid is shown');
is(@{ $after{rest}{bids} || [] }, 2, 'rest: and the invalid one');
unlike($t->get("$API/$tender{two}{id}")->body, qr/\b(?:480|470)\b/,
       'two: no amount is shown before the auction');

is_deeply(shown($t, $tender{cancelled}), $before{cancelled},
          'what was cancelled stays as it is');
is_deeply(statuses($t, $tender{cancelled}), [], 'the clock let it be');


# enquiries, then tendering: by its start, or else by the end of enquiries

my %begins = (
    start     => gated($t, start => 1, end => 2),
    enquiries => gated($t, enquiries => 1, end => 2),
    both      => gated($t, enquiries => 0.4, start => 1, end => 2),
);

for my $name (sort keys %begins) {
    my $tender = $begins{$name};
    my $at = $tender->{start} || $tender->{enquiries};

    is($tender->{data}{status}, 'active.enquiries', "$name: enquiries first");
    is(due($t, $tender), $at, 'its start is due');
}

for my $name (sort keys %begins) {
    my $tender = $begins{$name};
    my $at = $tender->{start} || $tender->{enquiries};
    my $data = turned($t, $tender, 'active.tendering');

    cmp_ok($data->{modified}, 'ge', iso($at), "$name: at its moment");
    cmp_ok($data->{modified}, 'lt', iso($at + 1_500_000), 'and soon after');
    is(due($t, $tender), $tender->{end}, 'then its end is due');
    is_deeply(indexes($t, $tender), ["active.tendering $data->{modified}"],
              'the index');
    is($data->{bidHashes}, undef, 'no hashes yet');
}

for my $name (sort keys %begins) {
    my $data = turned($t, $begins{$name}, 'unsuccessful');

    is_deeply($data->{bidHashes}, [], "$name: an empty list of hashes");
    is_deeply(statuses($t, $begins{$name}),
              ['active.tendering', 'unsuccessful'], 'two turns');
}


# a deadline that was moved is the one that counts

{
    my $later  = gated($t, start => 5, end => 6);
    my $sooner = gated($t, start => 500, end => 600);
    my $open   = gated($t, start => 500, end => 600);

    for ([$later, 500, 600], [$sooner, 0.7, 1.4]) {
        my ($tender, $start, $end) = @$_;
        my ($periods, $at) = gated_dates($t, start => $start, end => $end);

        # the id's first turn would have come at its old start
        $t->redis('ZADD', '{b0}:due', now_us($t) + 300_000, $tender->{id})
            if $tender == $later;

        my $r = $t->patch("$API/$tender->{id}", { data => $periods });

        is($r->status, 200, 'the periods are changed') or diag($r->body);
        is(due($t, $tender), $at->{start}, 'what is due follows');
        @$tender{qw(start end)} = @$at{qw(start end)};
    }

    # without a time gate it is no matter of the clock
    is($t->patch("$API/$open->{id}",
                 { data => { tenderPeriod => undef } })->status, 200,
       'a tender loses its gate');
    is(due($t, $open), undef, 'nothing is due of it');

    my $data = turned($t, $sooner, 'unsuccessful');

    cmp_ok($data->{modified}, 'ge', iso($sooner->{end}),
           'the sooner end was meant');
    is(shown($t, $later)->{status}, 'active.enquiries', 'and the later one');
    is_deeply(statuses($t, $later), [], 'the clock let it be');
}


# an entry of the list that came too early is put right

{
    my $tender = gated($t, start => -60, end => 600);

    $t->redis('ZADD', '{b0}:due', 1, $tender->{id});
    ok($t->wait_for(sub { due($t, $tender) == $tender->{end} }),
       'an entry that is too early is put right');
    is_deeply(statuses($t, $tender), [], 'without a turn');
    is(shown($t, $tender)->{status}, 'active.tendering', 'it goes on');
}


# what is gone, and what the clock has no say in, leaves the list

{
    my $open = gated($t);
    my $none = 'f' x 32;

    $t->redis('ZADD', '{b0}:due', 1, $_) for $open->{id}, $none;
    ok($t->wait_for(sub { !defined due($t, $open)
                          && !defined due($t, { id => $none }) }),
       'both leave the list');
    is(shown($t, $open)->{status}, 'active.tendering', 'it is what it was');
    is($t->redis('EXISTS', "{b0}:tender:$none"), 0, 'nothing was made');
    is_deeply(indexes($t, $open),
              ["active.tendering $open->{data}{modified}"], 'nor moved');
}

$t->finish;


# one worker that seldom looks: it knows the next deadline, and does all that
# is due at once

{
    my $t = Tender::Test->new(location => $LOCATION,
                              http => 'tender_chronograph 4s;');
    my $c = $t->client;
    my $now = now_us($t);
    my @tenders;

    push @tenders, gated($t, client => $c, start => -60,
                         end => 5 - (now_us($t) - $now) / 1e6)
        for 1 .. 100;
    push @tenders, gated($t, client => $c, start => -60,
                         end => 5 + $_ * 0.3 - (now_us($t) - $now) / 1e6)
        for 1 .. 7;

    cmp_ok(now_us($t), '<', $tenders[0]{end}, 'seldom: in time');
    until_us($t, $tenders[-1]{end} + 1_000_000);

    my @late = map {
        my $key = "{b0}:tender:$_->{id}";
        my (undef, $us, $status) = split / /, $t->redis('HGET', $key, 'head');

        $status eq 'unsuccessful' ? ($us - $_->{end}) / 1000 : 'never';
    } @tenders;

    is_deeply([grep { $_ eq 'never' || $_ < 0 || $_ >= 1000 } @late], [],
              'seldom: each within a second of its end');
    $t->finish;
}

done_testing;
