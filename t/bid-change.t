#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# Bids are changed, judged and withdrawn.

use strict;
use warnings;

use Digest::SHA qw(sha256_hex);
use JSON::PP ();
use Test::More;

use lib 't/lib';
use Tender::Api qw(:DEFAULT :life);
use Tender::Clock qw(now_us iso until_us gated bid);
use Tender::Test;


my $t = Tender::Test->new(
    http     => 'tender_chronograph off;',
    location => <<'END');
        location /api/0.1/ { tender_api 0.1; tender_anonymous write;
                             tender_ownership off; }
        location /own/ { tender_api 0.1; tender_anonymous write; }
        location /read/ { tender_api 0.1; tender_anonymous read; }
END

my $c = $t->client;
my $path = '/api/0.1/tenders';
my $forbidden = [url => 'permission', 'Forbidden'];
my $changed   = [header => 'If-Match', 'It has changed since it was read'];


sub bytes { $c->get("$_[0]{url}?opt_sealed=1&acc_token=$_[0]{token}")->body }

sub journal { $t->redis('LLEN', "{b0}:tender:$_[0]{id}:journal") }

sub change {
    my ($method, $bid, $data, $headers) = @_;

    return $c->$method($bid->{url}, "{\"data\":$data}", $headers);
}


# PATCH

my $tender = issue($t);
my $bid = offer($t, $tender, {
    totalValue => { amount => 490 },
    bidders => [{ id => { name => 'A' }, address => { locality => 'Lviv' } },
                { id => { name => 'B' } }],
});
my $date = $bid->{data}{date};
my $etag = $bid->{answer}->header('ETag');
my $is = $bid->{data};

for my $case (
    ['{"totalValue":{"amount":480.50}}', sub { $is->{totalValue}{amount}
                                                   = 480.5 }, 1],
    ['{"totalValue":{"amount":480.5}}', sub { }],
    ['{"totalValue":{"amount":480.500e0}}', sub { }],
    ['{"bidders":[{"address":{"locality":"Kyiv"}}]}',
     sub { $is->{bidders}[0]{address}{locality} = 'Kyiv';
           $#{ $is->{bidders} } = 0 }],
    ['{"bidders":[{},{"id":{"name":"C"}},{"id":{"name":"D"}}]}',
     sub { push @{ $is->{bidders} }, map { { id => { name => $_ } } }
                                     qw(C D) }],
    ['{"bidders":[{"address":null},{},{"id":{"name":"E"}}]}',
     sub { delete $is->{bidders}[0]{address};
           $is->{bidders}[2]{id}{name} = 'E' }],
    ['{"bidders":null}', sub { delete $is->{bidders} }],
    ['{"totalValue":null}', sub { delete $is->{totalValue} }, 1],
    ['{"totalValue":{"amount":"470"},"status":"registration"}',
     sub { $is->{totalValue} = {
               amount => 470, currency => 'UAH',
               valueAddedTaxIncluded => JSON::PP::true } }, 1],
    ['{"status":"validBid"}', sub { $is->{status} = 'validBid' }],
    ['{"status":"invalidBid","id":"x","date":"x","documents":[]}',
     sub { $is->{status} = 'invalidBid' }],
    ['{"totalValue":{"amount":null}}',
     sub { delete $is->{totalValue}{amount} }, 1],
) {
    my ($data, $do, $redated) = @$case;
    my ($journal, $events) = (journal($tender), scalar events($t));
    my $before = bytes($bid);

    $do->();

    my $from = now_us($t);
    my $r = change(patch => $bid, $data);
    my $till = now_us($t);
    my $answer = eval { $r->json } || {};
    my $us = $answer->{receipt}{received} || 0;

    is($r->status, 200, "PATCH $data") or diag($r->body);
    ok($us >= $from && $us <= $till, 'received now');
    is($r->header('ETag'), sprintf('"%014x"', $us), 'which is its tag');
    isnt($r->header('ETag'), $etag, 'another one');
    $is->{date} = $redated ? iso($us) : $date;
    is_deeply($answer->{data}, $is, 'the bid');
    is($answer->{receipt}{hash}, sha256_hex(bytes($bid)), 'its hash');
    is($c->get($bid->{url})->header('ETag'), $r->header('ETag'),
       'GET has the tag');
    is_deeply($c->get($bid->{url})->json->{data}, $is, 'and the bid');
    is($answer->{access}, undef, 'the token is not shown again');
    is(journal($tender), $journal + 1, 'one more line of the journal');
    is($t->redis('LINDEX', "{b0}:tender:$tender->{id}:journal", -1),
       "$us anonymous change $bid->{id} $before", 'it has what was there');
    is(scalar events($t), $events + 1, 'one more event');
    is($c->get($tender->{url})->header('ETag'), $r->header('ETag'),
       'the tender changed at that moment');

    ($date, $etag) = ($is->{date}, $r->header('ETag'));
}


# what changes nothing

change(patch => $bid, '{"totalValue":{"amount":470.0}}');

for my $case ([patch => '{}'], [patch => '{"id":"x"}'],
              [patch => '{"status":"invalidBid"}'],
              [patch => '{"totalValue":{"amount":470.0}}'],
              [patch => '{"totalValue":{"currency":"UAH"}}'],
              [patch => '{"bidders":null}'], [patch => '{"totalValue":{}}'],
              [put => '{"totalValue":{"amount":470.0,"currency":"UAH",'
                      . '"valueAddedTaxIncluded":true}}'],
              [put => '{"status":"invalidBid","id":"x","totalValue":{'
                      . '"amount":470.0,"currency":"UAH",'
                      . '"valueAddedTaxIncluded":true}}'])
{
    my ($method, $data) = @$case;
    my $got = $c->get($bid->{url});
    my @before = (journal($tender), scalar events($t), $got->body);
    my $r = change($method, $bid, $data);

    is($r->status, 200, "no change: $method $data") or diag($r->body);
    is($r->body, $got->body, 'the bid as it is, without a receipt');
    is($r->header('ETag'), $got->header('ETag'), 'its tag');
    is_deeply([journal($tender), scalar events($t),
               $c->get($bid->{url})->body], \@before, 'nothing was stored');
}


# PUT

{
    my $own = issue($t, { features => [
        { code => 'a', enum => [{ value => 0 }, { value => 0.1 }] } ] });
    my $bid = offer($t, $own, {
        totalValue => { amount => 490 },
        bidders    => [{ id => { name => 'A' } }],
        parameters => [{ code => 'a', value => 0.1 }],
    });
    my $parameters = '"parameters":[{"code":"a","value":0.1}]';

    change(patch => $bid, '{"status":"validBid"}');

    my $date = $bid->{data}{date};
    my $value = '"totalValue":{"amount":490,"currency":"UAH",'
                . '"valueAddedTaxIncluded":true}';

    for my $case (
        ["{$parameters,$value}", "\"status\":\"validBid\",%s"],
        ["{$parameters,\"totalValue\":{\"amount\":480}}",
         "\"status\":\"validBid\",$parameters,\"totalValue\":{\"amount\":480,"
         . '"currency":"UAH","valueAddedTaxIncluded":true}', 1],
        ['{"parameters":[{"code":"a","value":0}],"totalValue":{'
         . '"amount":480}}', '"status":"validBid","parameters":[{"code":"a",'
         . '"value":0}],"totalValue":{"amount":480,"currency":"UAH",'
         . '"valueAddedTaxIncluded":true}', 1],
        ['{"parameters":[{"code":"a","value":0}]}', '"status":"validBid",'
         . '"parameters":[{"code":"a","value":0}]', 1],
        ['{"id":"x","date":"2014-01-01","bidders":[],"status":"invalidBid",'
         . '"parameters":[{"code":"a","value":0}]}', '"bidders":[],"status":'
         . '"invalidBid","parameters":[{"code":"a","value":0}]'],
    ) {
        my ($data, $stored, $redated) = @$case;
        my $r = change(put => $bid, $data);
        my $got = $r->json->{data} || {};

        is($r->status, 200, "PUT $data") or diag($r->body);
        is($got->{id}, $bid->{id}, 'it keeps its id');

        $redated ? isnt($got->{date}, $date, 'a new offer has a new date')
                 : is($got->{date}, $date, 'it keeps its date');
        $date = $got->{date};

        $stored = $stored =~ s/%s/$parameters,$value/r;
        delete @$got{qw(id date)};
        is_deeply($got, JSON::PP->new->decode("{$stored}"), 'the rest');
        is_deeply($c->get($bid->{url})->json->{data}, $r->json->{data},
                  'it is stored');
    }

    refused(change(put => $bid, '{}'), 422, [body => 'parameters',
            ['All features parameters is required.']], 'it is a whole bid');
    refused(change(patch => $bid, '{"parameters":null}'), 422,
            [body => 'parameters', ['All features parameters is required.']],
            'with PATCH, too');
}


# refusals, first what is wrong, then what is not there

my $none = '0' x 32;
my $before = $c->get($bid->{url})->body;

for my $method (qw(patch put)) {
    my $award = 'This is an award, not a bid: awards are changed at /awards';

    refused(change($method, $bid, "{\"$_\":1}"), 422,
            [body => 'data', $award], "$method: an award: $_")
        for qw(awardStatus awardValue awardID suppliers);

    for my $case (
        ['{"x":1}', [x => 'Rogue field']],
        ['{"bid_id":1}',
         [bid_id => 'Rogue field: this is an award, send it to /awards']],
        ['{"status":"x"}', [status => ["Value must be one of "
            . "['registration', 'validBid', 'invalidBid']."]]],
        ['{"totalValue":{"amount":-1}}', [totalValue => {
            amount => ['Float value should be greater than 0.'] }]],
        ['{"totalValue":{"amount":1.001}}', [totalValue => {
            amount => ['Amount has more than 2 decimal places.'] }]],
        ['{"totalValue":{"amount":1,"currency":"EUR"}}', [totalValue => [
            'currency of bid should be identical to currency of value of '
            . 'tender']]],
        ['{"totalValue":{"amount":1,"valueAddedTaxIncluded":false}}',
         [totalValue => [
            'valueAddedTaxIncluded of bid should be identical to '
            . 'valueAddedTaxIncluded of value of tender']]],
        ['{"parameters":[{"code":"a","value":0}]}', [parameters => [
            { code => ['code should be one of feature code.'] }]]],
    ) {
        my ($data, @errors) = @$case;

        refused(change($method, $bid, $data), 422,
                (map { [body => @$_] } @errors), "$method $data");
    }

    refused($c->$method($bid->{url}, 'x'), 422,
            [body => 'data', 'No JSON object could be decoded'],
            "$method: no JSON");
    refused($c->$method($bid->{url}, '{}'), 422,
            [body => 'data', 'Data not available'], "$method: no data");
    refused($c->$method($bid->{url}, '{"data":{}}',
                        { 'Content-Type' => 'text/plain' }), 415,
            [header => 'Content-Type', 'Content-Type header should be one '
                                       . "of ['application/json']"],
            "$method: another type");
    refused($c->$method("$tender->{url}/bidders/x", '{"data":{"x":1}}'), 422,
            [body => 'x', 'Rogue field'], "$method: what is wrong first");
    refused($c->$method("$bid->{url}?opt_jsonp=f", '{"data":{}}'), 400,
            [params => 'opt_jsonp',
             'opt_jsonp is for GET of what anybody may read'],
            "$method: no JSONP");
}

is($c->get($bid->{url})->body, $before, 'nothing has changed by it');

my $other = issue($t);

for my $method (qw(patch put delete)) {
    my $body = $method eq 'delete' ? undef : '{"data":{}}';

    for my $id ($none, 'x', substr($tender->{id}, 1), uc "x$tender->{id}") {
        refused($c->$method("$path/$id/bidders/$bid->{id}", $body), 404,
                [url => 'tender_id', 'Not Found'], "$method: no tender $id");
    }

    for my $id ($none, 'x', substr($bid->{id}, 1), $tender->{id}) {
        refused($c->$method("$tender->{url}/bidders/$id", $body), 404,
                [url => 'id', 'Not Found'], "$method: no bid $id");
    }

    refused($c->$method("$other->{url}/bidders/$bid->{id}", $body), 404,
            [url => 'id', 'Not Found'], "$method: a bid of another tender");
    refused($c->$method("/read/tenders/$tender->{id}/bidders/$bid->{id}"
                        . "?acc_token=$bid->{token}", $body), 401,
            [url => 'permission', 'Credentials are needed here'],
            "$method: where all may only read");
}


# If-Match

{
    my $tag = $c->get($bid->{url})->header('ETag');
    my $pretty = $c->get("$bid->{url}?opt_pretty=1")->header('ETag');
    my $n = 460;

    for my $match ('"x"', 'W/%s', '"0000000000000000"', $etag, '',
                   $c->get($other->{url})->header('ETag'))
    {
        for my $method (qw(patch put)) {
            refused(change($method, $bid, '{"totalValue":{"amount":1}}',
                           { 'If-Match' => $match =~ s/%s/$tag/r }), 412,
                    $changed, "$method If-Match: $match");
        }

        refused($c->delete($bid->{url},
                           { 'If-Match' => $match =~ s/%s/$tag/r }), 412,
                $changed, "DELETE If-Match: $match");
    }

    refused(change(patch => $bid, '{}', { 'If-Match' => '"x"' }), 412,
            $changed, 'also of what changes nothing');
    is($c->get($bid->{url})->header('ETag'), $tag, 'it is as it was');

    for my $form ('%s', '"x", %s', '"x",W/"y",%s,"z"', '*', 'pretty') {
        my $match = $form eq 'pretty' ? $pretty : $form =~ s/%s/$tag/r;
        my $r = change(patch => $bid, '{"totalValue":{"amount":' . $n-- . '}}',
                       { 'If-Match' => $match });

        is($r->status, 200, "PATCH If-Match: $form") or diag($r->body);
        $tag = $r->header('ETag');
        $pretty = $tag =~ s/"$/-p"/r;
    }

    my $r = $c->patch("$bid->{url}?opt_pretty=1",
                      '{"data":{"totalValue":{"amount":1}}}',
                      { 'If-Match' => $tag });

    is($r->status, 200, 'the answer is pretty, the tag is not');
    is($r->header('ETag'), $c->get("$bid->{url}?opt_pretty=1")
                             ->header('ETag'), 'its tag is');
    is($r->body =~ /^\{\n    "data": \{/, 1, 'pretty');
}


# DELETE

{
    my $one = offer($t, $tender, 400);
    my $two = offer($t, $tender, 401);
    my $text = $c->get($one->{url})->body;
    my $was = bytes($one);
    my $r = $c->delete($one->{url});

    is($r->status, 200, 'a bid is withdrawn');
    is($r->body, $text, 'the answer is what it was');
    is($r->header('ETag'), undef, 'without a tag');
    is($r->header('Location'), undef, 'or a place');
    like($t->redis('LINDEX', "{b0}:tender:$tender->{id}:journal", -1),
         qr/^\d{16} anonymous remove $one->{id} \Q$was\E$/,
         'the journal has it');
    is([events($t)]->[-1]{op}, 'bid', 'an event');

    refused($c->$_($one->{url}), 404, [url => 'id', 'Not Found'],
            "then it is gone: $_") for qw(get delete);
    refused($c->get("$one->{url}?opt_sealed=1"), 404,
            [url => 'id', 'Not Found'], 'its bytes, too');
    refused(change(patch => $one, '{}'), 404, [url => 'id', 'Not Found'],
            'nor can it be changed');
    is_deeply([map { $_->{id} } @{ $c->get("$tender->{url}/bidders")
                                     ->json->{data} }],
              [$bid->{id}, $two->{id}], 'the others stay');
    is($c->get($tender->{url})->json->{data}{numberOfBids}, 2, 'two bids');

    $r = $c->delete("$two->{url}?opt_pretty=1", undef);
    like($r->body, qr/^\{\n    "data": \{\n        "id": "$two->{id}"/,
         'DELETE, pretty');
    is($c->request('DELETE', $bid->{url},
                   { 'Content-Type' => 'text/plain' }, 'x' x 100)->status,
       200, 'a body of DELETE is no matter');
    is($c->get($tender->{url})->json->{data}{numberOfBids}, undef,
       'the last one is gone');
    is($c->get("$tender->{url}/bidders")->body, '{"data":[]}', 'no list');
    is($t->redis('EXISTS', "{b0}:tender:$tender->{id}:bids"), 0,
       'nor is anything in the store');
}


# when it is too late

my @three = ([patch => 'update bid', '{"data":{"totalValue":{"amount":1}}}'],
             [put => 'update bid', '{"data":{"totalValue":{"amount":1}}}'],
             [delete => 'delete bid']);

for my $status (@STAGES[2 .. 7]) {
    my $own = issue($t);
    my $bid = offer($t, $own, 5);

    put_stage($t, $own->{id}, $status);

    for (@three) {
        my ($method, $words, $body) = @$_;

        refused($c->$method($bid->{url}, $body), 403,
                [body => 'data', "Can't $words in current ($status) tender "
                                 . 'status'], "$status: $method");
    }

    is($c->patch($bid->{url}, '{"data":{"totalValue":{"amount":5}}}')
         ->status, 200, "$status: what changes nothing is no change");
}

# by the clock, though no worker has drawn the consequences

{
    my $gated = gated($t, start => -60, end => 1.5);
    my $bid = bid($t, $gated, 400);
    my $url = "$path/$gated->{id}/bidders";
    my $own = "$url/$bid->{id}?acc_token=$bid->{token}";
    my $passed = [body => 'data', 'Bids are taken until '
                                  . 'tenderPeriod.endDate, which has passed'];
    my $text = $c->get($own)->body;

    is($c->patch($own, '{"data":{"totalValue":{"amount":399}}}')->status,
       200, 'in time');
    $text = $c->get($own)->body;
    until_us($t, $gated->{end});

    is($c->get("$path/$gated->{id}")->json->{data}{status},
       'active.tendering', 'as the store has it');
    refused($c->post($url, '{"data":{"totalValue":{"amount":1}}}'), 403,
            $passed, 'POST comes too late');

    for (@three) {
        my ($method, undef, $body) = @$_;

        refused($c->$method($own, $body), 403, $passed,
                "$method comes too late");
    }

    is($c->get($own)->body, $text, 'the bid is as it was');
}

# and too early: an end that was moved sets a tender back

{
    my $gated = issue($t, {}, from => -60, till => 3600);
    my $bid = offer($t, $gated, 5);

    put_stage($t, $gated->{id}, 'active.enquiries');

    for (@three) {
        my ($method, $words, $body) = @$_;

        refused($c->$method("$bid->{url}?acc_token=$bid->{token}", $body),
                403, [body => 'data', "Can't $words in current "
                                      . '(active.enquiries) tender status'],
                "too early: $method");
    }
}


# a bid with an award stays

{
    my $own = issue($t);
    my @bids = map { offer($t, $own, $_) } 5, 6;
    my $r = $c->post("$own->{url}/awards",
                     { data => { bid_id => $bids[0]{id} } });
    my $award = [body => 'data', "Can't change a bid that has an award"];

    is($r->status, 201, 'an award') or diag($r->body);

    # back in tendering, as an award that was taken back leaves it
    put_stage($t, $own->{id}, 'active.tendering');

    refused($c->patch($bids[0]{url}, '{"data":{"totalValue":{"amount":1}}}'),
            403, $award, 'PATCH');
    refused($c->put($bids[0]{url}, '{"data":{}}'), 403, $award, 'PUT');
    refused($c->delete($bids[0]{url}), 403, $award, 'DELETE');
    is($c->patch($bids[1]{url}, '{"data":{"totalValue":{"amount":1}}}')
         ->status, 200, 'another one may be changed');
    is($c->delete($bids[1]{url})->status, 200, 'or withdrawn');
}


# who judges: the buyer, once bids are open

for my $where (['/api/0.1', 0], ['/own', 1]) {
    my ($at, $owned) = @$where;
    my $own = issue($t, {}, path => "$at/tenders");
    my $bid = offer($t, $own, { status => 'validBid',
                                totalValue => { amount => 5 } });
    my ($as_buyer, $as_bidder) = map { "?acc_token=$_->{token}" } $own, $bid;

    is($bid->{data}{status}, $owned ? 'registration' : 'validBid',
       "$at: POST with a status");
    is($c->patch("$bid->{url}$as_bidder",
                 '{"data":{"status":"invalidBid"}}')
         ->json->{data}{status}, $owned ? 'registration' : 'invalidBid',
       "$at: the bidder");
    is($c->put("$bid->{url}$as_bidder",
               '{"data":{"status":"registration","totalValue":{"amount":5}}}')
         ->json->{data}{status}, 'registration', "$at: with PUT");

    my $r = $c->patch("$bid->{url}$as_buyer",
                      '{"data":{"status":"validBid"}}');

    is($r->status, 200, "$at: the buyer");
    is($r->json->{data}{status}, 'validBid', 'it is valid');
    is($r->json->{data}{date}, $bid->{data}{date}, 'its date stays');

    $r = $c->patch("$bid->{url}$as_buyer",
                   '{"data":{"totalValue":{"amount":1},"bidders":[]}}');
    is($r->json->{data}{totalValue}{amount}, $owned ? 5 : 1,
       "$at: the offer is for the bidder to change");
    is(exists $r->json->{data}{bidders}, $owned ? '' : 1, 'all of it');

    if ($owned) {
        refused($c->patch($bid->{url}, '{"data":{"status":"validBid"}}'),
                403, $forbidden, "$at: nobody else");
        refused($c->delete("$bid->{url}$as_buyer"), 403, $forbidden,
                "$at: the buyer withdraws no bid");
    }

    # a valid bid that its owner changes stays valid
    $r = $c->put("$bid->{url}$as_bidder",
                 '{"data":{"totalValue":{"amount":4}}}');
    is($r->json->{data}{status}, 'validBid', "$at: PUT keeps the status");
}

{
    my $gated = issue($t, {}, path => '/own/tenders', from => -60,
                      till => 3600);
    my $bid = offer($t, $gated, 5);
    my $buyer = "$bid->{url}?acc_token=$gated->{token}";
    my $judge = '{"data":{"status":"invalidBid"}}';

    refused($c->patch($buyer, $judge), 403, $forbidden, 'not while sealed');

    put_stage($t, $gated->{id}, 'active.auction');
    refused($c->patch($buyer, $judge), 403, $forbidden,
            'nor during the auction');

    put_stage($t, $gated->{id}, 'active.qualification');
    refused($c->patch($bid->{url}, $judge), 403, $forbidden, 'by nobody else');
    is($c->patch("$bid->{url}?acc_token=$bid->{token}", $judge)
         ->json->{data}{status}, 'registration', 'least of all its owner');

    my $journal = journal($gated);
    my $r = $c->patch($buyer, $judge);

    is($r->status, 200, 'in qualification') or diag($r->body);
    is($r->json->{data}{status}, 'invalidBid', 'it is invalid');
    is($r->json->{data}{date}, $bid->{data}{date}, 'its date stays');
    is($r->json->{receipt}, undef, 'no receipt: that was no offer');
    is_deeply($c->get($bid->{url})->json, $r->json, 'so it is stored');
    is($c->get($bid->{url})->header('ETag'), $r->header('ETag'), 'its tag');
    is_deeply([events($t)]->[-1],
              { op => 'bid', id => $gated->{id}, part => $bid->{id},
                rev => 1 }, 'an event');
    is(journal($gated), $journal + 1, 'a line of the journal');

    for (@three) {
        my ($method, $words, $body) = @$_;

        refused($c->$method("$bid->{url}?acc_token=$bid->{token}", $body),
                403, [body => 'data', "Can't $words in current "
                                      . '(active.qualification) tender '
                                      . 'status'], "not any more: $method");
    }

    refused($c->patch("/api/0.1/tenders/$gated->{id}/bidders/$bid->{id}",
                      '{"data":{"status":"validBid","totalValue":{'
                      . '"amount":1}}}'), 403,
            [body => 'data', "Can't update bid in current "
                             . '(active.qualification) tender status'],
            'a judgement is nothing but that');
    refused($c->patch($buyer, $judge, { 'If-Match' => '"x"' }), 412,
            $changed, 'If-Match');

    for my $status (@STAGES[4 .. 7]) {
        put_stage($t, $gated->{id}, $status, 0);
        refused($c->patch($buyer, '{"data":{"status":"validBid"}}'), 403,
                [body => 'data', "Can't update bid in current ($status) "
                                 . 'tender status'], "not when $status");
    }
}


# where nothing is owned, who does not see a sealed bid may still change it

{
    my $gated = issue($t, {}, from => -60, till => 3600);
    my $bid = offer($t, $gated, { totalValue => { amount => 5 },
                                  bidders => [{ id => { name => 'A' } }] });
    my $seen = { id => $bid->{id} };

    for my $case ([patch => '{"totalValue":{"amount":4}}'],
                  [patch => '{"totalValue":{"amount":4}}'], [patch => '{}'],
                  [put => '{"totalValue":{"amount":3}}'])
    {
        my ($method, $data) = @$case;
        my $r = change($method, $bid, $data);

        is($r->body, '{"data":{"id":"' . $bid->{id} . '"'
                     . ($data =~ /^\{(.+)\}$/ ? ",$1" : '') . '}}',
           "$method $data: what was sent, no more");
        is($r->header('ETag'), undef, 'no tag');
    }

    refused(change(patch => $bid, '{"totalValue":null}'), 422,
            [body => 'totalValue', ['This field is required.']],
            'it stays a bid');
    is($c->get("$bid->{url}?acc_token=$bid->{token}")
         ->json->{data}{totalValue}{amount}, 3, 'its owner sees it');
    is($c->patch("$bid->{url}?acc_token=$bid->{token}", '{"data":{}}')
         ->json->{data}{totalValue}{amount}, 3, 'also when he changes it');
    is($c->delete($bid->{url})->body,
       "{\"data\":{\"id\":\"$bid->{id}\"}}", 'withdrawn unseen');
}

$t->finish;
done_testing;
