#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# Who owns what: tokens, how they are shown, where they are kept.

use strict;
use warnings;

use Digest::SHA qw(sha256 sha256_hex);
use Test::More;

use lib 't/lib';
use Tender::Api qw(:DEFAULT :life);
use Tender::Test;


my $t = Tender::Test->new(
    http     => 'tender_chronograph off;',
    location => <<'END');
        location /api/0.1/ { tender_api 0.1; tender_anonymous write;
                             tender_ownership off; }
        location /own/     { tender_api 0.1; tender_anonymous write; }
        location /on/      { tender_api 0.1; tender_anonymous write;
                             tender_ownership on; }
        location /read/    { tender_api 0.1; tender_anonymous read; }
        location /none/    { tender_api 0.1; }
        location /auction/ { tender_api 0.1; tender_anonymous auction; }
        location /admin/   { tender_api 0.1; tender_anonymous admin; }
END

my $c = $t->client;
my $no = [url => 'permission', 'Forbidden'];
my $two = [url => 'permission', 'Two different access tokens'];
my $needed = [url => 'permission', 'Credentials are needed here'];
my $n = 0;


# something is changed: the token in the query, a header, or the body

sub change {
    my ($url, %show) = @_;

    my $data = '{"title":"' . $n++ . '"}';

    $data = '{"bidders":[{"id":{"name":"' . $n++ . '"}}]}'
        if $url =~ /bidders/;

    my $body = defined $show{body}
             ? "{\"access\":$show{body},\"data\":$data}"
             : "{\"data\":$data}";

    $url .= "?acc_token=$show{query}" if defined $show{query};

    return $c->patch($url, $body, { 'X-Access-Token' => $show{header} });
}


# the ways

my $tender = issue($t, {}, path => '/own/tenders');
my $bid    = offer($t, $tender, 5);
my $second = offer($t, $tender, 6);
my $other  = issue($t, {}, path => '/own/tenders');
my $theirs = offer($t, $other, 7);
my %all    = map { $_->{token} => 1 } $tender, $bid, $second, $other, $theirs;

is(keys %all, 5, 'each has a token of its own');

for my $case ([tender => $tender], [bid => $bid]) {
    my ($name, $mine) = @$case;
    my $token = $mine->{token};
    my $in_body = "{\"token\":\"$token\"}";
    my $encoded = join '', map { sprintf '%%%02x', ord } split //, $token;
    my $wrong = $second->{token};

    for my $show ({ query => $token }, { header => $token },
                  { body => $in_body }, { query => $encoded },
                  { query => $token, header => $token, body => $in_body },
                  { query => '', header => $token },
                  { query => $token, body => '{"token":""}' },
                  { header => '', body => $in_body },
                  { query => $token, body => '{"token":5}' },
                  { query => $token, body => '[]' })
    {
        my $how = join ', ', map { "$_ " . ($show->{$_} =~ /^\W*$/
                                            ? 'empty' : 'given') }
                             sort keys %$show;
        my $r = change($mine->{url}, %$show);

        is($r->status, 200, "$name: $how") or diag($r->body);
        is($r->header('Cache-Control'), 'no-store', 'not to be kept');
        unlike($r->head . $r->body, qr/$token/, 'it is not repeated');
    }

    for my $show ({}, { query => '' }, { header => '' },
                  { body => '{"token":""}' }, { body => '{"token":null}' },
                  { body => '{}' }, { body => "\"$token\"" },
                  { body => "[\"$token\"]" }, { query => $wrong },
                  { header => $wrong }, { body => "{\"token\":\"$wrong\"}" },
                  { query => uc $token . 'A' },
                  { query => substr $token, 1 },
                  { query => "$token%20" }, { query => "${token}0" },
                  { header => "$token$token" },
                  { query => $token =~ tr/0-9a-f/1-9a-f0/r },
                  { query => sha256_hex($token) },
                  { query => $mine->{id} }, { query => '-' },
                  { header => 'x' x 128 }, { header => 'x' x 129 },
                  { query => 'x' x 4000 },
                  { body => '{"token":"' . 'x' x 100_000 . '"}' })
    {
        my $r = change($mine->{url}, %$show);

        refused($r, 403, $no, "$name: " . join ', ', map {
                    "$_: " . substr $show->{$_}, 0, 50 } sort keys %$show);
    }

    for my $show ({ query => $token, header => $wrong },
                  { query => $wrong, header => $token },
                  { query => $token, body => "{\"token\":\"$wrong\"}" },
                  { header => $token, body => "{\"token\":\"$wrong\"}" },
                  { header => $token, body => '{"token":"x"}' },
                  { query => "${token}0", header => $token })
    {
        refused(change($mine->{url}, %$show), 400, $two, "$name: two tokens");
    }

    # the hash that the store has opens nothing, in whatever form
    for my $hash (sha256($token), sha256_hex($token)) {
        my $query = join '', map { sprintf '%%%02x', ord } split //, $hash;

        cmp_ok(change($mine->{url}, query => $query)->status, '>=', 400,
               "$name: its hash is no token");
    }

    cmp_ok($c->patch("$mine->{url}?acc_token=$token&acc_token=$token",
                     '{"data":{}}')->status, '==', 400, "$name: twice");
}


# each opens what it was handed out for

{
    my %token = (tender => $tender, bid => $bid, second => $second,
                 other => $other, theirs => $theirs);

    for my $what (sort keys %token) {
        for my $whose (sort keys %token) {
            my $was = $c->get($token{$what}{url})->body;
            my $r = change($token{$what}{url},
                           query => $token{$whose}{token});

            # who publishes may judge bids, but not change what they offer
            my $judge = "$whose $what"
                        =~ /^(?:tender (?:bid|second)|other theirs)$/;

            $what eq $whose || $judge
                ? is($r->status, 200, "$what with the token of $whose")
                : refused($r, 403, $no, "$what with the token of $whose");

            is($c->get($token{$what}{url})->body, $was, 'nothing changes')
                if $what ne $whose;
        }
    }

    refused($c->delete("$bid->{url}?acc_token=$_->{token}"), 403, $no,
            'nobody else withdraws a bid')
        for $tender, $second, $other, $theirs;

    # a token of one tender is none in the path of another
    refused($c->patch("$other->{url}/bidders/$bid->{id}"
                      . "?acc_token=$bid->{token}", '{"data":{}}'), 404,
            [url => 'id', 'Not Found'], 'a bid in the path of another tender');
}


# which location it came by does not matter, but which one it is changed by

for my $case (['/own', 403], ['/on', 403], ['/api/0.1', 200],
              ['/admin', 200], ['/read', 401], ['/none', 401],
              ['/auction', 401])
{
    my ($at, $status) = @$case;

    for my $what ($tender, $bid) {
        my $url = $what->{url} =~ s{^/own}{$at}r;

        is(change($url)->status, $status, "$at without a token");
        is(change($url, query => $what->{token})->status,
           $status == 401 ? 401 : 200, "$at with it");
        is(change($url, query => $second->{token})->status, $status,
           "$at with another one");
    }
}

{
    my $free = issue($t);
    my $bid = offer($t, $free, 5);

    for my $what ($free, $bid) {
        my $url = $what->{url} =~ s{^/api/0\.1}{/own}r;

        refused(change($url), 403, $no, 'what a sandbox has made is owned');
        is(change($url, query => $what->{token})->status, 200,
           'and its token is good');
    }
}

for my $at ('/read', '/none') {
    my $url = $tender->{url} =~ s{^/own}{$at}r;
    my $token = "?acc_token=$tender->{token}";
    my $data = '{"data":{}}';
    my $one = "$url/bidders/$bid->{id}";

    refused($_, 401, $needed, "$at: no way to write")
        for $c->patch("$url$token", $data), $c->put("$url$token", $data),
            $c->post("$url/bidders$token", $data),
            $c->patch("$one$token", $data), $c->put("$one$token", $data),
            $c->delete("$one$token"), $c->post("$url/awards$token", $data),
            $c->patch("$url/awards/$bid->{id}$token", $data),
            $c->patch("$url/auction$token", $data),
            $c->post("$at/tenders$token", $data);

    my @reads = map { $c->get("$_$token") }
                $url, "$url/bidders", $one, "$url/awards";

    $at eq '/read' ? is($_->status, 200, "$at: may be read")
                   : refused($_, 401, $needed, "$at: nor to read")
        for @reads;
}


for my $case ([patch => $tender->{url}], [put => $tender->{url}],
              [post => '/own/tenders'], [post => "$tender->{url}/bidders"],
              [patch => $bid->{url}], [put => $bid->{url}],
              [delete => $bid->{url}], [post => "$tender->{url}/awards"],
              [patch => "$tender->{url}/awards/$bid->{id}"])
{
    my ($method, $url) = @$case;

    $url =~ s{^/own}{/auction};
    refused($c->$method($url, $method eq 'delete' ? undef : '{"data":{}}'),
            401, $needed, "the auction does nothing else: $method $url");
}


# where a token is kept

{
    my $sealed = issue($t, {}, path => '/own/tenders', from => -60,
                       till => 3600);
    my $hidden = offer($t, $sealed, 5);
    my @tokens = map { $_->{token} }
                 $tender, $bid, $second, $other, $theirs, $sealed, $hidden;
    my $asked = "acc_token=$hidden->{token}";

    # in every way in which it may come
    $c->get("$hidden->{url}?$asked");
    $c->get("$hidden->{url}?opt_pretty=1&$asked");
    $c->get("$hidden->{url}?opt_sealed=1&$asked");
    $c->get("$hidden->{url}?opt_jsonp=f&$asked");
    $c->head("$hidden->{url}?$asked");
    $c->get($hidden->{url}, { 'X-Access-Token' => $hidden->{token} });
    $c->get("$hidden->{url}/x?$asked");
    $c->get("/nowhere?$asked");
    $c->request('BREW', "$hidden->{url}?$asked");
    $c->patch($hidden->{url}, "{\"access\":{\"token\":\"$hidden->{token}\"},"
                              . '"data":{"totalValue":{"amount":4}}}');
    $c->patch("$hidden->{url}?$asked", 'not JSON');
    $c->get("$tender->{url}?acc_token=$tender->{token}");
    $c->get("/own/tenders?acc_token=$tender->{token}&limit=1");

    my $created = $c->post("$sealed->{url}/bidders?$asked",
                           '{"data":{"totalValue":{"amount":3}}}');

    is($created->status, 201, 'another bid, with a token that is no matter');
    unlike($created->header('Location'), qr/token|$hidden->{token}/,
           'Location');
    isnt($created->json->{access}{token}, $hidden->{token},
         'it has one of its own');

    my $store = everything($t);

    for my $token (@tokens) {
        unlike($store, qr/$token/, 'the store does not have it');
        unlike($t->kept_log, qr/$token/, 'nor has the error log');
        unlike($t->access_log, qr/$token/, 'nor the access log');
    }

    like($store, qr/\Q$_\E/, 'it has the hash')
        for map { sha256_hex($_) } @tokens;
    like($t->access_log, qr/acc_token=\S/, 'the access log masks it');

    my $list = $c->get("/own/tenders?acc_token=$tender->{token}&limit=1");

    unlike($list->body, qr/token/, 'no link carries it on');
}


# nobody keeps an answer that a token was used for, or shown in

{
    my $token = $bid->{token};
    my $none = '0' x 32;
    my %header = ('X-Access-Token' => $token);
    my $etag = $c->get($bid->{url})->header('ETag');

    for my $case (
        [201, $c->post('/own/tenders', '{"data":{}}')],
        [201, $c->post("$tender->{url}/bidders", '{"data":{}}')],
        [201, $c->post('/api/0.1/tenders', '{"data":{}}')],
        [200, $c->get("$bid->{url}?acc_token=$token")],
        [200, $c->get("$bid->{url}?acc_token=$none")],
        [200, $c->get($bid->{url}, \%header)],
        [200, $c->head($bid->{url}, \%header)],
        [200, $c->get($tender->{url}, \%header)],
        [200, $c->get("$tender->{url}/bidders", \%header)],
        [304, $c->get($bid->{url}, { %header, 'If-None-Match' => $etag })],
        [404, $c->get("$tender->{url}/bidders/$none", \%header)],
        [403, $c->patch($bid->{url}, '{"data":{}}',
                        { 'X-Access-Token' => $none })],
        [403, $c->patch($bid->{url}, "{\"access\":{\"token\":\"$none\"},"
                                     . '"data":{}}')],
        [412, $c->patch($bid->{url}, '{"data":{}}',
                        { %header, 'If-Match' => '"x"' })],
    ) {
        my ($status, $r) = @$case;

        is($r->status, $status, "an answer with $status");
        is_deeply([$r->header('Cache-Control')], ['no-store'],
                  'is not to be kept');
    }

    for my $r ($c->get($bid->{url}), $c->get($tender->{url}),
               $c->get("$tender->{url}/bidders"),
               $c->patch($bid->{url}, '{"data":{}}'))
    {
        is($r->header('Cache-Control'), undef, 'without one it may be kept');
    }
}

$t->finish;
done_testing;
