#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# The auction of a tender without time gate: its view, and its results.

use strict;
use warnings;

use Test::More;

use lib 't/lib';
use Tender::Api;
use Tender::Award;
use Tender::Test;


my $t = Tender::Test->new(location => <<'END');
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

        location /step/0.1/ {
            tender_api 0.1;
            tender_anonymous read;
            tender_minimal_step 12.5;
        }
END

my $c = $t->client;
my $NOBODY = 'f' x 32;


sub view {
    my ($tender) = @_;

    return $c->get("$tender->{path}/auction")->json->{data};
}


sub report {
    my ($tender, $bids, %more) = @_;

    return $c->patch("/auction/0.1/tenders/$tender->{id}/auction",
                     { data => { bids => $bids, %more } });
}


sub fault { (422, [body => 'bids', $_[0]]) }

sub uah { map { { amount => $_, currency => 'UAH' } } @_ }


# what is stored of the bids, by their ids

sub bids {
    my ($tender) = @_;

    my $list = $t->redis('HGETALL', "{b0}:tender:$tender->{id}:bids");

    return { @$list };
}


# the view

{
    my $one = tender($c, { %HISTORY });

    is_deeply(view($one), {
        modified => $c->get($one->{path})->json->{data}{modified},
        status => 'active.tendering', bids => [],
        minimalStep => { amount => 35, currency => 'UAH' },
        period => { startDate => '2014-11-06T10:00:00' },
    }, 'without bids');

    my @bid = map { bid($c, $one, $_) } 500, '485.50', 490;

    bid($c, $one, undef);
    bid($c, $one, { totalValue => { amount => 480 } });

    my $out = bid($c, $one, 1);

    ask($c, $one, PATCH => "bidders/$out->{id}", { status => 'invalidBid' });

    my $view = view($one);

    is_deeply([map { [@$_{qw(amount currency id date)}] }
               @{ $view->{bids} }[0 .. 2]],
              [map { [$_->[0], 'UAH', @{ $_->[1] }{qw(id date)}] }
               [500, $bid[0]], [485.5, $bid[1]], [490, $bid[2]]],
              'bids in the order of their dates');
    is_deeply([map { join ' ', sort keys %$_ } @{ $view->{bids} }],
              [('amount currency date id') x 4],
              'nothing else is told of them; two take no part');
    is($view->{bids}[3]{amount}, 480, 'a bid in the currency of the tender');
    is($view->{modified}, $c->get($one->{path})->json->{data}{modified},
       'the date of the tender');
    like($c->get("$one->{path}/auction")->body, qr/"amount":485\.50,/,
         'amounts as they were sent');
    like($c->get("$one->{path}/auction?opt_pretty=1")->body,
         qr/^\{\n    "data": \{\n        "modified"/, 'in the pretty form');
    is($c->head("$one->{path}/auction")->status, 200, 'HEAD');
    is($c->get("$one->{path}/auction")->header('Cache-Control'), undef,
       'and all may keep it');
    is_deeply($c->get("/step/0.1/tenders/$one->{id}/auction")
                ->json->{data}{minimalStep},
              { amount => 12.5, currency => 'UAH' },
              'tender_minimal_step of a location');
}

for my $case (
    [ {}, undef, {}, 'nothing known' ],
    [ { totalValue => { amount => 1000, currency => 'EUR' } },
      { amount => 70, currency => 'EUR' }, {}, 'a total value' ],
    [ { totalValue => { amount => 99.99, currency => 'UAH' } },
      { amount => 7, currency => 'UAH' }, {}, 'rounded' ],
    [ { totalValue => { amount => 500, currency => 'UAH' },
        minimalStep => { amount => 3, currency => 'UAH' } },
      { amount => 3, currency => 'UAH' }, {}, 'a step of its own' ],
    [ { tenderPeriod => { endDate => '2014-11-06' } }, undef,
      { startDate => '2014-11-06' }, 'the end of tendering' ],
    [ { tenderPeriod => { endDate => '2014-11-06' },
        auctionPeriod => { startDate => '2014-11-06T12:00:00',
                           endDate => '2014-11-07' } }, undef,
      { startDate => '2014-11-06T12:00:00', endDate => '2014-11-07' },
      'a period of its own' ],
) {
    my ($data, $step, $period, $name) = @$case;
    my $view = view(tender($c, $data));

    is_deeply([@$view{qw(minimalStep period)}], [$step, $period], $name);
}

refused($c->get("$API/$NOBODY/auction"), 404,
        [url => 'tender_id', 'Not Found'], 'the auction of no tender');
refused($c->get("$API/x/auction"), 404,
        [url => 'tender_id', 'Not Found'], 'the auction of no id');
refused($c->patch("/auction/0.1/tenders/$NOBODY/auction",
                  { data => { bids => [] } }), 404,
        [url => 'tender_id', 'Not Found'], 'a report about no tender');
refused($c->patch("/auction/0.1/tenders/x/auction",
                  { data => { bids => [] } }), 404,
        [url => 'tender_id', 'Not Found'], 'a report about no id');
is($c->post("$API/$NOBODY/auction", {})->header('Allow'),
   'GET, HEAD, PATCH', 'what is allowed');


# who reports

{
    my $one  = tender($c, { %HISTORY });
    my $data = { bids => [uah(300)] };

    my @bid = bid($c, $one, 400);

    for my $token ('', $one->{token}, $bid[0]{token}) {
        refused(ask($c, $one, PATCH => 'auction', $data, token => $token),
                403, [url => 'permission', 'Forbidden'],
                'not who publishes, bids, or neither');
    }

    refused(ask($c, { %$one, path => "/step/0.1/tenders/$one->{id}" },
                PATCH => 'auction', $data), 401,
            [url => 'permission', 'Credentials are needed here'],
            'and not who only reads');
    is(report($one, $data->{bids})->status, 200, 'but the auction');
}


# what is no report

{
    my $one = tender($c, { %HISTORY });
    my @bid = map { bid($c, $one, $_) } 500, 490;
    my ($a, $b) = map { $_->{id} } @bid;
    my $before = bids($one);

    my $number = 'Number of auction results did not match the number of '
                 . 'tender bids';
    my $ids    = 'Results of auction bids should contains id of bid';
    my $same   = 'Auction bids should be identical to the tender bids';
    my $money  = 'Auction results should have the currency of the tender '
                 . 'bids';
    my $amount = 'Results of auction bids should contain an amount';
    my $two    = 'Results of auction bids should contain one amount, not two';
    my $places = 'Auction results should not have more decimal places than '
                 . 'their currency';

    for my $case (
        [ $number, [] ],
        [ $number, [uah(1)] ],
        [ $number, [uah(1, 2, 3)] ],
        [ $number, [{ id => $a, amount => 1 }] ],
        [ $ids,    [{ id => $a, amount => 1 }, { amount => 2 }] ],
        [ $same,   [map { { id => $a, amount => $_ } } 1, 2] ],
        [ $same,   [{ id => $a, amount => 1 },
                    { id => $NOBODY, amount => 2 }] ],
        [ $amount, [{ amount => 1 }, {}] ],
        [ $amount, [{ id => $a }, { id => $b, amount => 1 }] ],
        [ $money,  [{ amount => 1, currency => 'EUR' }, { amount => 2 }] ],
        [ $two,    [{ amount => 1, totalValue => { amount => 2 } },
                    { amount => 2 }] ],
        [ $places, [{ amount => 1.234 }, { amount => 2 }] ],
    ) {
        my ($why, $bids) = @$case;

        refused(report($one, $bids), fault($why), $why);
    }

    refused(report($one, undef), fault(['This field is required.']),
            'no bids');
    refused($c->patch("/auction/0.1/tenders/$one->{id}/auction",
                      { data => {} }), fault(['This field is required.']),
            'none at all');
    refused(report($one, [uah(1, 2)], rogue => 1), 422,
            [body => 'rogue', 'Rogue field'], 'an unknown member');
    refused(report($one, [{ amount => 1, rogue => 1 }, { amount => 2 }]),
            fault({ rogue => 'Rogue field' }), 'one of a bid');
    refused(report($one, [{ id => 'x', amount => 1 }, { amount => 2 }]),
            fault([{ id => ['Hash value is wrong length.'] }]),
            'an id that is none');
    refused(report($one, [{ amount => -1 }, { amount => 2 }]),
            fault([{ amount => ['Float value should be greater than 0.'] }]),
            'less than nothing');

    is_deeply(bids($one), $before, 'no bid has changed');
    is(status_of($c, $one), 'active.tendering', 'nor the tender');
    is_deeply([awards($c, $one)], [], 'no award was made');
}


# results are taken by position, by id, and in either form

for my $case (
    [ 'by position', sub { uah(400, 385, 390) } ],
    [ 'by position, without a currency',
      sub { map { { amount => $_ } } 400, 385, 390 } ],
    [ 'by id', sub { map { { id => $_[$_->[0]], amount => $_->[1] } }
                     [2, 390], [0, 400], [1, 385] } ],
    [ 'by position, as totalValue',
      sub { map { { totalValue => $_ } } uah(400, 385, 390) } ],
    [ 'by id, as totalValue',
      sub { map { { id => $_[$_->[0]], totalValue => uah($_->[1]) } }
            [1, 385], [2, 390], [0, 400] } ],
    [ 'both forms', sub { map { { amount => $_, totalValue =>
                                  { amount => $_ } } } 400, 385, 390 } ],
    [ 'what the view has beside',
      sub { map { { amount => $_, currency => 'UAH',
                    date => '2014-01-01' } } 400, 385, 390 } ],
) {
    my ($name, $make) = @$case;

    my $one = tender($c, { %HISTORY });
    my @bid = map { bid($c, $one, $_, bidders => [
                  { id => { name => "for $_" } }]) } 500, 490, 495;
    my $out = bid($c, $one, undef, bidders => [{ id => { name => 'x' } }]);
    my $old = bids($one);
    my $was = view($one);

    my $r = report($one, [$make->(map { $_->{id} } @bid)],
                   modified => '2014-10-27T08:06:58.158Z',
                   status => 'complete');

    is($r->status, 200, "results $name");

    my $data = $r->json->{data};

    is_deeply([map { $_->{amount} } @{ $data->{bids} }], [400, 385, 390],
              "$name: each has its amount");
    is_deeply([map { [@$_{qw(id date currency)}] } @{ $data->{bids} }],
              [map { [@$_{qw(id date currency)}] } @{ $was->{bids} }],
              "$name: and what it had");
    is_deeply([@$data{qw(minimalStep period)}],
              [@$was{qw(minimalStep period)}], "$name: the same auction");
    cmp_ok($data->{modified}, 'gt', $was->{modified}, "$name: modified");
    is($data->{status}, 'active.qualification', "$name: it is over");
    is_deeply(view($one), $data, "$name: as it is read later");

    my ($award, @more) = awards($c, $one);

    is_deeply([@$award{qw(awardStatus bid_id)}, scalar @more],
              ['pending', $bid[1]{id}, 0], "$name: the lowest is awarded");
    is_deeply([$award->{awardValue}{amount}, $award->{suppliers}],
              [385, [{ id => { name => 'for 490' } }]],
              "$name: at its new price");
    like($r->header('Location'),
         qr{^http://[^/]+/auction/0\.1/tenders/$one->{id}/awards/
            $award->{awardID}$}x, "$name: which is the Location");

    # of what is stored the amount is new, and when

    my $new = bids($one);

    for my $id (keys %$old) {
        s/^(\d+) \d+/$1/, s/"amount":\d+/"amount"/
            for $old->{$id}, $new->{$id};
    }

    is_deeply($new, $old, "$name: nothing of a bid is lost");
    is_deeply(event_of($t), { op => 'auction', id => $one->{id}, rev => 1,
                              part => '-' }, "$name: an event");
    refused(report($one, [uah(1, 2, 3)]), 403,
            [body => 'data', "Can't report auction results in current "
                             . '(active.qualification) tender status'],
            "$name: there is one report");
}


# bids that nobody has lowered are not written; 490 and 490.00 differ

{
    my $one = tender($c, { %HISTORY });
    my @bid = map { bid($c, $one, $_) } 500, 490, 495;
    my $old = bids($one);

    my $r = $c->patch("/auction/0.1/tenders/$one->{id}/auction",
                      '{"data":{"bids":[{"amount":500},{"amount":490.00},'
                      . '{"amount":480}]}}');
    my $new = bids($one);

    is($r->status, 200, 'one is lowered');
    is($new->{ $bid[0]{id} }, $old->{ $bid[0]{id} }, 'the same is kept');
    like($new->{ $bid[1]{id} }, qr/"amount":490\.00,/, 'a longer form');
    like($new->{ $bid[2]{id} }, qr/"amount":480,/, 'the lower one');
    is((awards($c, $one))[0]{bid_id}, $bid[2]{id}, 'which is awarded');
}


# ties; the owner of a bid stays its owner

{
    my $one = tender($c, { %HISTORY });
    my @bid = map { bid($c, $one, $_) } 500, 490, 495;

    is(report($one, [{ id => $bid[2]{id}, amount => '300.00' },
                     { id => $bid[1]{id}, amount => 300 },
                     { id => $bid[0]{id}, amount => 301 }])->status, 200,
       'two at the same price');
    is((awards($c, $one))[0]{bid_id}, $bid[1]{id}, 'the earlier one wins');

    my %token = map { (split /[ \n]/, bids($one)->{ $_->{id} })[5] => 1 } @bid;

    is(scalar(grep { length == 64 } keys %token), 3, 'tokens are kept');
}


# features: 1.1 hryvnias buy more than one if k is 9/7

{
    my %feature = map { my $code = $_; ($code => {
        code => $code, title => $code, enum => [
            map { { value => $_, title => "$_" } } 0.15, 0.1, 0 ],
    }) } qw(years quality);

    my @features = @feature{qw(years quality)};
    my $one = tender($c, { %HISTORY, features => \@features });
    my $sum = sub { [map { { code => $_->[0], value => $_->[1] } }
                     [years => $_[0]], [quality => $_[1]]] };

    my @bid = (bid($c, $one, 490, parameters => $sum->(0, 0)),
               bid($c, $one, 495, parameters => $sum->(0.1, 0.1)),
               bid($c, $one, 500, parameters => $sum->(0, 0.15)));

    is_deeply([map { $_->{parameters} } @{ view($one)->{bids} }],
              [$sum->(0, 0), $sum->(0.1, 0.1), $sum->(0, 0.15)],
              'the view shows what bids offer');
    is_deeply(view($one)->{features},
              $c->get($one->{path})->json->{data}{features},
              'and the features');

    # 350 for k = 9/7 is worth 272.2; 273 for k = 1 is more; 331 for
    # k = 1 + 0.15 / 0.7 is worth 272.6

    my $r = report($one, [uah(273, 350, 331)]);

    is($r->status, 200, 'a report with features');
    is((awards($c, $one))[0]{bid_id}, $bid[1]{id},
       'the highest amount wins by its features');

    my ($award) = awards($c, $one);

    for my $want ($bid[2], $bid[0]) {
        $r = ask($c, $one, PATCH => "awards/$award->{awardID}",
                 { awardStatus => 'unsuccessful' });
        ($award) = grep { $_->{awardStatus} eq 'pending' } awards($c, $one);

        is($award->{bid_id}, $want->{id}, 'and so on, by the features');
    }

    # exactly: 9 for k = 9/7 is worth as much as 7 for k = 1

    for my $case ([7, 9, 0], ['7.01', 9, 1], [7, '9.01', 0]) {
        my ($x, $y, $winner) = @$case;
        my $two = tender($c, { %HISTORY, features => \@features });
        my @of  = (bid($c, $two, 490, parameters => $sum->(0, 0)),
                   bid($c, $two, 495, parameters => $sum->(0.1, 0.1)));

        is(report($two, [uah($x, $y)])->status, 200, "$x against $y");
        is((awards($c, $two))[0]{bid_id}, $of[$winner]{id},
           "$x against $y: the winner");
    }
}


# awards that were there before

{
    my $one = tender($c, { %HISTORY });
    my @bid = map { bid($c, $one, $_) } 500, 490, 495;
    my @id  = map { ask($c, $one, POST => 'awards', $_)
                    ->json->{data}{awardID} }
              { bid_id => $bid[0]{id} }, {},
              { bid_id => $bid[1]{id}, awardStatus => 'unsuccessful' };

    is(report($one, [uah(400, 300, 350)])->status, 200,
       'a report after awards');

    my %now = map { $_->{awardID} => $_ } awards($c, $one);
    my ($new) = grep { $_->{awardStatus} eq 'pending' } values %now;

    is_deeply([map { $now{$_}{awardStatus} } @id],
              [qw(cancelled cancelled unsuccessful)],
              'what was pending is cancelled');
    is($new->{bid_id}, $bid[2]{id}, 'the lowest was turned down before');
    is(scalar keys %now, 4, 'there is one new award');
}


# nobody wins

{
    my $one = tender($c, { %HISTORY });
    my $bid = bid($c, $one, 400);

    ask($c, $one, POST => 'awards',
        { bid_id => $bid->{id}, awardStatus => 'unsuccessful' });

    my $r = report($one, [uah(1)]);

    is($r->status, 200, 'all bids were turned down before');
    is($r->header('Location'), undef, 'so there is no award');
    is($r->json->{data}{status}, 'unsuccessful', 'the tender has failed');

    my $two = tender($c, { %HISTORY });

    $r = report($two, []);
    is_deeply([$r->status, @{ $r->json->{data} }{qw(bids status)}],
              [200, [], 'unsuccessful'], 'an auction without bids');
    is(view($two)->{status}, 'unsuccessful', 'can be seen for ever');
}


# a thousand of them

{
    my $one = tender($c, { %HISTORY });
    my $bid = bid($c, $one, 500);
    my $key = "{b0}:tender:$one->{id}:bids";
    my $text = $t->redis('HGET', $key, $bid->{id});

    for my $i (1 .. 999) {
        my $id = sprintf '%032x', $i;

        $t->redis('HSET', $key, $id,
                  $text =~ s/$bid->{id}/$id/r =~ s/^(\d+)/$1 + $i/er
                        =~ s/"date":"[^"]+"/"date":"later"/r);
    }

    my $r = report($one, [uah(map { 2000 - $_ } 1 .. 1000)]);

    is($r->status, 200, 'a report about 1000 bids');
    is(scalar @{ $r->json->{data}{bids} }, 1000, 'shows all of them');
    is((awards($c, $one))[0]{bid_id}, sprintf('%032x', 999),
       'the lowest is awarded');

    my $new = bids($one);

    is(scalar(grep { /"amount":500[,}]/ } values %$new), 0,
       'each was written');
}


$t->finish;
done_testing;
