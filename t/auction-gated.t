#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# Auction and awards of tenders that the clock moves on: who sees what at
# which stage, and what is refused.

use strict;
use warnings;

use Test::More;

use lib 't/lib';
use Tender::Api;
use Tender::Award;
use Tender::Test;


my $t = Tender::Test->new(http => 'tender_chronograph 100ms;',
                          location => <<'END');
        location /api/0.1/ {
            tender_api 0.1;
            tender_anonymous write;
            tender_ownership on;
        }

        location /auction/0.1/ {
            tender_api 0.1;
            tender_anonymous auction;
            tender_ownership on;
        }

        location /admin/0.1/ {
            tender_api 0.1;
            tender_anonymous admin;
            tender_ownership on;
        }

        location /sandbox/0.1/ {
            tender_api 0.1;
            tender_anonymous write;
            tender_ownership off;
        }
END

my $c = $t->client;
my $NOBODY = 'f' x 32;

my $GET    = "Can't get auction info in current (%s) tender status";
my $REPORT = "Can't report auction results in current (%s) tender status";
my $MAKE   = "Can't create award in current (%s) tender status";
my $TURN   = "Can't update award in current (%s) tender status";
my @NOT_OURS = (403, [url => 'permission', 'Forbidden']);


sub stage { (403, [body => 'data', sprintf $_[0], $_[1]]) }
sub fault { (422, [body => $_[0], [$_[1]]]) }


sub auction {
    my ($tender, $kind) = @_;

    return $c->get("/$kind/0.1/tenders/$tender->{id}/auction");
}


sub report {
    my ($tender, $kind, $data) = @_;

    return $c->patch("/$kind/0.1/tenders/$tender->{id}/auction",
                     { data => $data || { bids => [] } });
}


sub make { ask($c, $_[0], POST => 'awards', $_[1]) }
sub turn { ask($c, $_[0], PATCH => "awards/$_[1]", $_[2]) }


sub pending {
    my ($tender) = @_;

    return grep { $_->{awardStatus} eq 'pending' } awards($c, $tender);
}


# all end at the same time

my %GATED = (%HISTORY, tenderPeriod => { endDate => ends_in(2.5) });

my ($one, $two, $few, $none) = map { tender($c, { %GATED }) } 1 .. 4;
my $early = tender($c, { %GATED, tenderPeriod => {
    startDate => ends_in(3600), endDate => ends_in(7200),
} });

my @one = map { bid($c, $one, "4$_.77", bidders => [
              { id => { name => "canary $_" } }]) } 30, 10, 20;
my @two = map { bid($c, $two, $_) } 450, 440;
my ($bid) = bid($c, $few, 400);


# before the end

for my $case ([$early, 'active.enquiries'], [$one, 'active.tendering'],
              [$none, 'active.tendering'])
{
    my ($tender, $status) = @$case;

    for my $kind (qw(api auction admin sandbox)) {
        refused(auction($tender, $kind), stage($GET, $status),
                "$kind, $status: no auction to be seen");
    }

    for my $kind (qw(auction admin sandbox)) {
        refused(report($tender, $kind), stage($REPORT, $status),
                "$kind, $status: none to be reported");
    }

    refused(report($tender, 'api'), @NOT_OURS,
            "$status: the owner does not report");
    refused(make($tender, {}), stage($MAKE, $status),
            "$status: no award is made");
    refused(make($tender, { bid_id => $one[0]{id} }),
            stage($MAKE, $status), "$status: not about a bid either");
    is_deeply([awards($c, $tender)], [], "$status: there are none");
    refused(turn($tender, $NOBODY, {}), 404, [url => 'id', 'Not Found'],
            "$status: none to be changed");
}

# how long such a refusal takes does not tell how many bids there are: they
# are not read

$t->redis('CONFIG', 'SET', 'slowlog-log-slower-than', 0);
$t->redis('SLOWLOG', 'RESET');
auction($one, 'api');

my @read = grep { $_->[0] =~ /^EVALSHA/ && grep { /$one->{id}/ } @$_ }
           map { $_->[3] } @{ $t->redis('SLOWLOG', 'GET', 100) };

is_deeply([map { $_->[-1] } @read], [0], 'sealed bids are not asked for');
$t->redis('CONFIG', 'SET', 'slowlog-log-slower-than', -1);


# the auction

ok(until_status($c, $_, 'active.auction'), 'the auction begins')
    for $one, $two;

my $r = auction($one, 'api');

refused($r, @NOT_OURS, 'bids are not shown');
unlike($r->head . $r->body, qr/canary|\.77|$one[0]{id}/, 'nothing of them');

refused($c->request('GET', "$one->{path}/auction",
                    { 'X-Access-Token' => $_ }), @NOT_OURS,
        'not to who has a token')
    for $one->{token}, $one[0]{token};

for my $kind (qw(auction admin sandbox)) {
    my $r = auction($one, $kind);

    is($r->status, 200, "$kind: bids are shown");
    is($r->header('Cache-Control'), 'no-store', "$kind: to be kept by none");
    is_deeply($r->json->{data}{bids},
              [map { { id => $one[$_]{id}, date => $one[$_]{date},
                       currency => 'UAH', amount => (430.77, 410.77,
                                                     420.77)[$_] } } 0 .. 2],
              "$kind: amounts, but not whose they are");
    is_deeply([@{ $r->json->{data} }{qw(status period minimalStep)}],
              ['active.auction', { startDate =>
                                   $GATED{tenderPeriod}{endDate} },
               { amount => 35, currency => 'UAH' }],
              "$kind: status, period and step");
}

refused(make($one, { bid_id => $one[0]{id} }),
        stage($MAKE, 'active.auction'), 'no award during the auction');
refused(report($one, 'api', { bids => [map { { amount => $_ } } 1 .. 3] }),
        @NOT_OURS, 'the owner does not report');
refused($c->request('PATCH', "$one->{path}/auction",
                    { 'X-Access-Token' => $one->{token} },
                    { data => { bids => [map { { amount => $_ } }
                                         1 .. 3] } }), @NOT_OURS,
        'not with his token either');
refused(report($one, 'auction', { bids => [{ amount => 1 }] }), 422,
        [body => 'bids', 'Number of auction results did not match the '
                         . 'number of tender bids'], 'results of one bid');

$r = report($one, 'auction', { bids => [
    map { { id => $one[$_]{id}, amount => (300, 310, 290)[$_] } } 2, 0, 1,
] });

is($r->status, 200, 'the auction reports');
is_deeply([map { [@$_{qw(id amount)}] } @{ $r->json->{data}{bids} }],
          [[$one[0]{id}, 300], [$one[1]{id}, 310], [$one[2]{id}, 290]],
          'the new amounts');
is($r->json->{data}{status}, 'active.qualification', 'the new status');

my ($award) = awards($c, $one);

is_deeply([@$award{qw(awardStatus bid_id suppliers)},
           $award->{awardValue}{amount}],
          ['pending', $one[2]{id}, [{ id => { name => 'canary 20' } }], 290],
          'the lowest bid has a pending award');
like($r->header('Location'), qr{/awards/$award->{awardID}$},
     'which is the Location');
is(scalar @{ $c->get($one->{path})->json->{data}{bids} }, 3,
   'now all see the bids');

# what was handed in can be checked for ever

for my $i (0 .. 2) {
    my $path = "$one->{path}/bidders/$one[$i]{id}";

    is($c->get("$path?opt_sealed=1")->json->{totalValue}{amount},
       (430.77, 410.77, 420.77)[$i], 'a bid as it was handed in');
    is($c->get($path)->json->{data}{totalValue}{amount},
       (300, 310, 290)[$i], 'and as it is');
}


# qualification

for my $kind (qw(api auction admin sandbox)) {
    refused(auction($one, $kind), stage($GET, 'active.qualification'),
            "$kind: the auction is over");
}

refused(report($one, 'auction', { bids => [map { { amount => $_ } }
                                           1 .. 3] }),
        stage($REPORT, 'active.qualification'), 'it is reported once');

for my $status (qw(pending active unsuccessful)) {
    refused(make($one, { bid_id => $one[0]{id}, awardStatus => $status }),
            stage("Can't create award: award %s is pending, decide it first",
                  $award->{awardID}), "no $status award beside it");
}

refused(turn($one, $award->{awardID}, { bid_id => $_ }),
        fault(bid_id => 'An award keeps its bid'),
        'nobody else is put in its place')
    for $one[0]{id}, undef, $NOBODY;

is(turn($one, $award->{awardID}, { title => 'fine' })->json->{data}{title},
   'fine', 'it can be described');

# one after the other, by their amounts

for my $want (0, 1) {
    $r = turn($one, $award->{awardID}, { awardStatus => 'unsuccessful' });

    is($r->json->{data}{awardStatus}, 'unsuccessful', 'it is turned down');

    my @next = pending($one);

    is_deeply([map { $_->{bid_id} } @next], [$one[$want]{id}],
              'the next one is pending');
    like($r->header('Location'), qr{/awards/$next[0]{awardID}$},
         'the Location');
    is(status_of($c, $one), 'active.qualification', 'the tender goes on');
    refused(turn($one, $award->{awardID}, { title => 'x' }),
            stage("Can't update award in current (%s) status",
                  'unsuccessful'), 'what is decided stays');
    $award = $next[0];
}

$r = turn($one, $award->{awardID}, { awardStatus => 'unsuccessful' });
is($r->header('Location'), undef, 'there is none left');
is(status_of($c, $one), 'unsuccessful', 'the tender has failed');
refused(turn($one, $award->{awardID}, { title => 'x' }),
        stage($TURN, 'unsuccessful'), 'nothing is decided any more');
refused(make($one, { bid_id => $one[0]{id} }),
        stage($MAKE, 'unsuccessful'), 'nor made');


# the same price: the earlier bid; then the end

is(report($two, 'admin', { bids => [map { { amount => 400 } } 1, 2] })
     ->status, 200, 'an administrator reports');
($award) = awards($c, $two);
is($award->{bid_id}, $two[0]{id}, 'of equal bids the earlier one');

$r = turn($two, $award->{awardID}, { awardStatus => 'active' });
is($r->status, 200, 'it wins');
is(status_of($c, $two), 'active.awarded', 'the tender is awarded');
refused(turn($two, $award->{awardID}, { awardStatus => 'unsuccessful' }),
        stage($TURN, 'active.awarded'), 'it cannot be taken back');
refused(make($two, { bid_id => $two[1]{id}, awardStatus => 'active' }),
        stage($MAKE, 'active.awarded'), 'there is one winner');


# a single bid comes without an auction; none, without anything

ok(until_status($c, $none, 'unsuccessful'), 'no bid');
refused(auction($none, 'auction'), stage($GET, 'unsuccessful'),
        'no auction of no bids');

ok(until_status($c, $few, 'active.qualification'), 'one bid');
refused(auction($few, 'auction'), stage($GET, 'active.qualification'),
        'no auction of one bid');

($award) = awards($c, $few);
is_deeply([@$award{qw(awardStatus bid_id)}], ['pending', $bid->{id}],
          'its award is pending');


# if there is no pending one, an award is made by hand

{
    my $key = "{b0}:tender:$few->{id}:awards";
    my $old = $t->redis('HGET', $key, $award->{awardID});

    my $cancel = sub {
        $t->redis('DEL', $key);
        $t->redis('HSET', $key, $award->{awardID},
                  $old =~ s/pending/cancelled/gr);
    };

    $cancel->();

    refused(make($few, {}), fault(bid_id => 'This field is required.'),
            'an award about no bid');
    refused(make($few, { bid_id => $NOBODY }),
            fault(bid_id => 'bid_id should be one of bids'),
            'about a bid that is not there');
    refused(make($few, { bid_id => $one[0]{id} }),
            fault(bid_id => 'bid_id should be one of bids'),
            'about one of another tender');

    my $r  = make($few, { bid_id => $bid->{id} });
    my $id = $r->json->{data}{awardID};

    is($r->status, 201, 'about the bid');
    like($r->header('Location'), qr{/awards/$id$}, 'the Location');
    is($r->json->{data}{awardValue}{amount}, 400, 'at its price');
    is(status_of($c, $few), 'active.qualification', 'the tender goes on');

    $cancel->();

    # one more bid behind the only one

    my $bids = "{b0}:tender:$few->{id}:bids";
    my $text = $t->redis('HGET', $bids, $bid->{id});

    $t->redis('HSET', $bids, $NOBODY,
              $text =~ s/$bid->{id}/$NOBODY/r =~ s/:400/:500/r);

    $r = make($few, { bid_id => $bid->{id},
                      awardStatus => 'unsuccessful' });
    is($r->status, 201, 'a bid is turned down by hand');
    $id = $r->json->{data}{awardID};
    like($r->header('Location'), qr{/awards/$id$}, 'the Location is its own');
    is_deeply([map { $_->{bid_id} } pending($few)], [$NOBODY],
              'the next one is pending');

    $cancel->();

    is(make($few, { bid_id => $bid->{id}, awardStatus => 'active' })
         ->status, 201, 'a winner by hand');
    is(status_of($c, $few), 'active.awarded', 'the tender is awarded');
}


$t->finish;
done_testing;
