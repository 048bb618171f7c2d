#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# Logging in: the page and its form, JSON, names and tenants.

use strict;
use warnings;

use JSON::PP ();
use POSIX ();
use Test::More;

use lib 't/lib';
use Tender::Api;
use Tender::Login;


my $t = login_test(
    http     => <<'END',
    tender_chronograph off;
    server {
        listen 127.0.0.1:%%PORT_1%%;
        server_name acme.example.org other.example.org;
        tender_tenant_from_host on;
        location / { tender_account; }
    }
END
    location => <<'END',
        location / { tender_account; }
        location /portal/ { tender_account; tender_auth_realm "the portal";
                            tender_session_secure off; tender_session_ttl 60; }
        location = /one/login { tender_account; }
        location /two/logout { tender_account; }
        location /small/ { tender_account; client_max_body_size 10; }
END
);

my $HTML  = 'text/html; charset=UTF-8';
my $FALSE = JSON::PP::false;
my @WRONG = ([body => 'username', 'The name or the password is wrong']);

plant_user($t, 'ann@acme', 'secret');
plant_user($t, 'ann@default', 'of default', id => 2, of => 8);
plant_user($t, 'ann@other', 'of other', id => 3, of => 9);
plant_user($t, 'bob@mail.org@acme', 'secret', id => 4);


sub fresh {
    my @keys = @{ $t->redis('KEYS', '{g}:tries:*') };

    $t->redis('DEL', @keys) if @keys;
}


# JSON

my $before = time();
my $r = login($t, 'ann@acme', 'secret');

is($r->status, 200, 'a login');
is($r->header('Content-Type'), $Tender::Api::TYPE, 'JSON');
is($r->header('Cache-Control'), 'no-store', 'nobody is to keep it');
is($r->header('Referrer-Policy'), 'no-referrer', 'nor to name it');

my $answer = $r->json;
my $expires = delete $answer->{data}{expires};

is_deeply($answer->{data}, { account => '7', user => '1', tenant => 'acme',
                             scopes => [qw(read create update delete)] },
          'who it is');
is(join(' ', sort keys %$answer), 'csrf data', 'members');
like($answer->{csrf}, qr/^[0-9a-f]{64}$/, 'the CSRF token');
like($expires, qr/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/, 'a date');
cmp_ok($expires, 'ge',
       POSIX::strftime('%Y-%m-%dT%H:%M:%S', gmtime $before + 8 * 3600 - 1),
       'in eight hours');
cmp_ok($expires, 'le',
       POSIX::strftime('%Y-%m-%dT%H:%M:%S', gmtime time() + 8 * 3600 + 2),
       'no later');
like(cookie($r), qr/^tnds[0-9a-f]{64}$/, 'the cookie');
is(scalar(() = $r->header('Set-Cookie')), 1, 'one cookie');

for my $case (
    ['ann@acme', 'Secret', 'a wrong password'],
    ['ann@acme', '', 'an empty one'],
    ['ann@acme', 'secret ', 'a longer one'],
    ['ann@nowhere', 'secret', 'an unknown tenant'],
    ['nobody@acme', 'secret', 'an unknown user'],
    ['ann', 'secret', 'another tenant\'s password'],
    ['', 'secret', 'no name'],
    ['@', 'secret', 'no name, no tenant'],
    ['ann@', 'secret', 'no tenant'],
    ['@acme', 'secret', 'only a tenant'],
    ['ann@acme ', 'secret', 'a blank behind'],
    ["ann\@acme\n", 'secret', 'a line'],
    ['ann@acme@acme', 'secret', 'a tenant twice'],
    ['bob@mail.org', 'secret', 'a name with @, without its tenant'],
    ['x' x 300 . '@acme', 'secret', 'a long name'],
    ["ann\@acme" . ' ' x 300, 'secret', 'a long name that begins well'],
    ["\x{430}nn\@acme", 'secret', 'a letter that looks the same'],
) {
    fresh();
    $r = login($t, $case->[0], $case->[1]);
    refused($r, 401, @WRONG, $case->[2]);
    is($r->header('WWW-Authenticate'), 'Session realm="tender"',
       "$case->[2]: challenge");
    is($r->header('Set-Cookie'), undef, "$case->[2]: no cookie");
}

fresh();
is(login($t, 'ANN@Acme', 'secret')->status, 200, 'in capitals');
is(login($t, 'ann', 'of default')->json->{data}{account}, '8',
   'without a tenant');
is(login($t, 'bob@mail.org@acme', 'secret')->json->{data}{user}, '4',
   'the last @ divides');

for my $case (
    ['{"username":"ann@acme"}', 'password', 'Expected a string'],
    ['{"password":"x"}', 'username', 'Expected a string'],
    ['{"username":1,"password":"x"}', 'username', 'Expected a string'],
    ['{"username":"a","password":["x"]}', 'password', 'Expected a string'],
    ['{"username":"a","password":null}', 'password', 'Expected a string'],
) {
    refused($t->post('/login', $case->[0]), 400,
            [body => $case->[1], $case->[2]], $case->[0]);
}

for my $body ('', '[]', '{', 'username=ann@acme', '{"username":"ann@acme",'
              . '"password":"secret","password":"secret"}', 'null', '1') {
    refused($t->post('/login', $body), 400,
            [body => 'data', 'Expected {"username": "...", '
                             . '"password": "..."}'], "body $body");
}

for my $type ('text/plain', 'multipart/form-data; boundary=x', 'text/json',
              'application/jsonx', 'application/x-www-form-urlencodedx', '')
{
    refused($t->post('/login', '{"username":"ann@acme","password":"secret"}',
                     { 'Content-Type' => $type }), 415,
            [header => 'Content-Type', 'Content-Type header should be one of '
             . "['application/json', 'application/x-www-form-urlencoded']"],
            "type '$type'");
}

refused($t->post('/login', '{"username":"ann@acme","password":"secret"}',
                 { 'Content-Type' => undef }), 415,
        [header => 'Content-Type', 'Content-Type header should be one of '
         . "['application/json', 'application/x-www-form-urlencoded']"],
        'no type');

is($t->post('/login', '{"username":"ann@acme","password":"secret"}',
            { 'Content-Type' => $_ })->status, 200, "type '$_'")
    for 'application/json; charset=UTF-8', 'APPLICATION/JSON',
        'application/json;x';

my $large = '{"username":"ann@acme","password":"secret"'
            . ' ' x 8192 . '}';

refused($t->post('/login', $large), 413,
        [url => 'request', 'Request Entity Too Large'], 'a large body');
refused($t->post('/login', sprintf("%x\r\n%s\r\n0\r\n\r\n", length $large,
                                   $large),
                 { 'Transfer-Encoding' => 'chunked' }), 413,
        [url => 'request', 'Request Entity Too Large'],
        'a large body in chunks');
refused($t->post('/small/login', '{"username":"ann@acme"}'), 413,
        [url => 'request', 'Request Entity Too Large'],
        'what nginx finds too large');
is($t->post('/login?username=x&password=y',
            { username => 'ann@acme', password => 'secret' })->status, 200,
   'a query says nothing');


# switched off, expired

my %off = (
    'user off'        => { data => { enabled => $FALSE } },
    'account off'     => { account => { enabled => $FALSE } },
    'user expired'    => { data => { expires => '2020-01-01T00:00:00Z' } },
    'account expired' => { account => { expires => '2020-01-01T00:00:00Z' } },
);

for my $why (sort keys %off) {
    fresh();
    plant_user($t, 'off@acme', 'secret', id => 20, of => 20, %{ $off{$why} });
    $r = login($t, 'off@acme', 'secret');
    refused($r, 401, @WRONG, $why);
    is($r->header('Set-Cookie'), undef, "$why: no cookie");
}

plant_user($t, 'off@acme', 'secret', id => 20, of => 20,
           data => { expires => '2999-01-01T00:00:00Z' });
is(login($t, 'off@acme', 'secret')->status, 200, 'a user that will expire');

plant_user($t, 'off@acme', '', id => 20, of => 20, hash => '');
fresh();
refused(login($t, 'off@acme', ''), 401, @WRONG, 'a user without a password');


# hosts with a tenant each

fresh();

my $c = Tender::Http->new(port => $t->port(1), close => 1);

for my $case (
    ['acme', 'ann', 'secret', 200, 'its own user'],
    ['acme', 'ann@acme', 'secret', 200, 'with its name'],
    ['acme', 'ANN@ACME', 'secret', 200, 'in capitals'],
    ['other', 'ann', 'of other', 200, 'the other one'],
    ['other', 'ann', 'secret', 401, 'another tenant\'s password'],
    ['other', 'ann@acme', 'secret', 401, 'another tenant'],
    ['acme', 'ann@default', 'of default', 401, 'the default tenant'],
    ['acme', 'ann@acm', 'secret', 401, 'a part of the tenant'],
    ['acme', 'bob@mail.org@acme', 'secret', 200, 'a name with @'],
) {
    my ($tenant, $name, $password, $status, $why) = @$case;

    is($c->post('/login', { username => $name, password => $password },
                { Host => "$tenant.example.org" })->status, $status,
       "$tenant: $why");
}


# the page

$r = $t->get('/login');

is($r->status, 200, 'the page');
is($r->header('Content-Type'), $HTML, 'HTML');
is($r->header('Content-Security-Policy'),
   "default-src 'none'; style-src 'self'; script-src 'self'; "
   . "img-src 'self' data:; connect-src 'self'; form-action 'self'; "
   . "frame-ancestors 'none'; base-uri 'none'", 'its policy');
is($r->header('Cache-Control'), 'no-store', 'not to be kept');
is($r->header('X-Content-Type-Options'), 'nosniff', 'nor sniffed');
like($r->header('Set-Cookie'),
     qr{^tender_login=[0-9a-f]{64};\ Path=/login;\ HttpOnly
        ;\ SameSite=Strict;\ Secure$}x, 'the cookie of the form');
unlike($r->body, qr/<script(?! src="\/assets)|<style|style=|\{\{|\}\}/,
       'no script in it, no style, nothing left to fill in');
like($r->body, qr/<form method="post" action="\/login">/, 'a form');
like($r->body, qr/<input id="password" name="password" type="password"/,
     'its password');

is($t->head('/login')->status, 200, 'HEAD');
is($t->head('/login')->body, '', 'HEAD has no body');

my $form = form($t);

like($form->{csrf}, qr/^[0-9a-f]{64}$/, 'its token');
isnt($form->{csrf}, $form->{cookie}, 'which is not the cookie');
isnt(form($t)->{csrf}, $form->{csrf}, 'another one for another browser');

my $again = form($t, '/login', { Cookie => "tender_login=$form->{cookie}" });

is($again->{csrf}, $form->{csrf}, 'the same for the same browser');
is($again->{answer}->header('Set-Cookie'), undef, 'whose cookie stays');

for my $bad ('x', 'g' x 64, $form->{cookie} . '0', '',
             uc($form->{cookie}) . 'A') {
    ok(form($t, '/login', { Cookie => "tender_login=$bad" })->{cookie},
       "a new cookie instead of '$bad'");
}


# the form

$r = send_form($t, $form, username => 'ann@acme', password => 'secret');

is($r->status, 303, 'a form');
is($r->header('Location'), '/api', 'leads on');
is($t->get('/api', { Cookie => 'tender_session=' . cookie($r) })->status,
   200, 'to what is there');
is($r->body, '', 'without a body');
is($r->header('Cache-Control'), 'no-store', 'not to be kept');
like(cookie($r), qr/^tnds/, 'a session');

for my $case (
    ['/api/0.1/tenders', '/api/0.1/tenders'],
    ['/search?q=a&b=%D2%90#top', '/search?q=a&b=%D2%90#top'],
    ['/', '/'],
    [undef, '/api'], ['', '/api'],
    ['//evil.example.org/', '/api'],
    ['/\\evil.example.org', '/api'],
    ['\\/evil.example.org', '/api'],
    ['http://evil.example.org/', '/api'],
    ['https:/evil', '/api'], ['javascript:alert(1)', '/api'],
    ['evil', '/api'], ['/a b', '/api'], ["/\x{490}", '/api'],
    ['/' . 'x' x 1024, '/api'],
) {
    my ($next, $location) = @$case;

    $r = send_form($t, $form, username => 'ann@acme', password => 'secret',
                   next => $next);
    is($r->header('Location'), $location,
       'next ' . ($next // 'missing') =~ s/[^ -~]/?/gr =~ s/x{40}.*//r);
}

$r = $t->get('/login?next=/a%3Fb%3D%22%3E%3Cb%3E%26');
like($r->body, qr/name="next"[^>]*value="\/a\?b=&quot;&gt;&lt;b&gt;&amp;"/,
     'next is in the form, with its quotes harmless');

# what is refused is shown on the page

fresh();

sub page {
    my ($r, $status, $text, $why) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    is($r->status, $status, $why);
    is($r->header('Content-Type'), $HTML, "$why: HTML");
    like($r->body, qr/<(p|h1)>\Q$text\E<\/\1>/, "$why: the sentence");
    like($r->header('Content-Security-Policy') // '', qr/default-src 'none'/,
         "$why: its policy");
    is($r->header('Cache-Control'), 'no-store', "$why: not to be kept");
    ok(!defined cookie($r), "$why: no session");
    unlike($r->body, qr/\{\{|\}\}/, "$why: complete");
}

$r = send_form($t, $form, username => 'ann@"><b>&', password => 'hunter2',
               next => '/x');
page($r, 401, 'The name or the password is wrong', 'a wrong password');
is($r->header('WWW-Authenticate'), 'Session realm="tender"', 'a challenge');
like($r->body, qr/value="ann@&quot;&gt;&lt;b&gt;&amp;"/, 'the name is kept');
like($r->body, qr/name="next"[^>]*value="\/x"/, 'and what comes next');
unlike($r->body, qr/hunter2/, 'the password is not');
like($r->body, qr/value="$form->{csrf}"/, 'the token is the same');

for my $case (
    [{ csrf => undef }, 'no token'],
    [{ csrf => '' }, 'an empty token'],
    [{ csrf => 'x' x 64 }, 'a wrong token'],
    [{ csrf => form($t)->{csrf} }, 'the token of another browser'],
    [{ csrf => uc $form->{csrf} }, 'the token in capitals'],
    [{ headers => { Cookie => undef } }, 'no cookie'],
    [{ headers => { Cookie => 'tender_login=x' } }, 'a wrong cookie'],
    [{ headers => { Cookie => "tender_login=$form->{csrf}" } },
     'the token as a cookie'],
    [{ headers => { Cookie => ["tender_login=$form->{cookie}",
                               "tender_login=$form->{cookie}"] } },
     'the cookie twice'],
) {
    my ($fields, $why) = @$case;

    $r = send_form($t, $form, username => 'ann@acme', password => 'secret',
                   %$fields);
    page($r, 403, 'The page was too old: try again', $why);
}

# of which the last one carries a new cookie that works

$form->{cookie} = cookie($r, 'tender_login');
($form->{csrf}) = $r->body =~ /name="csrf"[^>]*value="([^"]*)"/;
is(send_form($t, $form, username => 'ann@acme', password => 'secret')->status,
   303, 'with the new page');

for my $body ('username=a&username=b', 'username=%zz', 'username=%ff',
              'password=a%00b') {
    $r = $t->post('/login', $body,
                  { 'Content-Type' => $FORM, Accept => 'text/html' });
    is($r->status, 400, $body);
    is($r->header('Content-Type'), $HTML, "$body: HTML");
}

refused($t->post('/login', form_body(username => 'ann@acme',
                                     password => 'secret'),
                 { 'Content-Type' => $FORM }), 403,
        [body => 'csrf', 'The page was too old: try again'],
        'a form of who wants no HTML');

page($t->post('/login', 'x' x 9000, { 'Content-Type' => $FORM,
                                      Accept => 'text/html' }), 413,
     'That was too much', 'a large form');
page($t->post('/small/login', 'x' x 100, { 'Content-Type' => $FORM,
                                           Accept => 'text/html' }), 413,
     'That was too much', 'what nginx finds too large');
page($t->post('/login', 'x', { 'Content-Type' => 'text/plain',
                               Accept => 'text/html' }), 415,
     'Content-Type header should be one of [&#39;application/json&#39;, '
     . '&#39;application/x-www-form-urlencoded&#39;]', 'another type');


# other places

for my $case (
    [GET => '/login/', 404], [GET => '/Login', 404],
    [GET => '/login/x', 404],
    [POST => '/session', 405, 'GET, HEAD'], [GET => '/logout', 405, 'POST'],
    [PUT => '/login', 405, 'GET, HEAD, POST'],
    [DELETE => '/session', 405, 'GET, HEAD'],
) {
    my ($method, $path, $status, $allow) = @$case;
    my $text = $status == 404 ? 'Not Found' : 'Method Not Allowed';

    $r = $t->request($method, $path);
    refused($r, $status, [url => 'request', $text], "$method $path");
    is($r->header('Allow'), $allow, "$method $path: Allow");
    is($r->header('Cache-Control'), 'no-store', "$method $path: not kept");

    $r = $t->request($method, $path, { Accept => 'text/html,*/*;q=0.1' });
    page($r, $status, $status == 404 ? 'There is no such page'
                                     : 'This cannot be done here',
         "$method $path by a browser");
    like($r->body, qr/<a href="\/login">/, "$method $path: a way on");
}

$form = form($t, '/portal/login');

is($form->{action}, '/portal/login', 'a prefix: its form');
like($form->{answer}->header('Set-Cookie'),
     qr{Path=/portal/login; HttpOnly; SameSite=Strict$}, 'its cookie');

$r = send_form($t, $form, username => 'ann@acme', password => 'secret');
is($r->header('Location'), '/portal/api', 'where it leads');
like($r->header('Set-Cookie'),
     qr{^tender_session=tnds[0-9a-f]{64};\ Path=/;\ Max-Age=60;\ HttpOnly
        ;\ SameSite=Lax$}x, 'not secure, for a minute');
fresh();
is(login($t, 'ann@acme', 'x', path => '/portal/login')
   ->header('WWW-Authenticate'), 'Session realm="the portal"', 'its realm');

is(form($t, '/one/login')->{action}, '/one/login', 'one page alone');
is($t->post('/two/logout', undef)->status, 204, 'the other one');

fresh();


# nothing of it is kept

unlike($t->kept_log . $t->access_log, qr/hunter2|of default|"secret"|=secret/,
       'no password in the logs');

$t->finish;
done_testing;
