#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# ETag, If-None-Match, If-Match.

use strict;
use warnings;

use Test::More;

use lib 't/lib';
use Tender::Api;
use Tender::Test;


my $t = Tender::Test->new(location => <<'END');
        location /api/0.1/ { tender_api 0.1; tender_anonymous write;
                     tender_ownership off; }

        location /gzip/ {
            tender_api 0.1;
            tender_anonymous write; tender_ownership off;
            gzip on;
            gzip_types application/json;
            gzip_min_length 1;
        }
END

my $c = $t->client;
my $path = '/api/0.1/tenders';

my $tender = publish($t, { method => 'Open' });
my $url    = "$path/$tender->{id}";
my $r      = $c->get($url);
my $etag   = $r->header('ETag');

my $precondition = [header => 'If-Match',
                    'It has changed since it was read'];


sub calls { $t->redis('INFO', 'commandstats') =~ /cmdstat_$_[0]:calls=(\d+)/
            ? $1 : 0 }


like($etag, qr/^"[\w-]+"$/, 'a strong tag');
is($c->get($url)->header('ETag'), $etag, 'that stays');
is($c->head($url)->header('ETag'), $etag, 'HEAD has it');
is($c->get("$url?x=1")->header('ETag'), $etag, 'a parameter without meaning');
isnt($c->get("$url?opt_pretty=1")->header('ETag'), $etag,
     'other bytes have another tag');
is($c->get("$url?opt_jsonp=f")->header('ETag'), undef, 'JSONP has none');
is($c->get($path)->header('ETag'), undef, 'a list has none');


# If-None-Match

for my $match ($etag, "W/$etag", '*', "\"a\", $etag", "\"a\",W/\"b\",W/$etag",
               "\"\", $etag, \"z\"", " $etag ", ", ,$etag")
{
    for my $method (qw(GET HEAD)) {
        $r = $c->request($method, $url, { 'If-None-Match' => $match });
        is($r->status, 304, "$method If-None-Match: $match");
        is($r->body, '', 'no body');
        is($r->header('ETag'), $etag, 'the tag');
        is($r->header('Content-Length'), undef, 'no length');
        is($r->header('Content-Type'), undef, 'no type');
    }
}

(my $bare = $etag) =~ s/"//g;

for my $match ('"other"', 'W/"other"', $bare, "\"$bare", "'$bare'", '""',
               '"*"', substr($etag, 0, -2) . '"', uc "w/$etag", 'x', '')
{
    $r = $c->get($url, { 'If-None-Match' => $match });
    is($r->status, 200, "If-None-Match: $match");
    is($r->json->{data}{id}, $tender->{id}, 'the tender')
        if $r->status == 200;
}

refused($c->get("$path/" . '0' x 32, { 'If-None-Match' => '*' }), 404,
        [url => 'id', 'Not Found'], 'a tender that is not is 404, not 304');

is($c->get("$url?opt_pretty=1", { 'If-None-Match' => $etag })->status, 200,
   'the tag of the other form does not match');
is($c->get($path, { 'If-None-Match' => $etag })->status, 200,
   'a list has no tag to match');

$r = $c->patch($url, '{"data":{"method":"Limited"}}');
isnt($r->header('ETag'), $etag, 'a change has a new tag');
is($c->get($url, { 'If-None-Match' => $etag })->status, 200,
   'the old one does not match any more');
is($c->get($url, { 'If-None-Match' => $r->header('ETag') })->status, 304,
   'the new one does');
$etag = $r->header('ETag');


# dates are no conditions here: there is no Last-Modified

my $now = 'Sun, 06 Nov 2094 08:49:37 GMT';

for my $name ('If-Modified-Since', 'If-Unmodified-Since', 'If-Range') {
    for my $date ($now, 'Thu, 01 Jan 1970 00:00:01 GMT') {
        is($c->get($url, { $name => $date })->status, 200,
           "GET with $name: $date");
    }
}

for my $date ($now, 'Thu, 01 Jan 1970 00:00:01 GMT') {
    my $rev = stored($t, $tender->{id})->{rev};

    $r = $c->patch($url, '{"data":{"selectionDetails":"' . $rev . '"}}',
                   { 'If-Unmodified-Since' => $date });
    is($r->status == 200 ? 1 : 0, stored($t, $tender->{id})->{rev} - $rev,
       "PATCH with If-Unmodified-Since: $date is not refused after it was "
       . 'done') or diag($r->status, ' ', $r->body);
    $etag = $c->get($url)->header('ETag');
}


# If-Match of a GET

is($c->get($url, { 'If-Match' => $_ })->status, 200, "GET If-Match: $_")
    for $etag, '*', "\"a\", $etag", "W/\"a\",$etag";

refused($c->get($url, { 'If-Match' => $_ }), 412, $precondition,
        "GET If-Match: $_")
    for '"other"', "W/$etag", "W/$etag, \"a\"", 'x';

is($c->head($url, { 'If-Match' => '"other"' })->status, 412,
   'HEAD If-Match');
refused($c->get("$path/" . '0' x 32, { 'If-Match' => '*' }), 404,
        [url => 'id', 'Not Found'], 'GET If-Match of a tender that is not');


# If-Match of PUT and PATCH

my $n = 0;

for my $method (qw(put patch)) {
    for my $match ('"other"', "W/$etag", "\"a\", W/$etag", '""', 'x', '"*"',
                   substr($etag, 0, -2) . '"', '"0"', '"ffffffffffffff"',
                   '"' . 'f' x 40 . '"', uc $etag, $etag =~ s/^"0+/"/r,
                   $etag =~ s/"$/-p-p"/r, $etag =~ s/^"/"0/r)
    {
        my $before = stored($t, $tender->{id});

        refused($c->$method($url, '{"data":{"selectionDetails":"never"}}',
                            { 'If-Match' => $match }), 412, $precondition,
                "$method If-Match: $match");
        is_deeply(stored($t, $tender->{id}), $before, 'nothing is changed');
    }

    for my $form ('%s', '*', '"a", %s', ' %s ,"b"', 'W/"c",%s', ',%s') {
        (my $match = $form) =~ s/%s/$etag/;

        $r = $c->$method($url, '{"data":{"selectionDetails":"' . $n++ . '"}}',
                         { 'If-Match' => $match });
        is($r->status, 200, "$method If-Match: $match") or diag($r->body);
        isnt($r->header('ETag'), $etag, 'changes it');
        is($r->header('ETag'), $c->get($url)->header('ETag'), 'and tells');
        $etag = $c->get($url)->header('ETag');
    }

    $r = $c->$method($url, '{"data":{"selectionDetails":"' . $n++ . '"}}',
                     { 'If-Match' =>
                       scalar $c->get("$url?opt_pretty=1")->header('ETag') });
    is($r->status, 200, "$method If-Match: the tag of the other form");
    $etag = $c->get($url)->header('ETag');

    my $same = $c->get($url)->json->{data}{selectionDetails};

    $r = $c->$method($url, qq({"data":{"selectionDetails":"$same"}}),
                     { 'If-Match' => $etag });
    is($r->status, 200, "$method of nothing new with the tag");
    is($r->header('ETag'), $etag, 'keeps the tag');
    refused($c->$method($url, qq({"data":{"selectionDetails":"$same"}}),
                        { 'If-Match' => '"other"' }), 412, $precondition,
            "$method of nothing new with another tag");

    refused($c->$method("$path/" . '0' x 32, '{"data":{}}',
                        { 'If-Match' => '*' }), 404,
            [url => 'id', 'Not Found'], "$method of a tender that is not");
    refused($c->$method($url, '{"data":{"x":1}}', { 'If-Match' => '"other"' }),
            422, [body => 'x', 'Rogue field'],
            "$method: the body is checked first");
}


# gzip makes a tag weak

my $plain = $c->get($url);

$r = $c->get("/gzip/tenders/$tender->{id}",
             { 'Accept-Encoding' => 'gzip' });
is($r->header('Content-Encoding'), 'gzip', 'a compressed answer');
is($r->header('ETag'), "W/$etag", 'has a weak tag');
is($c->get("/gzip/tenders/$tender->{id}",
           { 'Accept-Encoding' => 'gzip', 'If-None-Match' => "W/$etag" })
   ->status, 304, 'that is good for a 304');
is($c->get("/gzip/tenders/$tender->{id}")->body, $plain->body,
   'an answer that is not compressed');

$t->finish;
done_testing;
