#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# PATCH /tenders/{id}: merging, what it answers, what it refuses.

use strict;
use warnings;

use JSON::PP ();
use Test::More;

use lib 't/lib';
use Tender::Api;
use Tender::Test;


my $t = Tender::Test->new;
my $c = $t->client;
my $path = '/api/0.1/tenders';
my $true = JSON::PP::true;


# a tender's own members

sub rest {
    my ($r) = @_;

    my %rest = %{ $r->json->{data} };

    delete @rest{qw(id tenderID modified status)};

    return \%rest;
}


# before, patch, after; all as JSON text of "data"

my @table = (
    [ 'a member is added',
      '{}', '{"method":"Open"}', '{"method":"Open"}' ],
    [ 'a member is replaced',
      '{"method":"Open"}', '{"method":"Limited"}', '{"method":"Limited"}' ],
    [ 'what is not sent is kept',
      '{"method":"Open","selectionDetails":"s"}', '{"method":"Limited"}',
      '{"method":"Limited","selectionDetails":"s"}' ],
    [ 'null removes',
      '{"method":"Open","selectionDetails":"s"}', '{"method":null}',
      '{"selectionDetails":"s"}' ],
    [ 'null of nothing',
      '{"method":"Open"}', '{"notice":null}', undef ],
    [ 'an empty text is a value',
      '{"selectionDetails":"s"}', '{"selectionDetails":""}',
      '{"selectionDetails":""}' ],
    [ 'an object is merged',
      '{"notice":{"id":"1","isAmendment":true}}', '{"notice":{"id":"2"}}',
      '{"notice":{"id":"2","isAmendment":true}}' ],
    [ 'an object two levels down',
      '{"procuringEntity":{"id":{"name":"n","uid":"1"},'
      . '"address":{"region":"r"}}}',
      '{"procuringEntity":{"id":{"uid":"2"}}}',
      '{"procuringEntity":{"id":{"name":"n","uid":"2"},'
      . '"address":{"region":"r"}}}' ],
    [ 'null in an object',
      '{"procuringEntity":{"id":{"name":"n","uid":"1"}}}',
      '{"procuringEntity":{"id":{"uid":null}}}',
      '{"procuringEntity":{"id":{"name":"n"}}}' ],
    [ 'null for an object',
      '{"tenderPeriod":{"endDate":"2014-01-01"},"method":"Open"}',
      '{"tenderPeriod":null}', '{"method":"Open"}' ],
    [ 'an empty object changes nothing',
      '{"notice":{"id":"1"}}', '{"notice":{}}', undef ],
    [ 'a default is set again',
      '{"totalValue":{"amount":1,"valueAddedTaxIncluded":false}}',
      '{"totalValue":{"valueAddedTaxIncluded":null}}',
      '{"totalValue":{"amount":1,"valueAddedTaxIncluded":true}}' ],
    [ 'no default comes back over a value',
      '{"totalValue":{"amount":1,"valueAddedTaxIncluded":false}}',
      '{"totalValue":{"amount":2}}',
      '{"totalValue":{"amount":2,"valueAddedTaxIncluded":false}}' ],
    [ 'an element of a list by its place',
      '{"itemsToBeProcured":[{"quantity":1,"unitOfMeasure":"kg"},'
      . '{"quantity":2}]}',
      '{"itemsToBeProcured":[{"quantity":5},{}]}',
      '{"itemsToBeProcured":[{"quantity":5,"unitOfMeasure":"kg"},'
      . '{"quantity":2}]}' ],
    [ '{} keeps an element',
      '{"itemsToBeProcured":[{"quantity":1},{"quantity":2}]}',
      '{"itemsToBeProcured":[{},{"quantity":3}]}',
      '{"itemsToBeProcured":[{"quantity":1},{"quantity":3}]}' ],
    [ 'a longer list appends',
      '{"itemsToBeProcured":[{"quantity":1}]}',
      '{"itemsToBeProcured":[{},{"quantity":2},{"quantity":3}]}',
      '{"itemsToBeProcured":[{"quantity":1},{"quantity":2},'
      . '{"quantity":3}]}' ],
    [ 'a shorter list truncates',
      '{"itemsToBeProcured":[{"quantity":1},{"quantity":2},'
      . '{"quantity":3}]}',
      '{"itemsToBeProcured":[{}]}', '{"itemsToBeProcured":[{"quantity":1}]}' ],
    [ 'an empty list empties',
      '{"itemsToBeProcured":[{"quantity":1}],"method":"Open"}',
      '{"itemsToBeProcured":[]}', '{"itemsToBeProcured":[],"method":"Open"}' ],
    [ 'null for a list',
      '{"itemsToBeProcured":[{"quantity":1}],"method":"Open"}',
      '{"itemsToBeProcured":null}', '{"method":"Open"}' ],
    [ 'as many {} as there are elements',
      '{"itemsToBeProcured":[{"quantity":1},{"quantity":2}]}',
      '{"itemsToBeProcured":[{},{}]}', undef ],
    [ 'null in an element',
      '{"itemsToBeProcured":[{"quantity":1,"unitOfMeasure":"kg"}]}',
      '{"itemsToBeProcured":[{"unitOfMeasure":null}]}',
      '{"itemsToBeProcured":[{"quantity":1}]}' ],
    [ 'a list in an element',
      '{"itemsToBeProcured":[{"additionalClassification":['
      . '{"scheme":"a","id":"1","description":"x"}]}]}',
      '{"itemsToBeProcured":[{"additionalClassification":['
      . '{"id":"2"},{"scheme":"b","id":"3","description":"y"}]}]}',
      '{"itemsToBeProcured":[{"additionalClassification":['
      . '{"scheme":"a","id":"2","description":"x"},'
      . '{"scheme":"b","id":"3","description":"y"}]}]}' ],
    [ 'read-only members are ignored',
      '{"method":"Open"}',
      '{"id":"x","tenderID":"x","modified":"x","awards":[{}],'
      . '"numberOfBids":3,"numberOfBidders":3}', undef ],
    [ 'null for a read-only member is ignored',
      '{"method":"Open"}', '{"tenderID":null,"status":null}', undef ],
    [ 'nothing', '{"method":"Open"}', '{}', undef ],
    [ 'what is there already',
      '{"method":"Open","totalValue":{"amount":5}}',
      '{"totalValue":{"amount":5},"method":"Open"}', undef ],
    [ 'what is there already, in another order',
      '{"notice":{"id":"1","isAmendment":true}}',
      '{"notice":{"isAmendment":true,"id":"1"}}', undef ],
);

for my $case (@table) {
    my ($name, $before, $patch, $after) = @$case;

    my $first = $c->post($path, qq({"data":$before}));
    my $url   = "$path/" . $first->json->{data}{id};
    my $r     = $c->patch($url, qq({"data":$patch}));

    is($r->status, 200, "$name: 200") or diag($r->body);

    if (defined $after) {
        is_deeply(rest($r), wanted($after), "$name: the result");
        isnt($r->header('ETag'), $first->header('ETag'), "$name: a new ETag");

    } else {
        is($r->body, bare($first), "$name: nothing moves");
        is($r->header('ETag'), $first->header('ETag'), "$name: the same ETag");
    }

    is($c->get($url)->body, $r->body, "$name: it is stored");
}


# a default of the model is part of what is wanted

sub wanted {
    my $data = JSON::PP->new->decode($_[0]);

    $data->{totalValue}{valueAddedTaxIncluded} //= $true
        if $data->{totalValue};

    return $data;
}


# what is recorded

my $tender = publish($t, { method => 'Open' });
my $id     = $tender->{id};
my $events = events($t);
my $feed   = $t->redis('ZCARD', '{b0}:feed');
my $first  = stored($t, $id);

$c->patch("$path/$id", $_)
    for '{"data":{}}', '{"data":{"method":"Open"}}', '{"data":{"id":"x"}}';

is_deeply(stored($t, $id), $first, 'no change, no revision');
is_deeply([revisions($t, $id)], [], 'nothing to undo');
is(events($t), $events, 'no event');

my $r = $c->patch("$path/$id", { data => { method => 'Limited' } });
my $second = stored($t, $id);

is($second->{rev}, 2, 'a change: revision 2');
cmp_ok($second->{us}, '>', $first->{us}, 'a later date');
is($second->{number}, $first->{number}, 'the same tenderID');
is($second->{doc}, '{"method":"Limited"}', 'the document');
is((events($t))[-1]{op}, 'update', 'an event');
is((events($t))[-1]{rev}, 2, 'of the revision');
is($t->redis('ZCARD', '{b0}:feed'), $feed, 'one entry in the feed');
is($t->redis('ZRANGE', '{b0}:feed', -1, -1)->[0],
   "$id|" . $r->json->{data}{modified} . substr($second->{us}, -3),
   'that is the newest');


# Prefer: return=minimal

sub minimal {
    my ($data, $prefer) = @_;

    return $c->patch("$path/$id", qq({"data":$data}),
                     { Prefer => $prefer // 'return=minimal' });
}

for my $prefer ('return=minimal', 'Return=Minimal', 'return=minimal; x=1',
                'respond-async, return=minimal', 'return=minimal,wait=10')
{
    $r = minimal('{"method":"Open"}', $prefer);
    is($r->body, qq({"data":{"id":"$id","tenderID":"$tender->{tenderID}",)
       . '"modified":"' . $r->json->{data}{modified}
       . '","method":"Open"}}', "Prefer: $prefer");
    is($r->header('Preference-Applied'), 'return=minimal',
       "Preference-Applied for $prefer");
}

for my $prefer ('return=representation', 'return=minimalistic', 'minimal',
                'xreturn=minimal', 'return')
{
    $r = minimal('{"method":"Open"}', $prefer);
    is($r->json->{data}{status}, 'active.tendering',
       "Prefer: $prefer gives the whole tender");
    is($r->header('Preference-Applied'), undef,
       "no Preference-Applied for $prefer");
}

$r = minimal('{"totalValue":{"amount":5.10},"itemsToBeProcured":[{},{}],'
             . '"method":null,"tenderID":"x","bids":[]}');
is($r->body, qq({"data":{"id":"$id","tenderID":"$tender->{tenderID}",)
   . '"modified":"' . $r->json->{data}{modified}
   . '","totalValue":{"amount":5.10},"itemsToBeProcured":[{},{}],'
   . '"method":null}}', 'what was sent, in its order, no read-only member');

my $whole = $c->get("$path/$id");

is($r->header('ETag'), $whole->header('ETag'), 'the ETag of the tender');

$r = minimal('{}');
is(join(' ', sort keys %{ $r->json->{data} }), 'id modified tenderID',
   'of nothing sent');
is($r->header('ETag'), $whole->header('ETag'), 'which changes nothing');

is($c->put("$path/$id", '{"data":{"method":"Open"}}',
           { Prefer => 'return=minimal' })->header('Preference-Applied'),
   undef, 'PUT gives the whole tender');


# refusals: nothing of them is stored

$whole = $c->get("$path/$id")->body;

refused($c->patch("$path/$id", '{"data":{"method":"Limited","x":1}}'), 422,
        [body => 'x', 'Rogue field'], 'a rogue field');
refused($c->patch("$path/$id", '{"data":{"x":null}}'), 422,
        [body => 'x', 'Rogue field'], 'null for a rogue field');
refused($c->patch("$path/$id", qq({"data":{"status":"$_"}})), 403,
        [body => 'data', "Can't update tender status"], "status $_")
    for qw(active.auction active.enquiries canceled x);
refused($c->patch("$path/$id", '{"data":{"status":"complete"}}'), 403,
        [body => 'data', "Can't complete tender in current "
                         . '(active.tendering) tender status'],
        'complete before an award');
refused($c->patch("$path/$id", '{"data":{"method":"Shut"}}'), 422,
        [body => 'method', ["Value must be one of ['Open', 'Selective', "
                            . "'Limited']."]], 'a choice that is none');
refused($c->patch("$path/$id", '{"data":{"itemsToBeProcured":{}}}'), 422,
        [body => 'itemsToBeProcured',
         ['Please provide a list of values for this field.']],
        'an object for a list');
refused($c->patch("$path/$id",
                  '{"data":{"procuringEntity":{"address":{}}}}'), 422,
        [body => 'procuringEntity', { id => ['This field is required.'] }],
        'a part of what was not there, and is not complete');

$c->patch("$path/$id", '{"data":{"procuringEntity":{"id":{"name":"n"}}}}');
$whole = $c->get("$path/$id")->body;

refused($c->patch("$path/$id",
                  '{"data":{"procuringEntity":{"id":{"name":null}}}}'), 422,
        [body => 'procuringEntity',
         { id => { name => ['This field is required.'] } }],
        'null for a required member');
refused($c->patch("$path/$id", '{"data":'), 422,
        [body => 'data', 'Expecting object: line 1 column 9 (char 8)'],
        'half a body');
refused($c->patch("$path/$id", '{"data":{}}',
                  { 'Content-Type' => 'application/merge-patch+json' }), 415,
        [header => 'Content-Type', 'Content-Type header should be one of '
         . "['application/json']"], 'a merge patch');
is($c->get("$path/$id")->body, $whole, 'nothing was changed by these');


# the order of checks: type, body, tender

for my $raw ('0' x 32, 'f' x 31, uc $id, 'x', "$id.", '..;') {
    my $bad = '{"data":{"x":1}}';

    refused($c->patch("$path/$raw", $bad, { 'Content-Type' => 'a/b' }), 415,
            [header => 'Content-Type', 'Content-Type header should be one of '
             . "['application/json']"], "PATCH of $raw: the type first");
    refused($c->patch("$path/$raw", $bad), 422, [body => 'x', 'Rogue field'],
            "PATCH of $raw: then the body");
    refused($c->patch("$path/$raw", '{"data":{}}'), 404,
            [url => 'id', 'Not Found'], "PATCH of $raw: then the tender");
    refused($c->put("$path/$raw", '{"data":{}}'), 404,
            [url => 'id', 'Not Found'], "PUT of $raw");
    refused($c->get("$path/$raw"), 404, [url => 'id', 'Not Found'],
            "GET of $raw");
}

$t->finish;
done_testing;
