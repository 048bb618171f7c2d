#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# Tries of passwords are counted, per login and per network.

use strict;
use warnings;

use JSON::PP ();
use MIME::Base64 qw(encode_base64);
use Test::More;
use Time::HiRes qw(sleep);

use lib 't/lib';
use Tender::Api;
use Tender::Login;


my $t = login_test(
    http     => <<'END',
    tender_chronograph off;
    tender_auth_cache off;
    set_real_ip_from 127.0.0.1;
    set_real_ip_from unix:;
    real_ip_header X-Real-IP;
    server { listen unix:%%DIR%%/nginx.sock; location / { tender_account; } }
END
    location => <<'END',
        location / { tender_account; }
        location /api/0.1/ { tender_api 0.1; tender_auth basic; }
END
);

my @MANY = ([header => 'retry', 'Too many tries: come again later']);

plant_user($t, 'ann@acme', 'secret');
plant_user($t, 'bob@acme', 'secret', id => 2);


sub counters { @{ $t->redis('KEYS', '{g}:tries:*') } }

sub fresh {
    my @keys = counters();

    $t->redis('DEL', @keys) if @keys;
}


sub try {
    my ($name, $password, $from) = @_;

    return login($t, $name, $password,
                 headers => { 'X-Real-IP' => $from || '192.0.2.1' });
}

sub basic {
    my ($name, $password) = @_;

    return $t->get('/api/0.1/tenders', {
        Authorization => 'Basic ' . encode_base64("$name:$password", ''),
        'X-Real-IP'   => '192.0.2.1',
    });
}


# ten of a login

is(try('ann@acme', "wrong $_")->status, 401, "try $_") for 1 .. 10;

for my $case (['ann@acme', 'secret', 'the right password'],
              ['ann@acme', 'wrong', 'a wrong one'],
              ['Ann@ACME', 'secret', 'in capitals']) {
    my $r = try(@$case[0, 1]);

    refused($r, 429, @MANY, "after ten: $case->[2]");
    is($r->header('Set-Cookie'), undef, "$case->[2]: no session");
    is($r->header('Cache-Control'), 'no-store', "$case->[2]: not kept");
    cmp_ok($r->header('Retry-After'), '<=', 900, "$case->[2]: Retry-After");
    cmp_ok($r->header('Retry-After'), '>', 800, "$case->[2]: in seconds");
}

is(basic('ann@acme', 'secret')->status, 429, 'HTTP Basic counts as well');
is(try('ann@acme', 'secret', '198.51.100.7')->status, 429,
   'from anywhere else');
is(try('bob@acme', 'secret')->status, 200, 'another login');

my $r = $t->get('/login');

is($r->status, 200, 'the page');

my $form = form($t);

$r = send_form($t, $form, username => 'ann@acme', password => 'secret',
               headers => { 'X-Real-IP' => '192.0.2.1' });
is($r->status, 429, 'its form');
like($r->body, qr/<p>Too many tries: come again later<\/p>/,
     'says it on the page');
ok($r->header('Retry-After'), 'and when');


# it ends by itself: a counter lives for a quarter of an hour from its first
# try on, and later ones do not lengthen that

my ($own) = grep { $t->redis('GET', $_) > 10 } counters();

for my $key (counters()) {
    my $ttl = $t->redis('PTTL', $key);

    ok($ttl > 0 && $ttl <= 900_000, 'a counter ends');
    like($key, qr/^\{g\}:tries:[0-9a-f]{64}$/, 'its name is a hash');
}

for my $key (counters()) {
    $t->redis('PEXPIRE', $key, 1500) if $t->redis('GET', $key) > 10;
}

$r = try('ann@acme', 'secret');
is($r->status, 429, 'shortly before its end');
like($r->header('Retry-After'), qr/^[12]$/, 'in whole seconds, rounded up');
ok($t->wait_for(sub { try('ann@acme', 'secret')->status == 200 }, 5),
   'then it is over');


# a success takes its own tries back

fresh();
is(try('ann@acme', 'wrong')->status, 401, "wrong: $_") for 1 .. 9;
is(try('ann@acme', 'secret')->status, 200, 'the tenth is right');
is(scalar(grep { $t->redis('GET', $_) == 9 } counters()), 1,
   'the failures stay with the network');
is(scalar(counters()), 1, 'and not with the login');
is(try('ann@acme', 'wrong')->status, 401, "again: $_") for 1 .. 10;
is(try('ann@acme', 'secret')->status, 429, 'again ten');

fresh();
is(try('ann@acme', 'secret')->status, 200, "many that are right: $_")
    for 1 .. 25;
is(join(',', map { $t->redis('GET', $_) } counters()), '0',
   'leave nothing behind');

fresh();
is(basic('ann@acme', 'secret')->status, 200, 'Basic') for 1 .. 15;
is(basic('ann@acme', 'wrong')->status, 401, 'Basic, wrong') for 1 .. 10;
is(basic('ann@acme', 'secret')->status, 429, 'Basic, after ten');

# a user that there is not, and one that may not, are counted alike

fresh();
is(try('nobody@acme', 'x')->status, 401, "unknown: $_") for 1 .. 10;
is(try('nobody@acme', 'x')->status, 429, 'unknown, after ten');

plant_user($t, 'off@acme', 'secret', id => 3,
           data => { enabled => JSON::PP::false });
fresh();
is(try('off@acme', 'wrong')->status, 401, "off: $_") for 1 .. 10;
is(try('off@acme', 'secret')->status, 429, 'off, after ten');


# a hundred of a network

sub network {
    my ($why, $from, %others) = @_;

    fresh();

    # as if there had been 98 of other logins
    try('somebody@acme', 'x', $from);

    my $used = 0;

    for my $key (counters()) {
        $used++;
        $t->redis('SET', $key, 99, 'KEEPTTL');
    }

    is($used, 2, "$why: two counters");

    is(try('ann@acme', 'wrong', $from)->status, 401, "$why: the 100th");
    refused(try('ann@acme', 'secret', $from), 429, @MANY, "$why: the next");

    for my $other (sort keys %others) {
        is(try('bob@acme', 'secret', $other)->status, $others{$other},
           "$why: from $other");
    }
}

network('IPv4', '192.0.2.1',
        '192.0.2.255' => 429, '192.0.3.1' => 200, '::ffff:192.0.2.9' => 429,
        '192.1.2.1' => 200, '2001:db8::c000:201' => 200);
network('IPv6', '2001:db8:1:2::1',
        '2001:db8:1:2:ffff:ffff:ffff:ffff' => 429,
        '2001:db8:1:3::1' => 200, '192.0.2.1' => 200);
network('mapped IPv4', '::ffff:192.0.2.77',
        '192.0.2.1' => 429, '::ffff:192.0.3.1' => 200, '::1' => 200);


# a unix socket is one place

fresh();

sub by_socket {
    my ($name, $password) = @_;

    my $body = JSON::PP->new->encode({ username => $name,
                                       password => $password });
    my $sock = IO::Socket::UNIX->new(Peer => $t->dir . '/nginx.sock')
        or die "nginx.sock: $!";

    print $sock "POST /login HTTP/1.0\r\nHost: x\r\n",
          "Content-Type: application/json\r\n",
          'Content-Length: ', length $body, "\r\n\r\n$body";
    $sock->flush;

    local $/;

    return (split / /, readline $sock)[1];
}

is(by_socket('ann@acme', 'secret'), 200, 'a unix socket');
is(by_socket('ann@acme', 'wrong'), 401, 'a unix socket, wrong');
$t->redis('SET', $_, 100, 'KEEPTTL') for counters();
is(by_socket('bob@acme', 'secret'), 429, 'a unix socket, too many');
is(try('bob@acme', 'secret')->status, 200, 'others are not');


# any number of them at once are counted: no more than ten are looked at

fresh();

my @status = map { $_->[0] } $t->parallel(40, sub {
    return [login($t, 'ann@acme', "wrong $_[0]")->status];
});

is(scalar(grep { $_ == 401 } @status), 10, 'of forty at once, ten');
is(scalar(grep { $_ == 429 } @status), 30, 'the rest is turned away');


# a counter that lost its end gets one again

fresh();
try('ann@acme', 'wrong');
$t->redis('PERSIST', $_) for counters();
try('ann@acme', 'wrong');
is(scalar(grep { $t->redis('PTTL', $_) < 0 } counters()), 0,
   'each counter ends');

$t->finish;
done_testing;
