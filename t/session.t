#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# Sessions: their cookie, rotation at login, logout, CSRF tokens, their end.

use strict;
use warnings;

use Digest::SHA qw(sha256_hex);
use JSON::PP ();
use Test::More;
use Time::HiRes qw(sleep);

use lib 't/lib';
use Tender::Api qw(:DEFAULT :life);
use Tender::Login;
use Tender::Redis;


my $t = login_test(
    http     => 'tender_chronograph off; tender_auth_cache off;',
    location => <<'END',
        location / { tender_account; }
        location /short/ { tender_account; tender_session_ttl 1s; }
        location /plain/ { tender_account; tender_session_secure off; }
        location /api/0.1/ { tender_api 0.1; tender_auth session;
                             tender_ownership off; }
END
);

my $FALSE  = JSON::PP::false;
my @NOBODY = ([body => 'session', 'Nobody is logged in']);


sub fresh {
    my @keys = @{ $t->redis('KEYS', '{g}:tries:*') };

    $t->redis('DEL', @keys) if @keys;
}

sub key     { '{g}:session:' . sha256_hex($_[0]) }
sub with    { my ($cookie) = @_; return { Cookie => "tender_session=$cookie" } }
sub session { $t->get($_[1] || '/session', with($_[0])) }

sub logged_in {
    my ($path, $headers) = @_;

    fresh();

    my $r = login($t, 'ann@acme', 'Hush-4711', path => $path,
                  headers => $headers);

    die 'no login: ', $r->status, ' ', $r->body if $r->status != 200;

    return { cookie => cookie($r), csrf => $r->json->{csrf}, answer => $r };
}

sub alive { session($_[0])->status == 200 ? 1 : 0 }


# what it is

plant_user($t, 'ann@acme', 'Hush-4711', id => 3, of => 8);

my $one = logged_in();

like($one->{answer}->header('Set-Cookie'),
     qr{^tender_session=tnds[0-9a-f]{64};\ Path=/;\ Max-Age=28800
        ;\ HttpOnly;\ SameSite=Lax;\ Secure$}x, 'the cookie');
is($t->redis('GET', key($one->{cookie})), '3:0 8', 'what the store knows');

my $ttl = $t->redis('PTTL', key($one->{cookie}));

cmp_ok($ttl, '<=', 8 * 3600 * 1000, 'for eight hours');
cmp_ok($ttl, '>', 8 * 3600 * 1000 - 60_000, 'no less');

my $r = session($one->{cookie});

is($r->status, 200, 'GET session');
is($r->header('Cache-Control'), 'no-store', 'not to be kept');
is($r->header('Set-Cookie'), undef, 'it stays as it is');
is_deeply($r->json->{csrf}, $one->{csrf}, 'its CSRF token');

my $expires = delete $r->json->{data}{expires};
my $data = $r->json->{data};

delete $data->{expires};
is_deeply($data, { account => '8', user => '3', tenant => 'acme',
                   scopes => [qw(read create update delete)] }, 'who it is');
cmp_ok(abs(substr($expires, 11, 2) * 3600 + substr($expires, 14, 2) * 60
           - substr($one->{answer}->json->{data}{expires}, 11, 2) * 3600
           - substr($one->{answer}->json->{data}{expires}, 14, 2) * 60), '<=',
       60, 'until when');
is($t->head('/session', with($one->{cookie}))->status, 200, 'HEAD');


# what is none

for my $case (
    ['nothing', undef],
    ['an unknown one', 'tnds' . 'a' x 64],
    ['a short one', substr $one->{cookie}, 0, 67],
    ['a long one', "$one->{cookie}0"],
    ['another prefix', 'tnda' . substr $one->{cookie}, 4],
    ['in capitals', uc $one->{cookie}],
    ['its hash', sha256_hex($one->{cookie})],
    ['empty', ''],
) {
    my ($why, $cookie) = @$case;

    $r = $t->get('/session', defined $cookie ? with($cookie) : {});
    refused($r, 401, @NOBODY, "a cookie: $why");
    is($r->header('WWW-Authenticate'), 'Session realm="tender"',
       "$why: a challenge");
}

refused($t->get('/session', { Cookie => [("tender_session=$one->{cookie}")
                                         x 2] }), 401, @NOBODY, 'twice');
is($t->get('/session', { Cookie => "a=b; tender_session=$one->{cookie}; c=d" })
   ->status, 200, 'among others');

$r = $t->get('/session', { Accept => 'text/html' });
is($r->status, 401, 'a browser');
like($r->body, qr/Nobody is logged in/, 'is told so on a page');


# rotation: a login ends the session that the browser had

my $two = logged_in(undef, with($one->{cookie}));

isnt($two->{cookie}, $one->{cookie}, 'another cookie');
is(alive($one->{cookie}), 0, 'the old one is of no use');
is(alive($two->{cookie}), 1, 'the new one is');
is($t->redis('EXISTS', key($one->{cookie})), 0, 'the store has forgotten it');

fresh();
is(login($t, 'ann@acme', 'wrong', headers => with($two->{cookie}))->status,
   401, 'a login that fails');
is(alive($two->{cookie}), 1, 'ends nothing');

my $other = logged_in();

is(alive($two->{cookie}), 1, 'nor does one of another browser');

# nobody can choose a cookie for somebody else

my $chosen = 'tnds' . '0123456789abcdef' x 4;
my $three  = logged_in(undef, with($chosen));

isnt($three->{cookie}, $chosen, 'a cookie that was there before');
is(alive($chosen), 0, 'does not become a session');


# logging out, with the CSRF token

sub out {
    my ($cookie, $headers, $body) = @_;

    return $t->post('/logout', $body,
                    { defined $cookie ? %{ with($cookie) } : (),
                      %{ $headers || {} } });
}

for my $case (
    ['no token', {}],
    ['an empty one', { 'X-CSRF-Token' => '' }],
    ['a wrong one', { 'X-CSRF-Token' => '0' x 64 }],
    ['another one\'s', { 'X-CSRF-Token' => $other->{csrf} }],
    ['the cookie itself', { 'X-CSRF-Token' => $two->{cookie} }],
    ['in capitals', { 'X-CSRF-Token' => uc $two->{csrf} }],
    ['one letter less', { 'X-CSRF-Token' => substr $two->{csrf}, 0, 63 }],
) {
    my ($why, $headers) = @$case;

    $r = out($two->{cookie}, $headers);
    refused($r, 403, [header => 'X-CSRF-Token', 'Missing or wrong'],
            "logout: $why");
    is($r->header('Set-Cookie'), undef, "logout: $why: the cookie stays");
}

for my $body (undef, '', 'csrf=', "csrf=$other->{csrf}", 'x=y') {
    refused(out($two->{cookie}, { 'Content-Type' => $FORM }, $body), 403,
            [body => 'csrf', 'Missing or wrong'],
            'logout by a form: ' . ($body // 'no body'));
}

refused(out($two->{cookie}, { 'Content-Type' => $FORM }, 'a=1&a=2'), 400,
        [body => 'a', 'Duplicate parameter'], 'logout: a form with faults');
is(alive($two->{cookie}), 1, 'nothing of it has ended the session');

$r = out($two->{cookie}, { 'X-CSRF-Token' => $two->{csrf} });

my $ENDED = qr{^tender_session=;\ Path=/;\ Max-Age=0;\ HttpOnly;\ SameSite=Lax
               ;\ Secure$}x;

is($r->status, 204, 'logout');
is($r->header('Content-Length'), undef, 'without a body');
like($r->header('Set-Cookie'), $ENDED, 'the cookie ends');
is($r->header('Cache-Control'), 'no-store', 'not to be kept');
is(alive($two->{cookie}), 0, 'and so does the session');
is($t->redis('EXISTS', key($two->{cookie})), 0, 'in the store');
is(alive($other->{cookie}), 1, 'others do not');

$r = out($two->{cookie}, { 'X-CSRF-Token' => $two->{csrf} });
is($r->status, 204, 'a second time');

$r = out($other->{cookie}, { 'Content-Type' => $FORM },
         "csrf=$other->{csrf}");
is($r->status, 303, 'by a form');
is($r->header('Location'), '/login', 'leads to the page');
like($r->header('Set-Cookie'), $ENDED, 'by a form: the cookie ends');
is(alive($other->{cookie}), 0, 'by a form: the session ends');

is(out(undef, {}, undef)->status, 204, 'without a session');
is(out(undef, { 'Content-Type' => $FORM }, '')->status, 303,
   'without a session, by a form');
is(out('nonsense', {}, '{}')->status, 204, 'with another cookie');
is($t->get('/logout', with($three->{cookie}))->status, 405, 'GET logout');
is(alive($three->{cookie}), 1, 'does nothing');
refused(out($three->{cookie}, {}, 'x' x 9000), 413,
        [url => 'request', 'Request Entity Too Large'], 'a large body');


# it is what it says in other locations

is($t->get('/api/0.1/tenders')->status, 401, 'an API without it');
is($t->get('/api/0.1/tenders', with($three->{cookie}))->status, 200,
   'with it');
is($t->post('/api/0.1/tenders', { data => {} }, with($three->{cookie}))
   ->status, 403, 'a change needs the token');
is($t->post('/api/0.1/tenders', { data => {} },
            { %{ with($three->{cookie}) }, 'X-CSRF-Token' => $three->{csrf} })
   ->status, 201, 'with the token');


# its end

my $short = logged_in('/short/login');

like($short->{answer}->header('Set-Cookie'), qr/Max-Age=1;/, 'a second');
cmp_ok($t->redis('PTTL', key($short->{cookie})), '<=', 1000, 'in the store');
ok($t->wait_for(sub { !alive($short->{cookie}) }, 5), 'then it is over');

my $plain = logged_in('/plain/login');

like($plain->{answer}->header('Set-Cookie'), qr/SameSite=Lax$/,
     'tender_session_secure off');
$r = $t->post('/plain/logout', undef, { %{ with($plain->{cookie}) },
                                        'X-CSRF-Token' => $plain->{csrf} });
like($r->header('Set-Cookie'), qr/Max-Age=0; HttpOnly; SameSite=Lax$/,
     'nor is the cookie that ends it');

for my $case (
    ['a user is switched off', { data => { enabled => $FALSE } }],
    ['a user expires', { data => { expires => '2020-01-01T00:00:00Z' } }],
    ['an account is switched off', { account => { enabled => $FALSE } }],
    ['an account expires',
     { account => { expires => '2020-01-01T00:00:00Z' } }],
) {
    my ($why, $how) = @$case;

    plant_user($t, 'ann@acme', 'Hush-4711', id => 3, of => 8);

    my $s = logged_in();

    plant_user($t, 'ann@acme', 'Hush-4711', id => 3, of => 8, %$how);
    refused(session($s->{cookie}), 401, @NOBODY, $why);
    is($t->get('/api/0.1/tenders', with($s->{cookie}))->status, 401,
       "$why: in the API as well");
}

plant_user($t, 'ann@acme', 'Hush-4711', id => 3, of => 8);

my $s = logged_in();

$t->redis('HDEL', '{g}:users', 3);
refused(session($s->{cookie}), 401, @NOBODY, 'a user is removed');
$t->redis('HDEL', '{g}:accounts', 8);
refused(session($s->{cookie}), 401, @NOBODY, 'an account is removed');

plant_user($t, 'ann@acme', 'Hush-4711', id => 3, of => 8,
           data => { expires => '2099-12-31T23:59:59Z' });
is(substr(logged_in()->{answer}->json->{data}{expires}, 0, 4) < 2099, 1,
   'it ends before the user does');

my $soon = POSIX::strftime('%Y-%m-%dT%H:%M:%SZ', gmtime time() + 600);

plant_user($t, 'ann@acme', 'Hush-4711', id => 3, of => 8,
           data => { expires => $soon });
$s = logged_in();
is($s->{answer}->json->{data}{expires}, $soon =~ s/Z/.000Z/r,
   'it ends when the user does');
is(session($s->{cookie})->json->{data}{expires}, $soon =~ s/Z/.000Z/r,
   'GET session says so, too');


# without the store

$t->stop_redis;

$r = $t->wait_for(sub {
    my $answer = session($s->{cookie});

    $answer->status == 503 && $answer;
});
is($r->header('Retry-After'), 1, 'no store: GET session');
is(login($t, 'ann@acme', 'Hush-4711')->status, 503, 'no store: login');

$r = out($s->{cookie}, { 'X-CSRF-Token' => $s->{csrf} });
is($r->status, 503, 'no store: logout');
is($r->header('Set-Cookie'), undef, 'no store: the cookie stays');
is($t->get('/login')->status, 200, 'no store: the page');

$t->start_redis;
ok($t->wait_for(sub { session($s->{cookie})->status == 401 }),
   'the store is back');


# no secret leaves nginx, but to its owner

plant_user($t, 'ann@acme', 'Hush-4711', id => 3, of => 8);

my $watch = Tender::Redis->new($t->redis_socket);

$watch->call('MONITOR');
$s = logged_in();
is(alive($s->{cookie}), 1, 'a session is watched');
out($s->{cookie}, { 'X-CSRF-Token' => $s->{csrf} });
$s = logged_in();

my $seen = '';

$t->redis('SET', 'the-end', 1);
$seen .= $watch->reply . "\n" while $seen !~ /the-end/;

my $hash = sha256_hex($s->{cookie});

like($seen, qr/session:$hash/, 'MONITOR shows the hash');

my $all = $seen . everything($t) . $t->kept_log . $t->access_log;

for (['the cookie', $s->{cookie}], ['the token', $s->{csrf}],
     ['the password', 'Hush'], ['the login', 'tries:[^ "]*ann']) {
    unlike($all, qr/$_->[1]/, "nobody sees $_->[0]");
}

$t->finish;
done_testing;
