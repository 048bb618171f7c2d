#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# PUT /tenders/{id} replaces what a client may set.

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

my $tender = publish($t, {
    method => 'Open', selectionDetails => 's',
    totalValue => { amount => 5, currency => 'UAH' },
    procuringEntity => { id => { name => 'Alpha Beta' } },
});
my $url   = "$path/$tender->{id}";
my $first = stored($t, $tender->{id});


# another document under the same id, tenderID and status

my $r = $c->put($url, '{"data":{"submissionDetails":"by hand",'
                      . '"totalValue":{"amount":7.00}}}');

is($r->status, 200, 'PUT');
is($r->body, qq({"data":{"id":"$tender->{id}",)
   . qq("tenderID":"$tender->{tenderID}","modified":")
   . $r->json->{data}{modified} . '","status":"active.tendering",'
   . '"submissionDetails":"by hand","totalValue":{"amount":7.00,'
   . '"valueAddedTaxIncluded":true}}}', 'what was not sent is gone');
is($c->get($url)->body, $r->body, 'it is stored');
is($c->get($url)->header('ETag'), $r->header('ETag'), 'under this ETag');
like($tender->{tenderID}, qr/-AB-1$/, 'the tenderID had initials');

my $second = stored($t, $tender->{id});

is($second->{rev}, 2, 'revision 2');
cmp_ok($second->{us}, '>', $first->{us}, 'modified moves');
is(revisions($t, $tender->{id}), 1, 'that can be undone');
is_deeply((events($t))[-1],
          { op => 'update', id => $tender->{id}, rev => 2 }, 'an event');


# nothing new

for my $same ('{"submissionDetails":"by hand","totalValue":{"amount":7.00}}',
              '{"totalValue":{"valueAddedTaxIncluded":true,"amount":7.00},'
              . '"submissionDetails":"by hand","id":"x","tenderID":"y",'
              . '"modified":"z","status":"complete","numberOfBids":5,'
              . '"method":null}')
{
    my $again = $c->put($url, qq({"data":$same}));

    is($again->status, 200, 'PUT of what is there');
    is($again->header('ETag'), $r->header('ETag'), 'keeps the ETag');
    is_deeply(stored($t, $tender->{id}), $second, 'and the revision');
}

is(events($t), 2, 'no event of it');


# the smallest

$r = $c->put($url, '{"data":{}}');
is(join(' ', sort keys %{ $r->json->{data} }), 'id modified status tenderID',
   'PUT of {} leaves what the server sets');
is(stored($t, $tender->{id})->{doc}, '{}', 'an empty document');
is(stored($t, $tender->{id})->{rev}, 3, 'revision 3');


# refusals

refused($c->put($url, '{"data":{"x":1}}'), 422, [body => 'x', 'Rogue field'],
        'a rogue field');
refused($c->put($url, '{"data":{"procuringEntity":{"id":{}}}}'), 422,
        [body => 'procuringEntity',
         { id => { name => ['This field is required.'] } }],
        'a required member');
refused($c->put($url, '{}'), 422, [body => 'data', 'Data not available'],
        'no data');
refused($c->put($url, ''), 422,
        [body => 'data', 'No JSON object could be decoded'], 'no body');
refused($c->put($url, '{"data":{}}', { 'Content-Type' => 'text/xml' }), 415,
        [header => 'Content-Type', 'Content-Type header should be one of '
         . "['application/json']"], 'XML');
refused($c->put("$path/" . '1' x 32, '{"data":{}}'), 404,
        [url => 'id', 'Not Found'], 'PUT makes no tender');
is($t->redis('EXISTS', '{b0}:tender:' . '1' x 32), 0, 'none at all');
is(stored($t, $tender->{id})->{rev}, 3, 'nothing was changed by these');

is($c->put($url, '{"data":{}}', { 'Content-Type' => undef })->status, 200,
   'no Content-Type is JSON');

$t->finish;
done_testing;
