#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# The page of who is logged in: his plan, his keys, how they are made,
# replaced and revoked, and what may not be done with them.

use strict;
use warnings;

use JSON::PP ();
use Test::More;

use lib 't/lib';
use Tender::Api;
use Tender::Login;
use Tender::Pages;


my $t = page_test(http => 'tender_plan default day=1000 minute=50;
    tender_plan free;');

publish($t, tender("kaspersky $_")) for 1 .. 3;

my $cookie = enter($t);

sub api { look($t, '/api', cookie => $cookie, @_) }

sub act {
    my ($path, %fields) = @_;

    my $csrf = delete $fields{csrf} // csrf(api());

    return post_form($t, $path, \%fields, cookie => $cookie, csrf => $csrf);
}

sub codes { @{ $t->redis('ZRANGE', '{g}:codes:of:7', 0, -1) } }

sub both {
    my ($r) = @_;

    my %value = $r->body =~ /id="new-(code|refresh)" readonly value="(\w*)"/g;

    return @value{qw(code refresh)};
}

sub works {
    my ($code) = @_;

    return $t->get("/api/export?kwords=kaspersky&dtype=json&api_code=$code")
             ->status;
}

sub renews {
    my ($refresh) = @_;

    my $r = $t->get('/api/export?get_api_code=true&dtype=json&refresh_code='
                    . $refresh);

    return $r->status == 200 ? $r->json->[0]{api_code} : $r->status;
}


# who is not logged in

for my $path ('/api', '/saved/new', '/saved/1', '/api?x=%26') {
    my $r = look($t, $path);
    my $next = $path =~ s/([\/?=&%])/sprintf '%%%02X', ord $1/ger;

    is($r->status, 303, "$path: to the login");
    is($r->header('Location'), "/login?next=$next", "$path: and back");
    is($r->header('Cache-Control'), 'no-store', "$path: not kept");
}

for my $path ('/api/codes', '/api/codes/1', '/saved/new', '/saved/1') {
    my $r = post_form($t, $path, { do => 'rotate' });

    is($r->status, 303, "POST $path: to the login");
    is($r->header('Location'), '/login?next=%2Fapi', "POST $path: and back");
}

my $r = look($t, '/api', headers => { 'X-Api-Code' => 'tndk' . 'x' x 32 });
is($r->status, 303, 'a key is no session');


# who is

$r = api();
page_is($r, 200, 'Your access to the API', 'the page');
is($r->header('Cache-Control'), 'no-store', 'nobody keeps it');
is($r->header('Referrer-Policy'), 'no-referrer', 'nor names it');

my $text = shown($r);

like($text, qr/Account 7\/1\@acme Plan default Most records per page 100 /,
     'account and plan');
like($text, qr/Requests of today, used: 0 of 1,000 /, 'the day');
like($text, qr/Requests of this minute, used: 0 of 50 /, 'the minute');
like($r->body, qr/<progress[^>]* max="1000" value="0">/, 'in numbers');
like($text, qr/There is no key yet\./, 'no key');
like($text, qr/Nothing is saved yet\./, 'no search');
like($text, qr/api_code=YOUR_API_CODE'/, 'an example');
like($text, qr/refresh_code=YOUR_REFRESH_CODE'/, 'and how to renew');
like($text, qr/$_/, "an example in $_") for qw(Python PHP JavaScript);
is($t->head('/api', { Cookie => "tender_session=$cookie" })->status, 200,
   'HEAD');


# a key is made

$r = act('/api/codes', name => 'CRM <b>1</b>');
page_is($r, 200, 'Your access to the API', 'a new key');
is($r->header('Cache-Control'), 'no-store', 'which nobody keeps');

my ($code, $refresh) = both($r);

like($code, qr/^tndk[0-9A-Za-z]{32}$/, 'its code');
like($refresh, qr/^tndf[0-9A-Za-z]{32}$/, 'its refresh code');
is(scalar(codes()), 1, 'one key');
is(works($code), 200, 'which works');
like(shown($r), qr/CRM <b>1<\/b> Made \d{4}-\d\d-\d\d/, 'its name');
unlike($r->body, qr/<b>1/, 'is text');

my ($example) = shown($r) =~ /curl (curl '[^']*')/;

is($example, "curl '" . $t->url
             . "/api/export?kwords=kaspersky&dtype=json&api_code=$code'",
   'the example has it');
delete @ENV{ grep { /_proxy$/i } keys %ENV };
is_deeply(JSON::PP->new->decode(scalar `$example -s --max-time 20`)->[0],
          { Total => '3' }, 'and works as it is');

if (grep { -x "$_/python3" } split /:/, $ENV{PATH}) {
    my ($python) = $r->body =~ /id="example-python"[^>]*><code>(.*?)<\/code>/s;

    $python =~ s/&quot;/"/g;
    $python =~ s/&amp;/&/g;

    open my $fh, '>', $t->dir . '/example.py' or die $!;
    print $fh $python;
    close $fh;

    my $said = `python3 ${\$t->dir}/example.py 2>&1`;

    like($said, qr/\A3\n\S+ kaspersky 3\n/, 'so does that in Python');
}

$r = api();
unlike($r->body, qr/$code|$refresh/, 'later it is not shown');
like(shown($r), qr/api_code=YOUR_API_CODE'/, 'nor in an example');
unlike(join("\n", map { $t->redis('TYPE', $_) eq 'hash'
                        ? @{ $t->redis('HGETALL', $_) } : () }
                  @{ $t->redis('KEYS', '*') }),
       qr/$code|$refresh/, 'it is nowhere in the store');
unlike($t->kept_log . $t->access_log, qr/$code|$refresh/, 'nor in a log');

my $entry = JSON::PP->new->decode(
    (split /\n/, $t->redis('HGET', '{g}:codes', (codes())[0]), 2)[1]);

is($entry->{name}, 'CRM <b>1</b>', 'its name in the store');
ok($entry->{enabled}, 'it is switched on');
is($entry->{scopes}, undef, 'it may do what the account may');
is_deeply([sort keys %{ $entry->{secret} }], [qw(code refresh)],
          'hashes alone');

my %audit = map { @{ $_->[1] } } @{ $t->redis('XREVRANGE', '{g}:audit', '+',
                                              '-', 'COUNT', 1) };

is("$audit{op} $audit{kind} $audit{who} $audit{what}",
   'create code 7/1@acme name', 'it is noted who made it');


# it is replaced: the old one stays good for a while

my ($id) = codes();

$r = act("/api/codes/$id", do => 'rotate');
page_is($r, 200, 'Your access to the API', 'another key');
like(shown($r), qr/The old key is good for one more hour/, 'it says so');

my ($second, $renew) = both($r);

isnt($second, $code, 'a new code');
isnt($renew, $refresh, 'a new refresh code');
is(works($second), 200, 'it works');
is(works($code), 200, 'so does the old one');
is(renews($refresh), 401, 'but its refresh code does not');
is(scalar(codes()), 1, 'it is the same key');

# twice: the first one ends

my ($third, $renewal) = both(act("/api/codes/$id", do => 'rotate'));

is(works($code), 401, 'the one before has ended');
is(works($second), 200, 'the last one has not');

# at once

$r = act("/api/codes/$id", do => 'rotate', at_once => 1);
unlike(shown($r), qr/one more hour/, 'at once');

my ($fourth, $last) = both($r);

is(join(' ', map { works($_) } $code, $second, $third, $fourth),
   '401 401 401 200', 'only the new one is good');

my $renewed = renews($last);

like($renewed, qr/^tndk/, 'a program renews it');
is(works($renewed), 200, 'which works');

is_deeply([sort grep { /^secret:/ }
                @{ $t->redis('HKEYS', '{g}:names') }],
          [sort map { "secret:$_" }
                values %{ JSON::PP->new->decode(
                    (split /\n/, $t->redis('HGET', '{g}:codes', $id), 2)[1]
                )->{secret} }], 'nothing is left of the others');


# it is revoked

$r = act("/api/codes/$id", do => 'revoke');
is($r->status, 303, 'revoked');
is($r->header('Location'), '/api?done=revoked', 'which leads back');
like(shown(look($t, '/api?done=revoked', cookie => $cookie)),
     qr/The key was revoked\./, 'and says so');
is(works($_), 401, 'no code is good') for $fourth, $renewed;
is(renews($last), 401, 'nor its refresh code');
is(scalar(codes()), 0, 'there is no key');
is(scalar(grep { /^secret:/ } @{ $t->redis('HKEYS', '{g}:names') }), 0,
   'no hash is left');
unlike(shown(look($t, "/api?done=$_", cookie => $cookie)), qr/Pwned/,
       'what was done is one of some texts') for 'Pwned', 'Pwned%20by';


# what is refused

$r = act("/api/codes/$id", do => 'revoke');
page_is($r, 404, 'Your access to the API', 'one that there is not');
like(shown($r), qr/Keys : There is no such page/, 'it says so');

for my $bad ('999', 'x', '0x1', '-1', '1' x 30) {
    is(act("/api/codes/$bad", do => 'rotate')->status, 404, "key $bad");
}

act('/api/codes');
($id) = codes();

for my $case ([{ csrf => '' }, 'no token'],
              [{ csrf => 'x' x 64 }, 'a wrong token'],
              [{ csrf => form($t)->{csrf} }, 'the token of the login'])
{
    my ($opt, $why) = @$case;

    for my $path ('/api/codes', "/api/codes/$id", '/saved/new') {
        $r = act($path, do => 'revoke', %$opt);
        page_is($r, 403, 'This is not allowed', "$why, $path");
        like(shown($r), qr/The page was too old/, "$why, $path: why");
    }
}

is(scalar(codes()), 1, 'nothing was done');

for my $do ('', 'x', 'REVOKE') {
    is(act("/api/codes/$id", do => $do)->status, 400, "do '$do'");
}

for my $type ('application/json', 'text/plain', 'multipart/form-data',
              undef)
{
    $r = $t->post('/api/codes', '{}', { 'Content-Type' => $type,
                                        Cookie => "tender_session=$cookie" });
    is($r->status, 415, 'type ' . ($type // 'none'));
}

is(act('/api/codes', name => 'x' x 201)->status, 400, 'a long name');
is(act('/api/codes', name => "\xd1\x88" x 201)->status, 400,
   'in another script, too');
is(act('/api/codes', name => "\xd1\x88" x 200)->status, 200, 'that fits');
is(act('/api/codes', name => 'x' x 9000)->status, 413, 'far too long');
is($t->get('/api/codes', { Cookie => "tender_session=$cookie" })->status,
   405, 'GET codes');

# another account's

plant_user($t, 'eve@acme', 'secret', id => 2, of => 8);

my $eve = enter($t, 'eve@acme');

for my $do (qw(rotate revoke)) {
    $r = post_form($t, "/api/codes/$id", { do => $do }, cookie => $eve,
                   csrf => csrf(look($t, '/api', cookie => $eve)));
    is($r->status, 404, "another account's key: $do");
}

unlike(look($t, '/api', cookie => $eve)->body, qr{/api/codes/},
       'nor is it shown');
is(scalar(codes()), 2, 'they are still there');


# ten at most

act('/api/codes') while codes() < 10;
$r = act('/api/codes', name => 'one more');
page_is($r, 409, 'Your access to the API', 'one more');
like(shown($r), qr/ten keys at most/, 'is too many');
is((both($r))[0], undef, 'nothing is shown');
is(scalar(codes()), 10, 'nor made');


# nobody makes more than he is

plant_user($t, 'reader@acme', 'secret', id => 3, of => 9, data => {
    scopes => ['read'], expires => '2999-01-01T00:00:00Z' });

my $reader = enter($t, 'reader@acme');
my $csrf = csrf(look($t, '/api', cookie => $reader));

$r = post_form($t, '/api/codes', { name => 'mine' }, cookie => $reader,
               csrf => $csrf);
is($r->status, 200, 'a user with fewer rights makes a key');

my ($mine) = @{ $t->redis('ZRANGE', '{g}:codes:of:9', 0, -1) };

$entry = JSON::PP->new->decode(
    (split /\n/, $t->redis('HGET', '{g}:codes', $mine), 2)[1]);
is_deeply($entry->{scopes}, ['read'], 'which may do no more than he');
is($entry->{expires}, '2999-01-01T00:00:00.000Z', 'and no longer');

$t->redis('HSET', '{g}:codes', 77, "1 1 1 9\n" . JSON::PP->new->encode({
    enabled => JSON::PP::true, name => 'all rights',
    secret => { code => 'a' x 64, refresh => 'b' x 64 } }));
$t->redis('ZADD', '{g}:codes:of:9', 1, 77);

$r = look($t, '/api', cookie => $reader);
like(shown($r), qr/all rights/, 'one with more rights is shown');
unlike($r->body, qr{action="/api/codes/77"}, 'without a form');
like($r->body, qr{action="/api/codes/$mine"}, 'his own has one');

for my $do (qw(rotate revoke)) {
    $r = post_form($t, '/api/codes/77', { do => $do }, cookie => $reader,
                   csrf => $csrf);
    page_is($r, 403, 'Your access to the API', "more rights: $do");
    like(shown($r), qr/may do more than you may/, "more rights: $do: why");
}

ok($t->redis('HEXISTS', '{g}:codes', 77), 'it is still there');

# switched off and expired ones are marked

$t->redis('HSET', '{g}:codes', 77, "1 1 1 9\n" . JSON::PP->new->encode({
    enabled => JSON::PP::false, name => 'off', scopes => ['read'] }));
like(shown(look($t, '/api', cookie => $reader)), qr/off switched off/,
     'one that is off');


# a plan without limits

plant_user($t, 'free@acme', 'secret', id => 4, of => 11,
           account => { plan => 'free' });
like(shown(look($t, '/api', cookie => enter($t, 'free@acme'))),
     qr/Plan free .* The number of requests is not limited/,
     'a plan without limits');

# what was used is shown

my $used = (shown(api()) =~ /of today, used: (\d+)/)[0];

works((both(act("/api/codes/$id", do => 'rotate', at_once => 1)))[0])
    for 1 .. 3;
look($t, '/search', cookie => $cookie);
is((shown(api()) =~ /of today, used: (\d+)/)[0], $used + 4,
   'what was used, by keys and by pages');

# the plan's end is a page, too

$t->redis('DEL', grep { /quota/ } @{ $t->redis('KEYS', '*') });

for (1 .. 60) {
    $r = look($t, '/search', cookie => $cookie);
    last if $r->status != 200;
}

page_is($r, 429, 'Too many requests', 'as many as the plan allows');
ok($r->header('Retry-After'), 'when it goes on');
is(api()->status, 200, 'his page is there all the same');


# Redis away

$t->stop_redis;
$t->allow_errors(qr/redis/);
$r = api();
page_is($r, 503, 'Not available right now', 'without Redis');
is($r->header('Retry-After'), 1, 'try again');

$t->finish;
done_testing;
