#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# The examples that the original's documentation prints, byte for byte; only
# the line ends and the length of a body, which HTTP needs, are added.

use strict;
use warnings;

use Test::More;

use lib 't/lib';
use Tender::Api;
use Tender::Test;


my $ONE = '64e93250be76435397e8c992ed4214d1';
my $TWO = '4879d3f8ee2443169b5fbbc9f89fa607';

my $CREATE = <<'END';
POST /tenders HTTP/1.1
Host: example.com
Accept: application/json

{
    "data": {
        "procuringEntity": {
            "id": {
                "name": "Державне управління справами",
                "scheme": "https://ns.openprocurement.org/ua/edrpou",
                "uid": "00037256",
                "uri": "http://www.dus.gov.ua/"
            },
            "address": {
                "countryName": "Україна",
                "postalCode": "01220",
                "region": "м. Київ",
                "locality": "м. Київ",
                "streetAddress": "вул. Банкова, 11, корпус 1"
            }
        },
        "totalValue": {
            "amount": 500,
            "currency": "UAH",
            "valueAddedTaxIncluded": true
        },
        "itemsToBeProcured": [
            {
                "description": "футляри до державних нагород",
                "primaryClassification": {
                    "scheme": "CPV",
                    "id": "44617100-9",
                    "description": "Cartons"
                },
                "additionalClassification": [
                    {
                        "scheme": "ДКПП",
                        "id": "17.21.1",
                        "description": "папір і картон гофровані, \
паперова й картонна тара"
                    }
                ],
                "unitOfMeasure": "item",
                "quantity": 5
            }
        ],
        "clarificationPeriod": {
            "endDate": "2014-10-31T00:00:00"
        },
        "tenderPeriod": {
            "endDate": "2014-11-06T10:00:00"
        },
        "awardPeriod": {
            "endDate": "2014-11-13T00:00:00"
        }
    }
}
END

# one line of it is too long for here

$CREATE =~ s/\\\n//;

my $LIST = <<'END';
GET /tenders HTTP/1.1
Host: example.com
Accept: application/json

END

my $READ = <<"END";
GET /tenders/$ONE HTTP/1.1
Host: example.com
Accept: application/json

END

my $PATCH = <<"END";
PATCH /tenders/$TWO HTTP/1.1
Host: example.com
Accept: application/json

{
    "data": {
        "totalValue": {
            "amount": 600
        },
        "itemsToBeProcured": [
            {
                "quantity": 6
            }
        ]
    }
}
END


my $t = Tender::Test->new(location => <<'END');
        tender_anonymous write; tender_ownership off;

        location / { tender_api 0.1; }
        location /api/0.1/ { tender_api 0.1; }
END


# sends an example, with more header lines

sub example {
    my ($text, @more) = @_;

    my ($head, $body) = split /\n\n/, $text, 2;

    $head .= "\nContent-Length: " . length $body if length $body;
    $head = join "\n", $head, @more, '', '';
    $head =~ s/\n/\r\n/g;

    my $c = $t->client;

    $c->send($head . $body);

    return $c->receive(split / /, $text);
}


# POST

my ($sent) = $CREATE =~ /\n\n(.*)/s;
my $data   = JSON::PP->new->utf8->decode($sent)->{data};

my $r = example($CREATE);

is($r->status, 201, 'POST as printed');

my $tender = $r->json->{data};
my $year   = substr $tender->{modified}, 0, 4;

like($tender->{id}, qr/^[0-9a-f]{32}$/, 'id');
is($tender->{tenderID}, "UA-$year-DUS-1", 'tenderID');
like($tender->{modified}, qr/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/,
     'modified');
is($tender->{status}, 'active.tendering', 'status: its periods are over');
is($r->header('Location'), "http://example.com/tenders/$tender->{id}",
   'Location');
like($r->header('Content-Type'), qr{^application/json\b}, 'Content-Type');

my %rest = %$tender;

delete @rest{qw(id tenderID modified status)};
is_deeply(\%rest, $data, 'all that was sent');

(my $flat = $sent) =~ s/\s*\n\s*//g;
$flat =~ s/": /":/g;
$flat =~ s/^\{"data":\{(.*)\}\}$/$1/s;

is(bare($r),
   qq({"data":{"id":"$tender->{id}","tenderID":"$tender->{tenderID}",)
   . qq("modified":"$tender->{modified}","status":"active.tendering",)
   . "$flat}}", 'in the order and the letters in which it was sent');

(my $prefixed = $CREATE) =~ s{ /tenders}{ /api/0.1/tenders};
$prefixed =~ s/example\.com/localhost/;

$r = example($prefixed);
is($r->status, 201, 'POST below /api/0.1');
is($r->header('Location'),
   'http://localhost/api/0.1/tenders/' . $r->json->{data}{id},
   'Location has the host and the prefix of the request');
is($r->json->{data}{tenderID}, "UA-$year-DUS-2", 'the next tenderID');


# the store as the documentation has it: two tenders of 2014

my $doc = stored($t, $tender->{id})->{doc};

$t->redis('FLUSHDB');
$t->redis('HSET', "{b0}:tender:$ONE", 'doc', $doc,
          head => '1 1414397218158000 active.tendering UA-2014-DUS-156',
          own => '1414397218158000 anonymous 0 0 0');
$t->redis('ZADD', '{b0}:feed', '1414397218158000',
          "$ONE|2014-10-27T08:06:58.158Z000");


# GET

$r = example($READ);
is($r->status, 200, 'GET of a tender as printed');
is_deeply($r->json, { data => {
    %$data, id => $ONE, tenderID => 'UA-2014-DUS-156',
    modified => '2014-10-27T08:06:58.158Z', status => 'active.tendering',
} }, 'the tender as printed, and its status');

$r = example($LIST);
is($r->status, 200, 'GET of the list as printed');
is_deeply($r->json->{data},
          [{ id => $ONE, modified => '2014-10-27T08:06:58.158Z' }],
          'the list as printed');


# PATCH

$t->redis('RENAME', "{b0}:tender:$ONE", "{b0}:tender:$TWO");

$r = example($PATCH);
is($r->status, 200, 'PATCH as printed');

$data->{totalValue}{amount} = 600;
$data->{itemsToBeProcured}[0]{quantity} = 6;

$tender = $r->json->{data};
cmp_ok($tender->{modified}, 'gt', '2014-10-27T08:06:58.158Z',
       'modified moves');
is_deeply($tender, {
    %$data, id => $TWO, tenderID => 'UA-2014-DUS-156',
    modified => $tender->{modified}, status => 'active.tendering',
}, 'the whole tender, with what was changed');

$PATCH =~ s/600/601/;
$PATCH =~ s/"quantity": 6/"quantity": 7/;

$r = example($PATCH, 'Prefer: return=minimal');
is($r->status, 200, 'PATCH as printed, for an answer as printed');
is($r->header('Preference-Applied'), 'return=minimal', 'Preference-Applied');
is($r->body, qq({"data":{"id":"$TWO","tenderID":"UA-2014-DUS-156",)
   . '"modified":"' . $r->json->{data}{modified} . '",'
   . '"totalValue":{"amount":601},"itemsToBeProcured":[{"quantity":7}]}}',
   'the answer as printed');

$t->finish;
done_testing;
