#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# What an export must not tell, and not give away: when sealed bids come, a
# search for nothing, pages behind the plan's last one.

use strict;
use warnings;

use POSIX ();
use Test::More;

use lib 't/lib';
use Tender::Access;
use Tender::Test;


my $API    = '/api/0.1/tenders';
my @BASE32 = (0 .. 9, 'a' .. 'v');

my $t = access_test(
    http     => 'tender_plan default day=1000 page=5 depth=10 all=off;'
                . 'tender_plan preview minute=5 page=10 depth=10 all=off;',
    location => <<'END',
        location /api/0.1/ { tender_api 0.1; tender_anonymous write;
                             tender_ownership off; }
        location = /api/export { tender_export; }
END
);

my $code = api_code($t, account($t, name => 'Reader'))->{code};

names();
tags();
stars();
cursors();

$t->finish;
done_testing;


sub in_a_day { POSIX::strftime('%Y-%m-%dT%H:%M:%SZ', gmtime(time() + 86400)) }


# a key is one whatever the case of its name is

sub names {
    my $r = $t->get("/api/export?API_CODE=$code&strict=1&dtype=json");

    is($r->status, 200, 'API_CODE is api_code');
    is($r->header('X-Tender-Ignored-Params'), undef, 'and not ignored');
    is($r->header('X-Tender-Access'), undef, 'this is no preview');
}


# nothing of a card moves with a bid that is sealed

sub tags {
    my $id = $t->post($API, { data => {
        title => 'Sealed', tenderPeriod => { endDate => in_a_day() },
        totalValue => { amount => 500, currency => 'UAH' },
    } })->json->{data}{id};

    for my $who ('', "&api_code=$code") {
        my $ask = sub {
            $t->get("/api/export?id=$id&dtype=json$who");
        };
        my $was = $ask->();

        is($was->status, 200, 'the card of a tender that takes bids');

        my $bid = $t->post("$API/$id/bidders", { data => {
            totalValue => { amount => 490, currency => 'UAH' },
        } });

        is($bid->status, 201, 'a bid comes');

        my $is = $ask->();

        is($is->header('ETag'), $was->header('ETag'), 'the tag stays');
        is($is->header('Last-Modified'), $was->header('Last-Modified'),
           'so does the date');
        is($is->body, $was->body, 'and all of the card');
    }
}


# a 304 for any tag is counted

sub stars {
    my @left = map {
        my $r = $t->get("/api/export?kwords=se$_*&dtype=json",
                        { 'If-None-Match' => '*' });
        $r->status == 429 ? 'none' : $r->header('X-RateLimit-Remaining');
    } map { chr(97 + $_) } 0 .. 6;

    is($left[-1], 'none', 'they come to an end');
}


# the depth is what it is, whatever a cursor says

sub cursors {
    $t->post($API, { data => { title => "Deep $_" } }) for 1 .. 20;

    my $get = "/api/export?kwords=deep&tenpage=5&dtype=json&api_code=$code";
    my $r   = $t->get($get);

    is($r->status, 200, 'a first page');

    $r = $t->get("$get&cursor=" . $r->header('X-Tender-Cursor'));
    is($r->status, 200, 'and a second one');

    is($r->header('X-Tender-Cursor'), undef, 'there is no third one');

    # a cursor behind it, which says that nothing was seen before

    my ($first) = $t->get($get)->header('X-Tender-Cursor');
    my $last    = $r->json->[-1]{ID};
    my $forged  = again($first, $last);

    is($t->get("$get&cursor=$forged")->status, 403,
       'also if it says that it is not');
}


# a cursor behind the record with this number, seen is 0

sub again {
    my ($cursor, $number) = @_;

    my %value = map { $BASE32[$_] => $_ } 0 .. 31;
    my $bits  = join '', map { sprintf '%05b', $value{$_} } split //, $cursor;
    my $raw   = pack 'B' . 8 * int(length($bits) / 8), $bits;

    substr($raw, 2, 4)  = pack 'N', 0;
    substr($raw, 14, 8) = pack 'Q>', $number;
    $raw = substr $raw, 0, 22;
    $raw .= pack 'n', crc32($raw) & 0xffff;

    $bits = unpack 'B*', $raw;
    $bits .= '0' x (-length($bits) % 5);

    return join '', map { $BASE32[oct "0b$_"] } $bits =~ /(.{5})/g;
}


sub crc32 {
    my ($bytes) = @_;

    my $crc = 0xffffffff;

    for my $byte (unpack 'C*', $bytes) {
        $crc ^= $byte;
        $crc = $crc & 1 ? $crc >> 1 ^ 0xedb88320 : $crc >> 1 for 1 .. 8;
    }

    return $crc ^ 0xffffffff;
}
