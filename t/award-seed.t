#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# The examples of bids, auction and awards that the original's documentation
# prints, in sequence, at a tender of 2014: created, two bids, the auction is
# read and reported, an award is made.

use strict;
use warnings;

use JSON::PP ();
use Test::More;

use lib 't/lib';
use Tender::Api;
use Tender::Award;
use Tender::Test;


my $ID   = '4879d3f8ee2443169b5fbbc9f89fa607';
my $json = JSON::PP->new->utf8;

my $COMPANY = <<'END';
            {
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
            }
END

my $BID = <<"END";
POST /tenders/$ID/bidders HTTP/1.1
Host: example.com
Accept: application/json

{
    "data": {
        "bidders": [
$COMPANY        ],
        "totalValue": {
            "amount": 489,
            "currency": "UAH",
            "valueAddedTaxIncluded": true
        }
    }
}
END

my $AUCTION = <<"END";
GET /tenders/$ID/auction HTTP/1.1
Host: example.com
Accept: application/json

END

my $AUCTION_IS = <<'END';
{
    "data": {
        "modified": "2014-10-27T08:06:58.158Z",
        "bids": [
            {
                "amount": 500,
                "currency": "UAH"
            },
            {
                "amount": 485,
                "currency": "UAH"
            }
        ],
        "minimalStep":{
            "amount": 35,
            "currency": "UAH"
        },
        "period":{
            "startDate": "2014-11-06T12:00:00"
        }
    }
}
END

my $REPORT = <<"END";
PATCH /tenders/$ID/auction HTTP/1.1
Host: example.com
Accept: application/json

{
    "data": {
        "modified": "2014-10-27T08:06:58.158Z",
        "bids": [
            {
                "amount": 400,
                "currency": "UAH"
            },
            {
                "amount": 385,
                "currency": "UAH"
            }
        ]
    }
}
END

# it is printed with the address of bids

my $AWARD = <<"END";
POST /tenders/$ID/bidders HTTP/1.1
Host: example.com
Accept: application/json

{
    "data": {
        "awardStatus": "active",
        "suppliers": [
$COMPANY        ],
        "awardValue": {
            "amount": 489,
            "currency": "UAH",
            "valueAddedTaxIncluded": true
        }
    }
}
END


my $t = Tender::Test->new(location => <<'END');
        location / {
            tender_api 0.1;
            tender_anonymous write;
            tender_ownership off;
        }
END

my $one = tender($t, {
    totalValue => { amount => 500, currency => 'UAH',
                    valueAddedTaxIncluded => JSON::PP::true },
    clarificationPeriod => { endDate => '2014-10-31T00:00:00' },
    tenderPeriod  => { endDate => '2014-11-06T10:00:00' },
    auctionPeriod => { startDate => '2014-11-06T12:00:00' },
    awardPeriod   => { endDate => '2014-11-13T00:00:00' },
}, '/tenders');


# sends an example to the tender

sub example {
    my ($text) = @_;

    $text =~ s/$ID/$one->{id}/;

    my ($head, $body) = split /\n\n/, $text, 2;

    $head .= "\nContent-Length: " . length $body if length $body;
    $head .= "\n\n";
    $head =~ s/\n/\r\n/g;

    my $c = $t->client;

    $c->send($head . $body);

    return $c->receive(split / /, $text);
}


sub sent { $json->decode((split /\n\n/, $_[0], 2)[1])->{data} }


# two bids

my @bid;

for my $amount (489, 500, 485) {
    my $text = $BID =~ s/489/$amount/r;
    my $r    = example($text);

    is($r->status, 201, "a bid of $amount");

    my $data = $r->json->{data};

    like($r->header('Location'),
         qr{^http://example\.com/tenders/$one->{id}/bidders/$data->{id}$},
         'Location');
    is_deeply($data, { %{ sent($text) }, id => $data->{id},
                       date => $data->{date}, status => 'registration' },
              'as printed');
    push @bid, $data;
}

is($t->delete("$one->{path}/bidders/$bid[0]{id}")->status, 200,
   'the first was an example');
shift @bid;


# the auction is read

my $r = example($AUCTION);

is($r->status, 200, 'the auction is read');

my $view = $r->json->{data};

is(delete $view->{modified},
   $t->get($one->{path})->json->{data}{modified}, 'modified');
is_deeply([map { [delete @$_{qw(id date)}] } @{ $view->{bids} }],
          [map { [@$_{qw(id date)}] } @bid], 'bids have ids and dates');
is(delete $view->{status}, 'active.tendering', 'it has a status');

my $printed = $json->decode($AUCTION_IS)->{data};

delete $printed->{modified};
is_deeply($view, $printed, 'all else as printed');


# and reported

$r = example($REPORT);
is($r->status, 200, 'the auction is reported, without ids');

$view = $r->json->{data};

is(delete $view->{modified},
   $t->get($one->{path})->json->{data}{modified}, 'modified');
is_deeply([map { [delete @$_{qw(id date)}] } @{ $view->{bids} }],
          [map { [@$_{qw(id date)}] } @bid], 'bids keep ids and dates');
is(delete $view->{status}, 'active.qualification', 'it has a new status');

@{ $printed->{bids} } = @{ sent($REPORT)->{bids} };
is_deeply($view, $printed, 'all else as printed');

is_deeply([map { $_->{bidders} } @{ $t->get("$one->{path}/bidders")
                                      ->json->{data} }],
          [($json->decode("[$COMPANY]")) x 2], 'nobody is lost');


# an award

refused(example($AWARD), 422,
        [body => 'data', 'This is an award, not a bid: awards are posted to '
                         . '/awards'], 'the award, where it is printed');

$AWARD =~ s/bidders HTTP/awards HTTP/;
$r = example($AWARD);
is($r->status, 201, 'the award, where it belongs');

my $award = $r->json->{data};

like(delete $award->{awardID}, qr/^[0-9a-f]{32}$/, 'awardID');
like(delete $award->{awardDate}, qr/^2\d{3}-\d\d-\d\dT[\d:.]{12}Z$/,
     'awardDate');
is_deeply($award, sent($AWARD), 'all else as printed');
is(status_of($t, $one), 'active.awarded', 'the tender is awarded');
is_deeply([sort map { $_->{awardStatus} } awards($t, $one)],
          [qw(active cancelled)], 'what was pending after the auction is not');


$t->finish;
done_testing;
