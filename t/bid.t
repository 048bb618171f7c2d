#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# Bids are handed in and read.

use strict;
use warnings;
use utf8;

use Digest::SHA qw(sha256_hex);
use Test::More;

use lib 't/lib';
use Tender::Api qw(:DEFAULT :life);
use Tender::Clock qw(now_us iso);
use Tender::Test;


my $t = Tender::Test->new(location => <<'END');
        location /api/0.1/ { tender_api 0.1; tender_anonymous write;
                             tender_ownership off; }
        location /own/ { tender_api 0.1; tender_anonymous write; }
        location /two/ { tender_api 0.1; tender_anonymous write;
                         tender_max_bids 2; }
        location /read/ { tender_api 0.1; tender_anonymous read; }
        location /none/ { tender_api 0.1; }
END

my $c = $t->client;
my $path = '/api/0.1/tenders';
my $tender = issue($t);
my $bids = "$path/$tender->{id}/bidders";

my %alice = (bidders => [{ id => { name => 'ТОВ «Аліса»' } }]);


sub post {
    my ($data, $url) = @_;

    return $c->post($url || $bids, ref $data ? { data => $data }
                                             : "{\"data\":$data}");
}


# handed in

my $before = now_us($t);
my $r = post('{"bidders":[{"id":{"name":"A"}}],"totalValue":{"amount":489.50,'
             . '"currency":"UAH","valueAddedTaxIncluded":true}}');
my $after = now_us($t);
my $bid = created($r);
my $us = $bid->{receipt}{received};

like($bid->{id}, qr/^[0-9a-f]{32}$/, 'it has an id');
like($bid->{token}, qr/^[0-9a-f]{32}$/, 'a token comes with it');
isnt($bid->{token}, $bid->{id}, 'which is another one');
is($r->header('Location'), $t->url("$bids/$bid->{id}"), 'Location');
is($r->header('Content-Type'), $Tender::Api::TYPE, 'JSON');
is($r->header('Cache-Control'), 'no-store', 'the token is not to be kept');
is($r->header('ETag'), sprintf('"%014x"', $us), 'the tag is its moment');
ok($us >= $before && $us <= $after, 'which is the time of Redis');
is($bid->{data}{date}, iso($us), 'its date is the same');

my $json = "{\"id\":\"$bid->{id}\",\"date\":\"" . iso($us) . '","status":'
           . '"registration","bidders":[{"id":{"name":"A"}}],"totalValue":{'
           . '"amount":489.50,"currency":"UAH",'
           . '"valueAddedTaxIncluded":true}}';
my $hash = sha256_hex($json);

is($r->body, "{\"data\":$json,\"access\":{\"token\":\"$bid->{token}\"},"
             . "\"receipt\":{\"hash\":\"$hash\",\"received\":$us}}",
   'the answer');


# read

my $got = $c->get("$bids/$bid->{id}");

is($got->status, 200, 'it is read');
is($got->body, "{\"data\":$json}", 'as it was stored');
is($got->header('ETag'), $r->header('ETag'), 'with its tag');
is($got->header('Cache-Control'), undef, 'anybody may keep it');
is($c->get("$bids/$bid->{id}?opt_sealed=1")->body, $json, 'the bytes alone');
is($c->get($bids)->body, "{\"data\":[$json]}", 'in the list');
is($c->get("$path/" . issue($t)->{id} . '/bidders')->body, '{"data":[]}',
   'another tender has none');

for my $url ($bids, "$bids/$bid->{id}", "$bids/$bid->{id}?opt_sealed=1",
             "$bids/$bid->{id}?opt_pretty=1")
{
    my ($get, $head) = ($c->get($url), $c->head($url));
    my @headers = map { [grep { $_->[0] ne 'Date' } $_->headers] }
                  $get, $head;

    is($head->status, 200, "HEAD $url");
    is($head->body, '', 'no body');
    is_deeply($headers[1], $headers[0], 'the headers of GET');
}

# no copy is handed out of what is the same

for my $case (['%s'], ['W/%s'], ['*'], ['"x", %s'], ['%s', 'opt_pretty=1', 1],
              ['"x"', '', 1])
{
    my ($form, $query, $other) = @$case;
    my $tag = $form =~ s/%s/$r->header('ETag')/er;

    is($c->get("$bids/$bid->{id}?" . ($query || ''),
               { 'If-None-Match' => $tag })->status, $other ? 200 : 304,
       "If-None-Match: $form" . ($query ? ", $query" : ''));
}

refused($c->get("$bids/$bid->{id}", { 'If-Match' => '"x"' }), 412,
        [header => 'If-Match', 'It has changed since it was read'],
        'If-Match of another');
is($c->get("$bids/$bid->{id}", { 'If-Match' => $r->header('ETag') })->status,
   200, 'If-Match of its own');


# forms

my $pretty = $c->get("$bids/$bid->{id}?opt_pretty=1");

is($pretty->body, <<"END" =~ s/\n\z//r, 'opt_pretty');
{
    "data": {
        "id": "$bid->{id}",
        "date": "$bid->{data}{date}",
        "status": "registration",
        "bidders": [
            {
                "id": {
                    "name": "A"
                }
            }
        ],
        "totalValue": {
            "amount": 489.50,
            "currency": "UAH",
            "valueAddedTaxIncluded": true
        }
    }
}
END
is($pretty->header('ETag'), sprintf('"%014x-p"', $us), 'another tag');

$r = $c->post("$bids?opt_pretty=1", { data => {} });
like($r->body, qr/^\{\n[ ]{4}"data":[ ]\{\n[ ]{8}"id":[ ].*\n[ ]{4}\},\n
                  [ ]{4}"access":[ ]\{\n
                  [ ]{8}"token":[ ]"\w{32}"\n[ ]{4}\},\n
                  [ ]{4}"receipt":[ ]\{\n[ ]{8}"hash":[ ]"\w{64}",\n
                  [ ]{8}"received":[ ]\d+\n[ ]{4}\}\n\}$/sx,
     'the answer to POST, pretty');
is($c->delete($r->header('Location') =~ s{^http://[^/]+}{}r)->status, 200,
   'withdrawn again');
$r = $c->post($bids, '{"options":{"pretty":true},"data":{}}');
like($r->body, qr/^\{\n    "data"/, 'options.pretty');
$c->delete(created($r)->{url});

for my $url ($bids, "$bids/$bid->{id}") {
    $r = $c->get("$url?opt_jsonp=f.g");

    is($r->body, '/**/f.g(' . $c->get($url)->body . ');', 'JSONP');
    is($r->header('Content-Type'), 'application/javascript; charset=UTF-8',
       'a script');
    is($r->header('ETag'), undef, 'without a tag');
    refused($c->get("$url?opt_jsonp=1"), 400,
            [params => 'opt_jsonp', 'opt_jsonp should be a JavaScript name '
                                    . 'of at most 64 characters'],
            'another name');
}

refused($c->post("$bids?opt_jsonp=f", '{"data":{}}'), 400,
        [params => 'opt_jsonp',
         'opt_jsonp is for GET of what anybody may read'], 'JSONP is for GET');


# where it is not

my $none = '0' x 32;

for my $id ($none, 'x', substr($tender->{id}, 1), "$tender->{id}0",
            $tender->{id} =~ s/./A/r, $tender->{id} =~ s/./g/r, 'a%2Fb')
{
    for my $url ("$path/$id/bidders", "$path/$id/bidders/$bid->{id}") {
        # an encoded slash is no part of any path
        my $error = $id =~ /2F/ ? [url => 'request', 'Not Found']
                                : [url => 'tender_id', 'Not Found'];

        refused($c->get($url), 404, $error, "no tender: GET $url");
    }
}

refused($c->get("$path/x/bidders/x"), 404, [url => 'tender_id', 'Not Found'],
        'the tender is looked at first');

for my $id ($none, 'x', "$bid->{id}0", uc "x$bid->{id}", $tender->{id}) {
    refused($c->get("$bids/$id"), 404, [url => 'id', 'Not Found'],
            "no bid: $id");
    refused($c->get("$bids/$id?opt_sealed=1"), 404,
            [url => 'id', 'Not Found'], "no sealed bid: $id");
}

for my $id ($none, 'x') {
    refused(post({ %alice }, "$path/$id/bidders"), 404,
            [url => 'tender_id', 'Not Found'], "POST: no tender $id");
    refused(post('{"x":1}', "$path/$id/bidders"), 422,
            [body => 'x', 'Rogue field'], 'what is wrong is told first');
}

my $other = issue($t);

refused($c->get("$other->{url}/bidders/$bid->{id}"), 404,
        [url => 'id', 'Not Found'], 'a bid of another tender');
refused($c->$_("$bids/"), 404, [url => 'request', 'Not Found'],
        "$_: a slash too much") for qw(get post delete);

for my $case ([PUT => $bids, 'GET, HEAD, POST'],
              [PATCH => $bids, 'GET, HEAD, POST'],
              [DELETE => $bids, 'GET, HEAD, POST'],
              [POST => "$bids/$bid->{id}", 'DELETE, GET, HEAD, PATCH, PUT'],
              [OPTIONS => "$bids/$bid->{id}",
               'DELETE, GET, HEAD, PATCH, PUT'])
{
    my ($method, $url, $allow) = @$case;

    $r = $c->request($method, $url, {}, '{"data":{}}');
    refused($r, 405, [url => 'request', 'Method Not Allowed'], "$method");
    is(join(', ', sort split /, /, $r->header('Allow')), $allow,
       "$method: Allow");
}


# who may

refused($c->post("/read/tenders/$tender->{id}/bidders", '{"data":{}}'), 401,
        [url => 'permission', 'Credentials are needed here'], 'read only');
is($c->get("/read/tenders/$tender->{id}/bidders")->status, 200, 'read');
refused($c->$_("/none/tenders/$tender->{id}/bidders"), 401,
        [url => 'permission', 'Credentials are needed here'], "none: $_")
    for qw(get post);


# bodies

refused($c->post($bids, 'x'), 422,
        [body => 'data', 'No JSON object could be decoded'], 'no JSON');

for my $body ('{}', '[]', '{"data":[]}', '{"data":null}', '{"data":"x"}',
              '"x"', '{"Data":{}}')
{
    refused($c->post($bids, $body), 422,
            [body => 'data', 'Data not available'], "no data: $body");
}

refused($c->post($bids, '{"data":{}}', { 'Content-Type' => 'text/plain' }),
        415, [header => 'Content-Type', 'Content-Type header should be one '
                                        . "of ['application/json']"],
        'another type');
is($c->request('POST', $bids, { 'Content-Type' => undef }, '{"data":{}}')
     ->status, 201, 'no type is JSON');

for my $member (qw(awardStatus awardValue awardID suppliers)) {
    refused(post("{\"$member\":null,\"x\":1}"), 422,
            [body => 'data', 'This is an award, not a bid: awards are posted '
                             . 'to /awards'], "an award: $member");
}

my $mapping = 'Please use a mapping for this field or %s instance instead '
              . 'of int.';
my $float = { amount => ['Value is not float'] };
my $items = sub { '[' . join(',', map { "{\"$_[0]\":$_[1]}" } 1 .. $_[2])
                  . ']' };

for my $case (
    ['{"x":1}', [x => 'Rogue field']],
    ['{"bids":[],"awards":[],"amount":5}', [bids => 'Rogue field'],
     [awards => 'Rogue field'], [amount => 'Rogue field']],
    ['{"bid_id":"x"}',
     [bid_id => 'Rogue field: this is an award, send it to /awards']],
    ['{"totalValue":{"x":1}}', [totalValue => { x => 'Rogue field' }]],
    ['{"bidders":[{"id":{"name":"A"},"y":1}]}',
     [bidders => { y => 'Rogue field' }]],
    ['{"bidders":[{}]}',
     [bidders => { id => ['This field is required.'] }]],
    ['{"bidders":{}}',
     [bidders => ['Please provide a list of values for this field.']]],
    ['{"bidders":[5]}', [bidders => [sprintf $mapping, 'Organization']]],
    ['{"totalValue":5}', [totalValue => [sprintf $mapping, 'Value']]],
    ['{"totalValue":{"amount":"abc"}}', [totalValue => $float]],
    ['{"totalValue":{"amount":"1e400"}}', [totalValue => {
        amount => ['Float value should be less than 1000000000000000 and '
                   . 'have at most 15 digits.'] }]],
    ['{"totalValue":{"amount":"NaN"}}', [totalValue => $float]],
    ['{"totalValue":{"amount":[]}}', [totalValue => $float]],
    ['{"totalValue":{"amount":-1}}', [totalValue => {
        amount => ['Float value should be greater than 0.'] }]],
    ['{"totalValue":{"amount":1.005}}', [totalValue => {
        amount => ['Amount has more than 2 decimal places.'] }]],
    ['{"totalValue":{"amount":1,"currency":"uah"}}', [totalValue => {
        currency => ['String value did not match validation regex.'] }]],
    ['{"totalValue":{"amount":1,"valueAddedTaxIncluded":"x"}}',
     [totalValue => {
        valueAddedTaxIncluded => ['Must be either true or false.'] }]],
    ['{"totalValue":{"amount":1,"currency":"EUR"}}', [totalValue => [
        'currency of bid should be identical to currency of value of '
        . 'tender']]],
    ['{"totalValue":{"amount":1,"valueAddedTaxIncluded":false}}',
     [totalValue => [
        'valueAddedTaxIncluded of bid should be identical to '
        . 'valueAddedTaxIncluded of value of tender']]],
    ['{"totalValue":{"currency":"EUR","valueAddedTaxIncluded":false}}',
     [totalValue => [
        'currency of bid should be identical to currency of value of tender',
        'valueAddedTaxIncluded of bid should be identical to '
        . 'valueAddedTaxIncluded of value of tender']]],
    ['{"status":"valid"}', [status => [
        "Value must be one of ['registration', 'validBid', 'invalidBid'].",
    ]]],
    ['{"status":5}', [status => [
        "Value must be one of ['registration', 'validBid', 'invalidBid'].",
    ]]],
    ['{"parameters":[{"code":"a","value":0.1}]}', [parameters => [
        { code => ['code should be one of feature code.'] }]]],
    ['{"parameters":[{"code":"a"},{"value":1}]}',
     [parameters => { value => ['This field is required.'] }]],
    ['{"bidders":' . $items->('id', '{"name":"A"}', 101) . '}',
     [bidders => ['Please provide no more than 100 items.']]],
    ['{"parameters":' . $items->('code', '"A","value":0', 101) . '}',
     [parameters => ['Please provide no more than 100 items.']]],
) {
    my ($data, @errors) = @$case;

    refused(post($data), 422, (map { [body => @$_] } @errors),
            substr $data, 0, 70);
}

is(@{ $c->get($bids)->json->{data} }, 2, 'nothing was added by all that');


# what is not the bidder's to say is not heard; what is null is not there

for my $case (
    ['{"id":"0123456789abcdef0123456789abcdef","date":"2014-01-01",'
     . '"documents":[]}', '"status":"registration"'],
    ['{"id":"x","date":"x","documents":[{"x":1}]}',
     '"status":"registration"'],
    ['{"bidders":null,"status":null,"totalValue":null,"parameters":null}',
     '"status":"registration"'],
    ['{"bidders":[],"parameters":[]}',
     '"status":"registration","bidders":[],"parameters":[]'],
    ['{"totalValue":{"amount":null}}', '"status":"registration",'
     . '"totalValue":{"currency":"UAH","valueAddedTaxIncluded":true}'],
    ['{"totalValue":{"amount":"500"}}', '"status":"registration",'
     . '"totalValue":{"amount":500,"currency":"UAH",'
     . '"valueAddedTaxIncluded":true}'],
    ['{"totalValue":{"amount":0}}', '"status":"registration",'
     . '"totalValue":{"amount":0,"currency":"UAH",'
     . '"valueAddedTaxIncluded":true}'],
    ['{"totalValue":{"amount":485.50}}', '"status":"registration",'
     . '"totalValue":{"amount":485.50,"currency":"UAH",'
     . '"valueAddedTaxIncluded":true}'],
) {
    my ($data, $stored) = @$case;
    my $new = created(post($data));

    isnt($new->{id}, '0123456789abcdef0123456789abcdef', 'an id of its own');
    is($c->get("$new->{url}?opt_sealed=1")->body,
       "{\"id\":\"$new->{id}\",\"date\":\"$new->{data}{date}\",$stored}",
       substr $data, 0, 70);
}


# the money of the tender

for my $case (
    [{}, { amount => 5 }, '"amount":5,"valueAddedTaxIncluded":true'],
    [{}, { amount => 5, currency => 'EUR' },
     '"amount":5,"currency":"EUR","valueAddedTaxIncluded":true'],
    [{ totalValue => { amount => 5, currency => 'JPY',
                       valueAddedTaxIncluded => JSON::PP::false } },
     { amount => 4 },
     '"amount":4,"currency":"JPY","valueAddedTaxIncluded":false'],
    [{ totalValue => { amount => 5 } }, { amount => 4, currency => 'USD' },
     '"amount":4,"currency":"USD","valueAddedTaxIncluded":true'],
) {
    my ($data, $value, $stored) = @$case;
    my $id = publish($t, $data)->{id};

    $r = post({ totalValue => $value }, "$path/$id/bidders");
    like($r->body =~ s/"amount":(\d)([^}]*?),("currency":"\w+")/
                       "\"amount\":$1,$3$2"/erx,
         qr/"totalValue":\{\Q$stored\E\}/, "the tender's money: $stored")
        or diag($r->body);
}

{
    my $id = publish($t, { totalValue => { amount => 5,
                                           currency => 'JPY' } })->{id};

    refused(post('{"totalValue":{"amount":4.5}}', "$path/$id/bidders"), 422,
            [body => 'totalValue', {
                amount => ['Amount has more than 0 decimal places.'] }],
            'the places of a currency that was left out');
}


# a tender with a time gate wants an amount

{
    my $gated = issue($t, {}, from => -60, till => 3600);
    my $url = "$gated->{url}/bidders";
    my $required = ['This field is required.'];

    for my $data ('{}', '{"totalValue":null}') {
        refused(post($data, $url), 422, [body => 'totalValue', $required],
                "sealed: $data");
    }

    for my $data ('{"totalValue":{}}', '{"totalValue":{"currency":"UAH"}}',
                  '{"totalValue":{"amount":null}}')
    {
        refused(post($data, $url), 422,
                [body => 'totalValue', { amount => $required }],
                "sealed: $data");
    }

    is(post('{"totalValue":{"amount":5}}', $url)->status, 201,
       'with an amount');

    my $soon = issue($t, {}, from => 3600, till => 7200);

    refused(post('{"totalValue":{"amount":5}}', "$soon->{url}/bidders"), 403,
            [body => 'data', "Can't add bid in current (active.enquiries) "
                             . 'tender status'], 'too early');
}

for my $status (@STAGES[2 .. 7]) {
    my $id = issue($t)->{id};

    put_stage($t, $id, $status);
    refused(post({}, "$path/$id/bidders"), 403,
            [body => 'data', "Can't add bid in current ($status) tender "
                             . 'status'], "no bids any more: $status");
}


# features

{
    my $featured = issue($t, { features => [
        { code => 'a', enum => [{ value => 0 }, { value => 0.1 }] },
        { code => 'b', enum => [{ value => 0.05 }, { value => 0.15 }] },
    ] });
    my $url = "$featured->{url}/bidders";
    my $all = ['All features parameters is required.'];

    for my $case (
        ['{}', $all],
        ['{"parameters":[]}', $all],
        ['{"parameters":null}', $all],
        ['{"parameters":[{"code":"a","value":0}]}', $all],
        ['{"parameters":[{"code":"a","value":0},{"code":"a","value":0.1}]}',
         ['Parameter code should be uniq for all parameters']],
        ['{"parameters":[{"code":"a","value":0},{"code":"b","value":0}]}',
         [{}, { value => ['value should be one of feature value.'] }]],
        ['{"parameters":[{"code":"c","value":0},{"code":"b","value":0.05}]}',
         [{ code => ['code should be one of feature code.'] }]],
        ['{"parameters":[{"code":"a","value":0},{"code":"b","value":0.05},'
         . '{"code":"c","value":0}]}',
         [{}, {}, { code => ['code should be one of feature code.'] }]],
    ) {
        my ($data, $errors) = @$case;

        refused(post($data, $url), 422, [body => 'parameters', $errors],
                $data);
    }

    is(post($_, $url)->status, 201, $_)
        for '{"parameters":[{"code":"a","value":0},{"code":"b",'
            . '"value":0.15}]}',
            '{"parameters":[{"code":"b","value":0.050},{"code":"a",'
            . '"value":"0.10"}]}';
}


# bounds: bytes, bids

{
    my $empty = length $c->get(created(post({ bidders => [] }))->{url}
                               . '?opt_sealed=1')->body;

    for my $more (0, 1) {
        my $left = 32768 + 24 - $empty + $more + 1;
        my @bidders;

        # each is '{"id":{"name":"xxx"}},'
        while ($left) {
            my $n = $left > 1600 ? 800 : $left > 900 ? $left - 800 : $left;

            push @bidders, { id => { name => 'x' x ($n - 19) } };
            $left -= $n;
        }

        $r = post({ bidders => \@bidders });

        if ($more) {
            refused($r, 422, [body => 'data', 'The bid would be larger than '
                                              . '32768 bytes'],
                    'one byte too much');
            next;
        }

        is(length $c->get(created($r)->{url} . '?opt_sealed=1')->body,
           32768 + 24, 'a bid as large as it may be');
    }
}

for my $till (undef, 3600) {
    my $few = issue($t, {}, path => '/two/tenders', till => $till);
    my $url = "$few->{url}/bidders";
    my $full = [body => 'data', "Can't add bid: the tender has as many as "
                                . 'it takes'];
    my @own = map { created(post({ totalValue => { amount => $_ } }, $url)) }
              1, 2;

    refused(post({ totalValue => { amount => 3 } }, $url), 403, $full,
            'tender_max_bids');
    is($c->patch("$url/$own[0]{id}?acc_token=$own[0]{token}",
                 { data => { totalValue => { amount => 4 } } })->status,
       200, 'a change is no new bid');
    is($c->delete("$url/$own[0]{id}?acc_token=$own[0]{token}")->status, 200,
       'one is withdrawn');
    is(post({ totalValue => { amount => 3 } }, $url)->status, 201,
       'and another one handed in');
    refused(post({ totalValue => { amount => 3 } }, $url), 403, $full,
            'there are two again');
}


# order

{
    my $many = issue($t);
    my @ids = map { offer($t, $many, $_, client => $c)->{id} } 1 .. 30;

    is_deeply([map { $_->{id} }
               @{ $c->get("$many->{url}/bidders")->json->{data} }], \@ids,
              'the list is in the order in which they came');

    # a better offer is a later one
    $c->patch("$many->{url}/bidders/$ids[3]", '{"data":{"totalValue":{'
                                              . '"amount":0.5}}}');
    push @ids, splice @ids, 3, 1;
    is_deeply([map { $_->{id} }
               @{ $c->get("$many->{url}/bidders")->json->{data} }], \@ids,
              'a changed one comes last');
}


# what moves of a tender whose bids are open

{
    my $open = issue($t);
    my $at = $c->get($open->{url})->header('ETag');
    my $new = offer($t, $open, 5);
    my $view = $c->get($open->{url});

    isnt($view->header('ETag'), $at, "the tender's tag moves");
    is($view->json->{data}{modified}, $new->{data}{date}, 'its moment');
    is($view->json->{data}{numberOfBids}, 1, 'one bid');
    is_deeply([events($t)]->[-1], { op => 'bid', id => $open->{id}, rev => 1,
                                    part => $new->{id} }, 'an event');
    is(stored($t, $open->{id})->{rev}, 1, 'its document has not changed');
    is_deeply($c->get("$path?descending=1&limit=1")->json->{data},
              [{ id => $open->{id}, modified => $new->{data}{date} }],
              'it is the newest in the list');
}

$t->finish;
done_testing;
