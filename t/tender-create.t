#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# POST /tenders: what is taken, how it is kept, what is refused.

use strict;
use utf8;
use warnings;

use Encode ();
use Test::More;

use lib 't/lib';
use Tender::Api;
use Tender::Test;


my $t = Tender::Test->new;
my $c = $t->client;
my $path = '/api/0.1/tenders';


sub post { $c->post($path, @_) }


# the text of a member of the answer's tender, as it was written

sub member {
    my ($r, $name) = @_;

    return $r->body =~ /"$name":("(?:[^"\\]|\\.)*"|[^,}\]]+)/ ? $1 : undef;
}


# the least tender

my $r = post('{"data":{}}');

is($r->status, 201, '{} is a tender');

my $tender = $r->json->{data};
my $year   = substr $tender->{modified}, 0, 4;

is(join(' ', sort keys %$tender), 'id modified status tenderID', 'members');
is($tender->{tenderID}, "UA-$year-1", 'without a name no initials');
is($tender->{status}, 'active.tendering', 'without periods no gate');
like($r->header('ETag'), qr/^"[^"]+"$/, 'a strong ETag');
is($r->header('Location'), $t->url("$path/$tender->{id}"), 'Location');
is($r->header('X-Content-Type-Options'), 'nosniff', 'nosniff');

my $got = $c->get("$path/$tender->{id}");

is($got->status, 200, 'it can be read');
is($got->body, bare($r), 'as it was answered, but for the token');
is($got->header('ETag'), $r->header('ETag'), 'with the same ETag');

my %ids = map { publish($t, {}, client => $c)->{id} => 1 } 1 .. 20;

is(keys %ids, 20, 'ids differ');
is((grep { /^[0-9a-f]{32}$/ } keys %ids), 20, 'and are 32 hex digits');


# the store

my $record = stored($t, $tender->{id});

is($record->{rev}, 1, 'revision 1');
is($record->{doc}, '{}', 'the document');
is($record->{number}, $tender->{tenderID}, 'the number');
is_deeply([revisions($t, $tender->{id})], [], 'nothing to undo');
is_deeply((events($t))[0], { op => 'create', id => $tender->{id}, rev => 1 },
          'an event');
is_deeply($t->redis('ZRANGE', '{b0}:feed', 0, 0, 'WITHSCORES'),
          ["$tender->{id}|$tender->{modified}"
           . substr($record->{us}, -3), $record->{us}], 'in the feed');


# the type of the body

for my $type (undef, 'application/json', 'application/json; charset=utf-8',
              'application/json;charset=UTF-8', 'application/json ; a=b')
{
    is(post('{"data":{}}', { 'Content-Type' => $type })->status, 201,
       'Content-Type: ' . ($type // 'none'));
}

for my $type ('text/plain', 'text/json', 'application/vnd.api+json',
              'application/jsonp', 'application/xml', 'multipart/form-data',
              'application/x-www-form-urlencoded', '', 'json',
              'text/plain; application/json')
{
    refused(post('{"data":{}}', { 'Content-Type' => $type }), 415,
            [header => 'Content-Type', 'Content-Type header should be one of '
             . "['application/json']"], "Content-Type: '$type'");
}

refused(post('no JSON', { 'Content-Type' => 'text/plain' }), 415,
        [header => 'Content-Type', 'Content-Type header should be one of '
         . "['application/json']"], 'the type is checked before the body');


# what is no JSON, and what is no envelope

my %errors = (
    ''                   => 'No JSON object could be decoded',
    ' '                  => 'No JSON object could be decoded',
    'nothing'            => 'No JSON object could be decoded',
    '[]'                 => 'Data not available',
    '"data"'             => 'Data not available',
    '5'                  => 'Data not available',
    'null'               => 'Data not available',
    '{}'                 => 'Data not available',
    '{"Data":{}}'        => 'Data not available',
    '{"data":null}'      => 'Data not available',
    '{"data":[]}'        => 'Data not available',
    '{"data":"{}"}'      => 'Data not available',
    '{"data":5}'         => 'Data not available',
);

refused(post($_), 422, [body => 'data', $errors{$_}], "body '$_'")
    for sort keys %errors;

for my $body ('{"data":{}} x', '{"data":{}}{}', '{"data":{}', '{"data":{},}',
              "{'data':{}}", '{data:{}}', '{"data":{}}' . "\0",
              "\xef\xbb\xbf" . '{"data":{}}', '{"data":{},"data":{}}',
              '{"data":{"method":"Open","method":"Open"}}',
              '{"data":{"totalValue":{"amount":NaN}}}',
              '{"data":{"totalValue":{"amount":Infinity}}}',
              '{"data":{"totalValue":{"amount":01}}}',
              '{"data":{"totalValue":{"amount":1234567890123456}}}',
              '{"data":{"totalValue":{"amount":1e400}}}',
              '{"data":{"selectionDetails":"' . "\n" . '"}}',
              '{"data":{"selectionDetails":"\u0000"}}',
              '{"data":{"selectionDetails":"\ud800"}}',
              '{"data":{"selectionDetails":"' . "\xff" . '"}}',
              '{"data":' . '[' x 64 . ']' x 64 . '}',
              '{"data":{' . join(',', map { "\"m$_\":1" } 1 .. 1001) . '}}')
{
    $r = post($body);

    my $e = eval { $r->json->{errors}[0] } || {};
    my $short = substr $body, 0, 50;

    $short =~ s/([^ -~])/sprintf '\\x%02x', ord $1/ge;

    ok($r->status == 422 && @{ $r->json->{errors} } == 1
       && $e->{location} eq 'body' && $e->{name} eq 'data',
       "refused as JSON: $short") or diag($r->status, $r->body);
}

is(post('{"data":{},"more":[1],"options":{"x":1}}')->status, 201,
   'what else is in the envelope is ignored');
is(post(" \r\n\t{ \"data\" : { } }\n ")->status, 201, 'white space');


# the model

refused(post('{"data":{"bids":[],"x":{},"totalValue":5,"procuringEntity":{},'
             . '"awards":[],"documents":[]}}'), 422,
        [body => 'x', 'Rogue field'],
        [body => 'totalValue', ['Please use a mapping for this field or '
                                . 'Value instance instead of int.']],
        [body => 'procuringEntity', { id => ['This field is required.'] }],
        'the first phase: all faults at once');

refused(post('{"data":{"x":1,"method":"Shut"}}'), 422,
        [body => 'x', 'Rogue field'],
        'the second phase does not run after faults in the first');

refused(post('{"data":{"method":"Shut","totalValue":{"amount":-1}}}'), 422,
        [body => 'method', ["Value must be one of ['Open', 'Selective', "
                            . "'Limited']."]],
        [body => 'totalValue',
         { amount => ['Float value should be greater than 0.'] }],
        'the second phase');

refused(post('{"data":{"tenderPeriod":{"endDate":"tomorrow"}}}'), 422,
        [body => 'tenderPeriod',
         { endDate => ['Could not parse tomorrow. Should be ISO8601.'] }],
        'a date');

is(post('{"data":{"tenderPeriod":{"startDate":"2030-02-01",'
        . '"endDate":"2030-01-01"}}}')->status, 422,
   'a period that ends before it begins');

refused(post('{"data":{"x\u0001<\"\u2028":1}}'), 422,
        [body => "x\x01<\"\x{2028}", 'Rogue field'],
        'a name of any characters comes back escaped');

refused(post('{"data":{"totalValue":{"amount":485.505,"currency":"UAH"}}}'),
        422,
        [body => 'totalValue',
         { amount => ['Amount has more than 2 decimal places.'] }],
        'an amount that the currency does not have');


# read-only members are ignored

$r = post('{"data":{"id":"x","tenderID":[1],"modified":{},"status":5,'
          . '"numberOfBids":"many","numberOfBidders":7}}');

is($r->status, 201, 'read-only members are no fault, whatever they are');
is(join(' ', sort keys %{ $r->json->{data} }), 'id modified status tenderID',
   'but ignored');


# numbers keep their text

for my $n ('0', '500', '1e2', '5E-1', '485.50', '0.10', '5.00',
          '999999999999999')
{
    $r = post(qq({"data":{"totalValue":{"amount":$n}}}));
    is($r->status, 201, "amount $n");
    is(member($r, 'amount'), $n, "amount $n is kept");
    is(member($c->get("$path/" . $r->json->{data}{id}), 'amount'), $n,
       "amount $n is stored");
}

$r = post('{"data":{"totalValue":{"amount":"485.50"},'
          . '"itemsToBeProcured":[{"quantity":"6"}]}}');

is(member($r, 'amount'), '485.50', 'an amount in quotes becomes a number');
is(member($r, 'quantity'), '6', 'so does a quantity');
is(member($r, 'valueAddedTaxIncluded'), 'true', 'a default');


# text keeps its characters

my $text = "Ґ\x{20ac}\x{1f600}\x{e9}e\x{301}\x{fffd}\x{2028}";

$r = post({ data => { methodJustification => $text } });
is($r->json->{data}{methodJustification}, $text, 'Unicode');
like($r->body, qr/\Q@{[Encode::encode('UTF-8', $text)]}\E/, 'as UTF-8 bytes');

$r = post('{"data":{"methodJustification":'
          . '"\u0490\u20AC\ud83d\ude00\"\\\\\/\n\r\t"}}');
is($r->json->{data}{methodJustification}, "Ґ\x{20ac}\x{1f600}\"\\/\n\r\t",
   'escapes');

refused(post(qq({"data":{"methodJustification":"$_"}})), 422,
        [body => 'methodJustification',
         ['String value holds a character that XML cannot carry.']],
        "no XML has $_")
    for '\b', '\f', '\u0001', '\u001f', '\ufffe', '\uffff';

$r = post('{"data":{"methodJustification":"</script>&\u0026"}}');
is($r->json->{data}{methodJustification}, '</script>&&', 'HTML is text');

$text = 'x' x 99_999 . "\x{1f600}";
$r = post({ data => { methodJustification => $text } });
is($r->json->{data}{methodJustification}, $text, '100000 characters');
is($c->get("$path/" . $r->json->{data}{id})->body, bare($r), 'stored');

refused(post({ data => { methodJustification => "x$text" } }), 422,
        [body => 'methodJustification', ['String value is too long.']],
        'one more is too long');

is($t->redis('ZCARD', '{b0}:feed'),
   (grep { $_->{op} eq 'create' } events($t)),
   'what was refused is nowhere');

$t->finish;
done_testing;
