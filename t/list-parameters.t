#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# What a list can be asked for, and what is refused.

use strict;
use warnings;

use Test::More;

use lib 't/lib';
use Tender::Api;
use Tender::Test;


my $t = Tender::Test->new;
my $c = $t->client;
my $path = '/api/0.1/tenders';
my $soon = date_in(3600) . 'Z';
my $late = date_in(7200) . 'Z';

my @made = (
    publish($t, { method => 'Open',
                  totalValue => { amount => 5, currency => 'UAH' } }),
    publish($t, { tenderPeriod => { endDate => $late },
                  clarificationPeriod => { endDate => $soon } }),
    publish($t, '{"data":{"totalValue":{"amount":485.50},'
                . '"selectionDetails":"тендер"}}'),
    publish($t, { tenderPeriod => { startDate => $soon,
                                    endDate => $late } }),
);


sub ids { [map { $_->{id} } @{ $_[0]->json->{data} }] }


# opt_fields

my $r = $c->get("$path?opt_fields=status,method");

is_deeply($r->json->{data}, [map { my $m = $_; +{
    map { $_ => $m->{$_} } grep { exists $m->{$_} }
        qw(id modified status method),
} } @made], 'opt_fields: those, and id and modified');

is($r->json->{next_page}{path} =~ s/offset=\w+&//r,
   "$path?opt_fields=status%2Cmethod", 'the next page has them, too');

$r = $c->get("$path?opt_fields=totalValue%2CtenderID");
is_deeply([map { $_->{totalValue}{amount} } @{ $r->json->{data} }],
          [5, undef, 485.5, undef], 'an object');
like($r->body, qr/"amount":485\.50[,}]/, 'a number as it was written');
is($r->json->{data}[0]{tenderID}, $made[0]{tenderID}, 'the tenderID');
is(join(' ', sort keys %{ $r->json->{data}[1] }), 'id modified tenderID',
   'what a tender has not is left out');

for my $fields ('nothing', 'bids,awards', ',', 'owner,own,rev,doc,head',
                'id,id,modified', ' ', 'x' x 3000, '%D1%82', '*', 'status.x')
{
    $r = $c->get("$path?opt_fields=" . $fields =~ s/ /+/r);
    is_deeply($r->json->{data},
              [map { { id => $_->{id}, modified => $_->{modified} } } @made],
              'opt_fields without a known one: ' . substr $fields, 0, 30);
}

is_deeply($c->get("$path?opt_fields=")->json->{data},
          $c->get($path)->json->{data}, 'opt_fields without a name');
is_deeply($c->get("$path?opt_fields=status,status,nothing,,status")
          ->json->{data}[0],
          { id => $made[0]{id}, modified => $made[0]{modified},
            status => 'active.tendering' }, 'a name twice is once');
like($c->get("$path?opt_fields=selectionDetails&opt_pretty=1")->body,
     qr/\n {12}"selectionDetails": "\xd1\x82/, 'with opt_pretty');

$r = $c->get("$path?limit=2&opt_fields=a%26b%3Dc%22%2B%C3%A9");
is($r->json->{next_page}{path} =~ s/offset=\w+&//r,
   "$path?limit=2&opt_fields=a%26b%3Dc%22%2B%C3%A9", 'escaped again');


# status

is_deeply(ids($c->get("$path?status=active.tendering")),
          [$made[0]{id}, $made[2]{id}], 'status');
is_deeply(ids($c->get("$path?status=active.enquiries")),
          [$made[1]{id}, $made[3]{id}], 'another one');
is_deeply(ids($c->get("$path?status=active.enquiries&descending=1")),
          [$made[3]{id}, $made[1]{id}], 'descending');
is_deeply(ids($c->get("$path?status=$_")), [], "none is $_")
    for qw(active.auction active.qualification active.awarded complete
           unsuccessful cancelled);

$r = $c->get("$path?status=active.tendering&limit=1");
is_deeply(ids($r), [$made[0]{id}], 'status, the first page');
like($r->json->{next_page}{path}, qr/&status=active\.tendering$/,
     'the next page keeps it');
$r = $c->get($r->json->{next_page}{path});
is_deeply(ids($r), [$made[2]{id}], 'the second page');
is_deeply(ids($c->get($r->json->{prev_page}{path})), [$made[0]{id}],
          'and back');
$r = $c->get($r->json->{next_page}{path});
is_deeply(ids($r), [], 'the third page');

my $end = $r->json->{next_page}{path};

$c->patch("$path/$made[1]{id}", '{"data":{"clarificationPeriod":null}}');
is_deeply(ids($c->get($end)), [$made[1]{id}],
          'a tender that has come to that status');
is_deeply(ids($c->get("$path?status=active.enquiries")), [$made[3]{id}],
          'is not of the old one');
is_deeply($c->get("$path?status=active.tendering&opt_fields=status")
          ->json->{data}[2]{status}, 'active.tendering', 'with opt_fields');


# descending: any value but none

is_deeply(ids($c->get("$path?descending=$_")),
          [reverse @{ ids($c->get($path)) }], "descending=$_")
    for 1, 'true', 'x';
is_deeply(ids($c->get("$path?$_")), ids($c->get($path)), $_)
    for 'descending', 'descending=';


# limits

for my $limit (0, -1, 1001, 'x', '', '1x', '+1', '%2B1', '1.0', '0x10', '1e1',
               '99999999999999999999999', '%D9%A1', ' 1')
{
    refused($c->get("$path?limit=" . $limit =~ s/ /%20/r), 400,
            [params => 'limit', 'limit should be a number from 1 to 1000'],
            "limit=$limit");
}

is(@{ ids($c->get("$path?limit=$_")) }, $_ < 4 ? $_ : 4, "limit=$_")
    for 1, 3, 4, 5, 999, 1000;


# offsets

my $offset  = $c->get($path)->json->{next_page}{offset};
my $invalid = [params => 'offset', 'Offset expired/invalid'];

is($c->get("$path?offset=$offset")->status, 200, 'an offset');

for my $bad ('', 0, 'x', '2014-10-27T08:06:58.158Z', substr($offset, 0, -1),
             "${offset}0", substr($offset, 1), $offset x 2, '%D1%82', '*',
             'v' x length $offset, '0' x length $offset, 'x' x 2000)
{
    refused($c->get("$path?offset=$bad"), 404, $invalid,
            'offset=' . substr $bad, 0, 40);
}

my $accepted = 0;

for my $i (0 .. length($offset) - 1) {
    my $bad = $offset;
    my $ch  = substr $bad, $i, 1;

    substr $bad, $i, 1, $ch eq 'a' ? 'b' : 'a';
    $accepted++ if $c->get("$path?offset=$bad")->status != 404;
}

is($accepted, 0, 'an offset with any character changed is refused');

my $other = Tender::Test->new(redis_args => 'buckets=4');

refused($other->get("$path?offset=$offset"), 404, $invalid,
        'an offset of a store of another shape');
$other->finish;


# statuses

refused($c->get("$path?status=$_"), 400, [params => 'status',
        "Value must be one of ['active.enquiries', 'active.tendering', "
        . "'active.auction', 'active.qualification', 'active.awarded', "
        . "'complete', 'unsuccessful', 'cancelled']."], "status=$_")
    for '', 'active', 'Active.tendering', 'active.tendering%20', 'x',
        'active.tendering%2Ccomplete', '%D1%82';


# the query as such

for my $case (
    [ 'limit=1&limit=1',      'limit',      'Duplicate parameter' ],
    [ 'x=1&x=2',              'x',          'Duplicate parameter' ],
    [ 'limit=1&%6cimit=2',    'limit',      'Duplicate parameter' ],
    [ 'offset=%zz',           'query',      'Invalid percent escape' ],
    [ 'offset=%',             'query',      'Invalid percent escape' ],
    [ 'offset=%4',            'query',      'Invalid percent escape' ],
    [ '%zz=1',                'query',      'Invalid percent escape' ],
    [ 'x=%ff',                'query',      'Invalid UTF-8' ],
    [ 'x=%c0%80',             'query',      'Invalid UTF-8' ],
    [ 'x=%ed%a0%80',          'query',      'Invalid UTF-8' ],
    [ '%ff=1',                'query',      'Invalid UTF-8' ],
) {
    my ($query, $name, $text) = @$case;

    refused($c->get("$path?$query"), 400, [url => $name, $text],
            "query $query");
}

is($c->get("$path?" . join '&', map { "x$_=" } 1 .. 64)->status, 200,
   '64 parameters');
is($c->get("$path?" . join '&', map { "x$_=" } 1 .. 65)->status, 400,
   '65 parameters');
is($c->get("$path?x=%00")->status, 400, 'a zero');

is_deeply(ids($c->get("$path?$_")), ids($c->get($path)), "query '$_'")
    for '', '&', '&&x=1&', 'x', 'x=', 'Limit=1', 'limits=1', '=', 'x=a=b',
        'opt=1', '%D1%82=%D1%82', 'x=+%2B+';

is(@{ ids($c->get("$path?%6Cimit=%31")) }, 1, 'escapes in a name and a value');


# the host of the links

is($c->get("$path?limit=1", { Host => 'tenders.example.org:8080' })
   ->json->{next_page}{uri} =~ s/\?.*//r,
   "http://tenders.example.org:8080$path", 'the links are on the host asked');

$t->finish;
done_testing;
