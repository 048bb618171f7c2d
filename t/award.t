#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# Awards of a tender without time gate: made, read, decided, refused.

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
            client_max_body_size 2m;
        }

        location /admin/0.1/ {
            tender_api 0.1;
            tender_anonymous admin;
            tender_ownership on;
        }
END
my $c = $t->client;

my $NOBODY  = 'f' x 32;
my %COMPANY = (
    id      => { name => 'Державне управління справами',
                 uri  => 'http://www.dus.gov.ua/' },
    address => { countryName => 'Україна' },
);
my @NOT_OURS = (403, [url => 'permission', 'Forbidden']);


sub fault  { (422, [body => $_[0], [$_[1]]]) }
sub denied { (403, [body => 'data', $_[0]]) }


sub make  { ask($c, $_[0], POST => 'awards', $_[1], @_[2 .. $#_]) }

sub turn {
    my ($tender, $id, $data, @opt) = @_;

    return ask($c, $tender, PATCH => "awards/$id", $data, @opt);
}


# the parts of an award that are told beforehand

sub known {
    my ($award) = @_;

    my %award = %$award;

    like(delete $award{awardID}, qr/^[0-9a-f]{32}$/, 'it has an id');
    like(delete $award{awardDate}, qr/^2\d{3}-\d\d-\d\dT[\d:.]{12}Z$/,
         'and a date');

    return \%award;
}


# nothing there

{
    my $one = tender($c, { %HISTORY });

    is_deeply([awards($c, $one)], [], 'a tender without awards');

    refused($c->get("$API/$NOBODY/awards"), 404,
            [url => 'tender_id', 'Not Found'], 'awards of no tender');
    refused($c->get("$API/$NOBODY/awards/$NOBODY"), 404,
            [url => 'tender_id', 'Not Found'], 'an award of no tender');
    refused($c->get("$one->{path}/awards/$NOBODY"), 404,
            [url => 'id', 'Not Found'], 'an award that is not there');
    refused($c->get("$one->{path}/awards/x"), 404,
            [url => 'id', 'Not Found'], 'an award without an id');
    refused($c->get("$API/x/awards"), 404,
            [url => 'tender_id', 'Not Found'], 'awards of no id');
    refused($c->post("$API/$NOBODY/awards", { data => {} }), 404,
            [url => 'tender_id', 'Not Found'], 'POST to no tender');
    refused($c->post("$API/x/awards", { data => {} }), 404,
            [url => 'tender_id', 'Not Found'], 'POST to no id');
    refused($c->patch("$API/$NOBODY/awards/$NOBODY", { data => {} }), 404,
            [url => 'tender_id', 'Not Found'], 'PATCH of no tender');
    refused(turn($one, $NOBODY, {}), 404,
            [url => 'id', 'Not Found'], 'PATCH of no award');
    refused(turn($one, 'x', {}), 404,
            [url => 'id', 'Not Found'], 'PATCH of no id');

    is($c->put("$one->{path}/awards", { data => {} })->header('Allow'),
       'GET, HEAD, POST', 'what is allowed at awards');
    is($c->post("$one->{path}/awards/$NOBODY", { data => {} })
         ->header('Allow'), 'GET, HEAD, PATCH', 'and at one of them');
}


# made: what is sent, what comes from the bid, what is left out

{
    my $one = tender($c, { %HISTORY });
    my $bid = bid($c, $one, '400.50', bidders => [\%COMPANY]);
    my $r   = make($one, { bid_id => $bid->{id}, title => 'the best' });

    is($r->status, 201, 'an award is made');

    my $award = $r->json->{data};

    is_deeply(known($award), {
        awardStatus => 'pending', bid_id => $bid->{id}, title => 'the best',
        suppliers => [\%COMPANY],
        awardValue => { amount => 400.5, currency => 'UAH',
                        valueAddedTaxIncluded => JSON::PP::true },
    }, 'with what is known of the bid');
    like($r->body, qr/"amount":400\.50/, 'its amount as it was sent');
    like($r->header('Location'),
         qr{^http://[^/]+\Q$one->{path}/awards/$award->{awardID}\E$},
         'it has an address');
    is(status_of($c, $one), 'active.tendering', 'the tender stays as it is');
    is_deeply(event_of($t), { op => 'award', id => $one->{id}, rev => 1,
                              part => $award->{awardID} }, 'an event');

    my $got = $c->get("$one->{path}/awards/$award->{awardID}");

    is($got->status, 200, 'it is read');
    is_deeply($got->json->{data}, $award, 'as it was answered');
    is($got->header('ETag'), $r->header('ETag'), 'with the same tag');
    is_deeply([awards($c, $one)], [$award], 'and in the list');
    is_deeply($c->get($one->{path})->json->{data}{awards}, [$award],
              'and in the tender');
    is($c->head("$one->{path}/awards/$award->{awardID}")->status, 200,
       'HEAD');
    is($c->request('GET', "$one->{path}/awards/$award->{awardID}",
                   { 'If-None-Match' => $got->header('ETag') })->status, 304,
       'If-None-Match');
    is($c->request('GET', "$one->{path}/awards/$award->{awardID}",
                   { 'If-None-Match' => '"00000000000000"' })->status, 200,
       'If-None-Match of another');
    like($c->get("$one->{path}/awards/$award->{awardID}?opt_pretty=1")->body,
         qr/^\{\n    "data": \{\n        "awardID"/, 'in the pretty form');
    like($c->get("$one->{path}/awards?opt_pretty=1")->body,
         qr/^\{\n    "data": \[\n/, 'and the list');

    $r = make($one, { bid_id => bid($c, $one, 300)->{id},
                      awardID => $NOBODY, awardDate => '2014-01-01',
                      awardValue => { amount => 7, currency => 'EUR' },
                      suppliers => [{ id => { name => 'other' } }],
                      documents => [{ title => 'none' }] });

    is($r->status, 201, 'what is sent goes before the bid');

    my $other = known($r->json->{data});

    is_deeply([@$other{qw(awardValue suppliers documents)}],
              [{ amount => 7, currency => 'EUR',
                 valueAddedTaxIncluded => JSON::PP::true },
               [{ id => { name => 'other' } }], undef],
              'what the server sets is not taken');
    isnt($r->json->{data}{awardID}, $NOBODY, 'nor its id');

    $r = make($one, {});
    is_deeply(known($r->json->{data}), { awardStatus => 'pending' },
              'an award about no bid');
    is_deeply([map { $_->{awardID} } awards($c, $one)],
              [map { $_->{awardID} } sort { $a->{awardDate} cmp
                                            $b->{awardDate} }
               awards($c, $one)], 'they are listed by their dates');
    is($t->redis('HLEN', "{b0}:tender:$one->{id}:awards"), 3,
       'three are stored');
}


# who may

{
    my $one = tender($c, { %HISTORY });
    my $bid = bid($c, $one, 400);

    refused(make($one, {}, token => ''), @NOT_OURS, 'POST by nobody');
    refused(make($one, {}, token => $bid->{token}), @NOT_OURS,
            'POST by a bidder');
    refused(make($one, {}, token => '0' x 32), @NOT_OURS,
            'POST with a token that is none');

    my $id = make($one, {})->json->{data}{awardID};

    refused(turn($one, $id, { title => 'x' }, token => ''), @NOT_OURS,
            'PATCH by nobody');
    refused(turn($one, $id, { title => 'x' }, token => $bid->{token}),
            @NOT_OURS, 'PATCH by a bidder');
    is(turn($one, $id, { title => 'x' })->status, 200, 'PATCH by the owner');
    is(ask($c, { %$one, path => "/admin/0.1/tenders/$one->{id}" },
           POST => 'awards', {}, token => '')->status, 201,
       'POST by an administrator');
    is($c->post("$one->{path}/awards?acc_token=$one->{token}",
                { data => {} })->status, 201, 'with the token in the query');
    is($c->post("$one->{path}/awards",
                { data => {}, access => { token => $one->{token} } })
         ->status, 201, 'with the token in the body');
}


# what is not taken

{
    my $one = tender($c, { %HISTORY });
    my $two = tender($c, { %HISTORY });
    my $bid = bid($c, $one, 400);
    my $far = bid($c, $two, 400);
    my $out = bid($c, $one, 300);

    is(ask($c, $one, PATCH => "bidders/$out->{id}",
           { status => 'invalidBid' })->status, 200, 'a bid is turned down');

    my @choices = ('awardStatus', "Value must be one of ['pending', "
                                  . "'active', 'unsuccessful'].");

    refused(make($one, { awardStatus => 'cancelled' }), fault(@choices),
            'an award that begins as cancelled');
    refused(make($one, { bid_id => $NOBODY }),
            fault(bid_id => 'bid_id should be one of bids'),
            'a bid that is not there');
    refused(make($one, { bid_id => $far->{id} }),
            fault(bid_id => 'bid_id should be one of bids'),
            'a bid of another tender');
    refused(make($one, { bid_id => $out->{id} }),
            fault(bid_id => 'This bid was found to be invalid'),
            'a bid that was turned down');
    refused(make($one, { bid_id => 'x' }),
            fault(bid_id => 'Hash value is wrong length.'), 'no id at all');
    refused(make($one, { price => 1 }), 422,
            [body => 'price', 'Rogue field'], 'an unknown member');
    refused($c->post("$one->{path}/awards", '{"data":[]}'), 422,
            [body => 'data', 'Data not available'], 'no object');
    refused(make($one, { title => 'x' x 300_000 }), 422,
            [body => 'title', ['String value is too long.']], 'a long title');
    refused(make($one, { itemsAwarded => [map {
                { description => 'x' x 1000 } } 1 .. 300] }), 422,
            [body => 'data',
             'The award would be larger than 262144 bytes'],
            'an award that is too large');

    my $id = make($one, { bid_id => $bid->{id} })->json->{data}{awardID};

    refused(turn($one, $id, { awardStatus => 'cancelled' }),
            fault(@choices), 'an award that is to be cancelled');
    refused(turn($one, $id, { awardStatus => 'maybe' }), 422,
            [body => 'awardStatus',
             ["Value must be one of ['pending', 'active', 'unsuccessful', "
              . "'cancelled']."]], 'another word');
    refused(turn($one, $id, { bid_id => $NOBODY }),
            fault(bid_id => 'bid_id should be one of bids'),
            'about another bid that is not there');
    refused(turn($one, $id, { bid_id => $out->{id} }),
            fault(bid_id => 'This bid was found to be invalid'),
            'about one that was turned down');
    refused(turn($one, $id, { rogue => 1 }), 422,
            [body => 'rogue', 'Rogue field'], 'an unknown member of PATCH');
    refused(turn($one, $id, { suppliers => [{}] }), 422,
            [body => 'suppliers', { id => ['This field is required.'] }],
            'a supplier without a name');
    refused(turn($one, $id, { itemsAwarded => [map {
                { description => 'x' x 1000 } } 1 .. 300] }), 422,
            [body => 'data',
             'The award would be larger than 262144 bytes'],
            'an award that becomes too large');

    is_deeply([map { $_->{awardID} } awards($c, $one)], [$id],
              'nothing else was made');
}


# pending ones beside each other, one for a bid

{
    my $one = tender($c, { %HISTORY });
    my @bid = map { bid($c, $one, $_) } 300, 400;
    my $id  = make($one, { bid_id => $bid[0]{id} })->json->{data}{awardID};

    for my $status (qw(pending unsuccessful)) {
        refused(make($one, { bid_id => $bid[0]{id},
                             awardStatus => $status }),
                fault(bid_id => 'This bid has an award already'),
                "$status beside a pending one of the same bid");
    }

    my $next = make($one, { bid_id => $bid[1]{id} });

    is($next->status, 201, 'one of another bid');
    $next = $next->json->{data}{awardID};

    refused(turn($one, $next, { bid_id => $bid[0]{id} }),
            fault(bid_id => 'This bid has an award already'),
            'which does not become one of the first');

    # one is turned down while another is pending: nobody is next

    my $r = turn($one, $id, { awardStatus => 'unsuccessful' });

    is($r->status, 200, 'the first is turned down');
    is($r->header('Location'), undef, 'the other one has its turn');
    is(scalar awards($c, $one), 2, 'no more are made');

    for my $status (qw(pending unsuccessful active)) {
        refused(make($one, { bid_id => $bid[0]{id},
                             awardStatus => $status }),
                fault(bid_id => 'This bid has an award already'),
                "$status beside an unsuccessful one of the same bid");
    }

    refused(turn($one, $id, { title => 'x' }),
            denied("Can't update award in current (unsuccessful) status"),
            'what is decided stays');
    refused(turn($one, $id, {}),
            denied("Can't update award in current (unsuccessful) status"),
            'even by a PATCH of nothing');

    # an award may come to be about another bid, or about none

    my $third = bid($c, $one, 450);

    is(turn($one, $next, { bid_id => $third->{id} })->json->{data}{bid_id},
       $third->{id}, 'an award changes its bid');
    is(make($one, { bid_id => $bid[1]{id} })->status, 201,
       'and the other bid may have one');
    is(exists turn($one, $next, { bid_id => undef })->json->{data}{bid_id},
       '', 'it is about none');
    is(make($one, { bid_id => $third->{id} })->status, 201,
       'so its bid may have one');
}


# an active one: what is pending is cancelled, and that was it

{
    my $one = tender($c, { %HISTORY });
    my @bid = map { bid($c, $one, $_) } 300, 400, 500;
    my @id  = map { $_->json->{data}{awardID} }
              make($one, { bid_id => $bid[0]{id} }),
              make($one, { bid_id => $bid[1]{id} }),
              make($one, {}),
              make($one, { bid_id => $bid[2]{id},
                           awardStatus => 'unsuccessful' });
    my %old = map { $_->{awardID} => $_ } awards($c, $one);

    my $r = make($one, { bid_id => $bid[1]{id}, awardStatus => 'active' });

    is($r->status, 201, 'a winner, though its bid has a pending award');

    my $won = $r->json->{data};
    my %now = map { $_->{awardID} => $_ } awards($c, $one);

    is($won->{awardStatus}, 'active', 'it is active');
    is_deeply({ map { $_ => $now{$_}{awardStatus} } keys %now },
              { $id[0] => 'cancelled', $id[1] => 'cancelled',
                $id[2] => 'cancelled', $id[3] => 'unsuccessful',
                $won->{awardID} => 'active' },
              'what was pending is cancelled');
    isnt($now{ $id[0] }{awardDate}, $old{ $id[0] }{awardDate},
         'a cancelled one has a new date');
    is($now{ $id[3] }{awardDate}, $old{ $id[3] }{awardDate},
       'what was decided before has its own');
    is(status_of($c, $one), 'active.awarded', 'the tender is awarded');

    for my $status (qw(pending active unsuccessful)) {
        refused(make($one, { awardStatus => $status }),
                denied("Can't create award in current (active.awarded) "
                       . 'tender status'), "no $status award after that");
    }

    refused(turn($one, $id[0], { title => 'x' }),
            denied("Can't update award in current (active.awarded) tender "
                   . 'status'), 'and none is changed');
    refused(turn($one, $won->{awardID}, { awardStatus => 'unsuccessful' }),
            denied("Can't update award in current (active.awarded) tender "
                   . 'status'), 'not the winner either');
    is(ask($c, $one, PATCH => '', { status => 'complete' })->status, 404,
       'there is no address below the slash');
    is($c->request('PATCH', $one->{path},
                   { 'X-Access-Token' => $one->{token} },
                   { data => { status => 'complete' } })
         ->json->{data}{status}, 'complete', 'an awarded tender is closed');
}


# PATCH: to active

{
    my $one = tender($c, { %HISTORY });
    my @bid = map { bid($c, $one, $_) } 300, 400;
    my @id  = map { make($one, { bid_id => $_->{id} })
                    ->json->{data}{awardID} } @bid;
    my ($old) = awards($c, $one);

    my $r = turn($one, $id[0], { awardStatus => 'active', title => 'won' });

    is($r->status, 200, 'PATCH to active');
    is_deeply([@{ $r->json->{data} }{qw(awardStatus title)}],
              ['active', 'won'], 'with another member');
    isnt($r->json->{data}{awardDate}, $old->{awardDate}, 'its date moves');
    is($r->header('Location'), undef, 'nobody is next');
    is(status_of($c, $one), 'active.awarded', 'the tender is awarded');
    is_deeply({ map { $_->{awardID} => $_->{awardStatus} }
                awards($c, $one) },
              { $id[0] => 'active', $id[1] => 'cancelled' },
              'the other one is cancelled');
    is_deeply($c->get("$one->{path}/awards/$id[0]")->json, $r->json,
              'it is stored as it was answered');
}


# PATCH: unsuccessful, and the next one, until there is none

{
    my $one = tender($c, { %HISTORY });
    my @bid = map { bid($c, $one, $_) } 500, 300, 400, undef;
    my $out = bid($c, $one, 1);

    ask($c, $one, PATCH => "bidders/$out->{id}", { status => 'invalidBid' });

    my $id = make($one, { bid_id => $bid[1]{id} })->json->{data}{awardID};

    for my $want ($bid[2], $bid[0]) {
        my $r = turn($one, $id, { awardStatus => 'unsuccessful' });

        is($r->status, 200, 'an award is turned down');
        is($r->json->{data}{awardStatus}, 'unsuccessful', 'it is answered');

        my ($next) = grep { $_->{awardStatus} eq 'pending' }
                     awards($c, $one);

        is($next->{bid_id}, $want->{id}, 'the next bid has an award');
        like($r->header('Location'),
             qr{^http://[^/]+\Q$one->{path}/awards/$next->{awardID}\E$},
             'which is the Location');
        is_deeply(known($next), {
            awardStatus => 'pending', bid_id => $want->{id},
            awardValue => $next->{awardValue},
        }, 'with the value of its bid');

        $id = $next->{awardID};
    }

    my $r = turn($one, $id, { awardStatus => 'unsuccessful' });

    is($r->status, 200, 'the last one is turned down');
    is($r->header('Location'), undef, 'nobody is next');
    is(status_of($c, $one), 'unsuccessful', 'the tender has failed');
    refused(make($one, {}),
            denied("Can't create award in current (unsuccessful) tender "
                   . 'status'), 'no award after that');
}


# PATCH while it is pending

{
    my $one = tender($c, { %HISTORY });
    my $bid = bid($c, $one, 300);
    my $old = make($one, { bid_id => $bid->{id}, title => 'x' });
    my $id  = $old->json->{data}{awardID};
    my $tag = $old->header('ETag');
    my $was = $c->get($one->{path})->json->{data}{modified};

    for my $data ({}, { title => 'x' }, { awardStatus => 'pending' },
                  { awardStatus => undef }, { awardID => $NOBODY },
                  { awardDate => '2014-01-01' }, { description => undef })
    {
        my $r = turn($one, $id, $data);

        is($r->status, 200, 'PATCH without effect');
        is_deeply($r->json->{data}, $old->json->{data}, 'answers the award');
        is($r->header('ETag'), $tag, 'with the tag it had');
    }

    is($c->get($one->{path})->json->{data}{modified}, $was,
       'and the tender is as it was');

    my $r = turn($one, $id, { title => undef, description => 'why',
                              awardValue => { amount => 299 } });
    my %new = (%{ $old->json->{data} }, description => 'why');

    delete $new{title};
    $new{awardValue}{amount} = 299;

    is_deeply($r->json->{data}, \%new, 'PATCH merges, its date stays');
    isnt($r->header('ETag'), $tag, 'its tag is another one');
    isnt($c->get($one->{path})->json->{data}{modified}, $was,
         'the tender has changed');

    my $changed = 'It has changed since it was read';

    refused(turn($one, $id, { title => 'y' },
                 headers => { 'If-Match' => $tag }), 412,
            [header => 'If-Match', $changed], 'If-Match of an old tag');
    refused($c->request('GET', "$one->{path}/awards/$id",
                        { 'If-Match' => $tag }), 412,
            [header => 'If-Match', $changed], 'the same with GET');
    is(turn($one, $id, { title => 'y' },
            headers => { 'If-Match' => $r->header('ETag') })->status, 200,
       'If-Match of its tag');
    is(turn($one, $id, { title => 'z' },
            headers => { 'If-Match' => '*' })->status, 200, 'If-Match: *');
}


# a winner of a tender that is not awarded: nothing is added to that

{
    my $one = tender($c, { %HISTORY });
    my $key = "{b0}:tender:$one->{id}:awards";
    my @id  = map { make($one, {})->json->{data}{awardID} } 1, 2;

    $t->redis('HSET', $key, $id[0],
              $t->redis('HGET', $key, $id[0]) =~ s/pending/active/gr);

    for my $status (qw(pending active unsuccessful)) {
        refused(make($one, { awardStatus => $status }),
                denied("Can't create award: award $id[0] is active"),
                "no $status award beside an active one");
    }

    refused(turn($one, $id[1], { awardStatus => 'active' }),
            denied("Can't update award: award $id[0] is active"),
            'no other becomes active');
    is(turn($one, $id[1], { awardStatus => 'unsuccessful' })->status, 200,
       'the other one is turned down');
    is(status_of($c, $one), 'active.tendering', 'from which nothing follows');
}


# a tender that was cancelled

{
    my $one = tender($c, { %HISTORY });
    my $id  = make($one, {})->json->{data}{awardID};

    is($c->request('PATCH', $one->{path},
                   { 'X-Access-Token' => $one->{token} },
                   { data => { status => 'cancelled' } })->status, 200,
       'a tender is cancelled');
    refused(make($one, {}),
            denied("Can't create award in current (cancelled) tender "
                   . 'status'), 'no award is made');
    refused(turn($one, $id, { awardStatus => 'active' }),
            denied("Can't update award in current (cancelled) tender "
                   . 'status'), 'none is decided');
    is($c->get("$one->{path}/awards/$id")->status, 200, 'they are read');
}


# history: what was turned down before this is published

{
    my $one = tender($c, { %HISTORY });
    my @bid = map { bid($c, $one, $_) } 300, 400;

    my $r = make($one, { bid_id => $bid[0]{id},
                         awardStatus => 'unsuccessful' });

    is($r->status, 201, 'an award that was turned down');

    my $id = $r->json->{data}{awardID};

    like($r->header('Location'), qr{/$id$},
         'the Location is its own');
    is(scalar awards($c, $one), 1, 'brings no other');
    is(status_of($c, $one), 'active.tendering', 'and ends nothing');
}


# the routes are described

{
    my $methods = $c->get('/api/0.1/spore')->json->{methods};

    is_deeply([map { $methods->{$_}{path} }
               'get_collection_tender awards',
               'post_collection_tender awards', 'get_tender awards',
               'patch_tender awards', 'get_tender auction',
               'patch_tender auction'],
              [('/tenders/:tender_id/awards') x 2,
               ('/tenders/:tender_id/awards/:id') x 2,
               ('/tenders/:tender_id/auction') x 2], '/spore');
}


# there are so many at most

{
    my $one = tender($c, { %HISTORY });
    my $key = "{b0}:tender:$one->{id}:awards";

    make($one, {});

    my ($text) = @{ $t->redis('HVALS', $key) };

    for my $i (1 .. 999) {
        my $id = sprintf '%032x', $i;

        $t->redis('HSET', $key, $id,
                  $text =~ s/"awardID":"\w+"/"awardID":"$id"/r);
    }

    is(scalar awards($c, $one), 1000, 'a tender with 1000 awards');
    refused(make($one, {}),
            denied("Can't create award: the tender has as many as it takes"),
            'one more');

    my $old = sprintf '%032x', 7;

    is(turn($one, $old, { title => 'still' })->json->{data}{title}, 'still',
       'they can be changed');
}


# and their size is bounded

{
    my $one   = tender($c, { %HISTORY });
    my @items = map { { description => 'x' x 9900 } } 1 .. 26;
    my $last;

    for (1 .. 40) {
        $last = make($one, { itemsAwarded => \@items });
        last if $last->status != 201;
    }

    refused($last, 422,
            [body => 'data', 'The awards of the tender would be larger than '
                             . '4194304 bytes'], 'awards that are too large');
    is(make($one, {})->status, 201, 'a small one fits');
}


$t->finish;
done_testing;
