#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# The token endpoint: every row of its table, what its answers look like, and
# what a token opens.

use strict;
use warnings;

use JSON::PP ();
use Test::More;

use lib 't/lib';
use Tender::Access;
use Tender::Oauth;


my $t = oauth_test(more => <<'END');
location /off/ { tender_oauth; }
        location /realm/ { tender_oauth; tender_auth_realm "city hall"; }
END

my $password = 'Correct horse 1; &=%+';
my $account = account($t, scopes => [qw(read create update delete auction)]);
my $user = user($t, $account, login => 'clerk', password => $password,
                scopes => [qw(read create update delete)]);
my $client = client($t, $account);
my $readers = client($t, $account, scopes => ['read']);
my %login = (username => 'clerk@default', password => $password);


# --------------------------------------------------------------- the answers

my $r = ask($t, $client, grant_type => 'password', %login);
my $access = given($r, 'password', scope => 'read create update delete');

is($r->json->{expires_in}, 3600, 'an hour');
like($r->body, qr/^\{"access_token":"[^"]+","token_type":"bearer",
                    "refresh_token":"[^"]+","expires_in":3600,
                    "scope":"[^"]+"\}$/x, 'in the order of the original');
ok(alive($t, $access), 'it opens a location');
ok(!alive($t, $r->json->{refresh_token}), 'a refresh token does not');

$r = ask($t, $client, grant_type => 'client_credentials');
given($r, 'client_credentials', refresh => 0,
      scope => 'read create update delete auction');
ok(alive($t, $r->json->{access_token}), 'it opens one, too');

$r = ask($t, $client, grant_type => 'password', username => 'clerk',
         password => $password);
is($r->json->{access_token}, $access, 'the tenant may be left out');

for my $name ('CLERK@default', 'Clerk@DEFAULT') {
    is(ask($t, $client, grant_type => 'password', username => $name,
           password => $password)->json->{access_token}, $access,
       "$name is the same");
}


# ------------------------------------------------------- again, and something
# of it

{
    my $again = ask($t, $client, grant_type => 'password', %login);

    is($again->json->{access_token}, $access, 'a grant is given out again');
    cmp_ok($again->json->{expires_in}, '<=', 3600, 'with what it has left');
    cmp_ok($again->json->{expires_in}, '>', 3500, 'which is a lot yet');

    my $narrow = ask($t, $client, grant_type => 'password', %login,
                     scope => 'read');

    given($narrow, 'a part of it', scope => 'read');
    isnt($narrow->json->{access_token}, $access, 'is another token');
    is(ask($t, $client, grant_type => 'password', %login,
           scope => 'read')->json->{access_token},
       $narrow->json->{access_token}, 'and the same again');
    isnt(ask($t, $readers, grant_type => 'password', %login)
         ->json->{access_token}, $access, 'another client has another');
    isnt(ask($t, $client, grant_type => 'client_credentials',
             scope => 'read create update delete')->json->{access_token},
         $access, 'so has no user');
}

# at its end there is another one: the store is told that it is near

{
    my $first = ask($t, $client, grant_type => 'client_credentials',
                    scope => 'read')->json;
    my ($family) = $first->{access_token} =~ /^tnda_(.{32})/;
    my $key = "{g}:family:$family";
    my ($hash, $until, $scopes) = split / /, $t->redis('HGET', $key, 'access');

    for my $left (62, 59) {
        $t->redis('HSET', $key, 'access', join ' ', $hash,
                  $until - (3600 - $left) * 1_000_000, $scopes);

        my $next = ask($t, $client, grant_type => 'client_credentials',
                       scope => 'read')->json;

        if ($left > 60) {
            is($next->{access_token}, $first->{access_token},
               "$left s are enough");
            cmp_ok($next->{expires_in}, '<=', $left, 'as it says');
        } else {
            isnt($next->{access_token}, $first->{access_token},
                 "$left s are not");
            is($next->{expires_in}, 3600, 'it is a new one');
        }
    }

    ok(alive($t, $first->{access_token}), 'the other one is good still');
}


# ------------------------------------------------------------------- scopes

for my $case (
    ['read', 'read'],
    ['write', 'create update delete'],
    ['write read', 'read create update delete'],
    ['delete read', 'read delete'],
    ['  read   read ', 'read'],
    ['Account:read', 'Account:read'],
    ['Lead:write', 'Lead:create Lead:update Lead:delete'],
    ['read Lead:create', 'read Lead:create'],
    ['auction', 'auction'],
    ['', 'read create update delete auction'],
) {
    my ($scope, $granted) = @$case;

    given(ask($t, $client, grant_type => 'client_credentials',
              scope => $scope), "scope '$scope'", scope => $granted,
          refresh => 0);
}

refusal(ask($t, $client, grant_type => 'client_credentials', scope => $_),
        400, 'invalid_scope', "scope '$_'")
    for qw(all READ reading admin Account:admin :read read:Account), 'read x',
        "read\xc3\xa9";
refusal(ask($t, $readers, grant_type => 'client_credentials', scope => $_),
        400, 'invalid_scope', "of a client that reads, '$_'")
    for 'write', 'read create', 'Account:create';
refusal(ask($t, $readers, grant_type => 'password', %login,
            scope => 'create'), 400, 'invalid_scope',
        'of a user who may, by a client that may not');
refusal(ask($t, $client, grant_type => 'password', %login,
            scope => 'auction'), 400, 'invalid_scope',
        'of a client that may, by a user who may not');
given(ask($t, $readers, grant_type => 'password', %login), 'what both may',
      scope => 'read');

{
    my $poor = account($t, scopes => ['read']);
    my $none = client($t, $poor, scopes => ['create']);

    refusal(ask($t, $none, grant_type => 'client_credentials'), 400,
            'invalid_scope', 'of a client that may do nothing');
}


# -------------------------------------------------------------- the requests

my %good = (grant_type => 'client_credentials');
my %own  = (client_id => $client->{id}, client_secret => $client->{secret});

given(post($t, token => { %good, %own }), 'a client in the body',
      refresh => 0);
given(post($t, token => { %good, client_id => $client->{id} },
           basic($client)), 'Basic, and its name', refresh => 0);
given(post($t, token => { %good, other => 'x', x => '' }, basic($client)),
      'parameters that nobody knows', refresh => 0);
given($t->post('/oauth/token', JSON::PP::encode_json({ %good, %own })),
      'JSON', refresh => 0);
given($t->post('/oauth/token', form(%good, %own),
               { 'Content-Type' => $_ }), "type $_", refresh => 0)
    for "$FORM; charset=utf-8", 'x-www-form-urlencoded',
        'Application/X-WWW-Form-Urlencoded';
given($t->post('/oauth/token', form(%good, %own),
               { 'Content-Type' => undef }), 'no type', refresh => 0);
given($t->post('/oauth/token', JSON::PP::encode_json({ %good, %own }),
               { 'Content-Type' => 'application/json; charset=UTF-8' }),
      'JSON with a charset', refresh => 0);

for my $case (
    ['{"grant_type":1}', qr/Expecting a string: grant_type/],
    ['{"grant_type":null}', qr/Expecting a string/],
    ['{"x":{}}', qr/^Expecting a string$/],
    ['{"grant_type":"a","grant_type":"a"}', qr/each name once/],
    ['[]', qr/object of strings/], ['"x"', qr/object/], ['{', qr/object/],
    ['', qr/Missing parameter: grant_type/],
    ['{}', qr/Missing parameter: grant_type/],
    [qq({"password":"a\nb"}), qr/object/],
    ['{"password":"a\\nb"}', qr/Invalid control character: password/],
    ['{' . join(',', map { qq("p$_":"") } 1 .. 65) . '}', qr/object/],
) {
    refusal($t->post('/oauth/token', $case->[0]), 400, 'invalid_request',
            'JSON ' . substr($case->[0], 0, 40), $case->[1]);
}

for my $case (
    ['grant_type=password&grant_type=password',
     qr/^Duplicate parameter: grant_type$/],
    ['scope=&scope=', qr/^Duplicate parameter: scope$/],
    ['secretive=1&secretive=1', qr/^Duplicate parameter$/],
    ['grant_type=%zz', qr/^Invalid percent escape$/],
    ['grant_type=%ff', qr/^Invalid UTF-8$/],
    ['grant_type=a%00', qr/^Invalid control character$/],
    [join('&', map { "p$_=" } 1 .. 65), qr/^Too many parameters$/],
    ['grant_type=', qr/^Missing parameter: grant_type$/],
    ['', qr/^Missing parameter: grant_type$/],
    ['grant_type=password&password=x', qr/^Missing parameter: username$/],
    ['grant_type=password&username=x', qr/^Missing parameter: password$/],
    ['grant_type=password&username=&password=x', qr/: username$/],
    ['grant_type=refresh_token', qr/^Missing parameter: refresh_token$/],
    ['grant_type=refresh_token&refresh_token=', qr/: refresh_token$/],
) {
    refusal(post($t, token => $case->[0], basic($client)), 400,
            'invalid_request', 'form ' . substr($case->[0], 0, 40),
            $case->[1]);
}

refusal($t->post('/oauth/token', 'x', { 'Content-Type' => $_ }), 400,
        'invalid_request', "type $_", qr/Content-Type should be/)
    for 'text/plain', 'multipart/form-data; boundary=x', 'application/xml', '';
refusal(ask($t, $client, grant_type => $_), 400, 'unsupported_grant_type',
        "grant_type $_")
    for qw(authorization_code implicit Password passwor
           urn:ietf:params:oauth:grant-type:jwt-bearer);
refusal($t->post('/off/token', form(grant_type => 'password', %login),
                 { 'Content-Type' => $FORM, %{ basic($client) } }), 400,
        'unsupported_grant_type', 'passwords are off by default');
given($t->post('/off/token', form(%good),
               { 'Content-Type' => $FORM, %{ basic($client) } }),
      'the others are not', refresh => 0);


# the client

refusal(post($t, token => { %good, %own }, basic($client)), 400,
        'invalid_request', 'a client in two ways', qr/in one way/);
refusal(post($t, token => { %good, client_secret => 'x' }, basic($client)),
        400, 'invalid_request', 'two secrets', qr/in one way/);
refusal(post($t, token => { %good, client_id => $readers->{id} },
             basic($client)), 400, 'invalid_request', 'another name',
        qr/is not the client/);

{
    my ($one) = values %{ basic($client) };
    my $two = $t->raw("POST /oauth/token HTTP/1.1\r\nHost: a\r\n"
                      . "Authorization: $one\r\n" x 2
                      . "Content-Length: 29\r\nConnection: close\r\n\r\n"
                      . 'grant_type=client_credentials');

    like($two, qr/^HTTP\S+ 400 /, 'the same header twice');
}

{
    my $only = client($t, $account, grants => ['password']);

    refusal(ask($t, $only, %good), 400, 'unauthorized_client',
            'a grant that the client has not');
    given(ask($t, $only, grant_type => 'password', %login),
          'one that it has', refresh => 0);
    refusal(ask($t, client($t, $account, grants => ['client_credentials']),
                grant_type => $_, %login, refresh_token => 'x'), 400,
            'unauthorized_client', "$_ of a client without")
        for qw(password refresh_token);
}


# the user

for my $case (
    ['a wrong password', { %login, password => 'x' }],
    ['no such user', { %login, username => 'nobody@default' }],
    ['another tenant', { %login, username => 'clerk@acme' }],
    ['no name', { %login, username => '@default' }],
    ['a long name', { %login, username => 'x' x 1000 }],
    ['a long password', { %login, password => 'x' x 1000 }],
) {
    refusal(ask($t, $client, grant_type => 'password', %{ $case->[1] }), 400,
            'invalid_grant', $case->[0],
            qr/^There is no such user with that password for this client$/);
}

{
    my $other = account($t, name => 'Another');
    my $foreign = client($t, $other);

    refusal(ask($t, $foreign, grant_type => 'password', %login), 400,
            'invalid_grant', 'a client of another account');

    my $off = user($t, $account, login => 'off', password => $password);

    given(ask($t, $client, grant_type => 'password', username => 'off',
              password => $password), 'a user');
    change($t, $off, enabled => JSON::PP::false);
    refusal(ask($t, $client, grant_type => 'password', username => 'off',
                password => $password), 400, 'invalid_grant',
            'who is switched off');
    change($t, $off, enabled => JSON::PP::true,
           expires => '2020-01-01T00:00:00Z');
    refusal(ask($t, $client, grant_type => 'password', username => 'off',
                password => $password), 400, 'invalid_grant',
            'whose time is over');
}


# methods and paths

for my $method (qw(GET HEAD PUT PATCH DELETE)) {
    my $r = $t->request($method, '/oauth/token?' . form(%good), {},
                        $method =~ /^P/ ? 'x' : undef);

    is($r->header('Allow'), 'POST', "$method: what is allowed");
    $method eq 'HEAD' ? is($r->status, 405, 'HEAD')
                      : refusal($r, 405, 'invalid_request', $method,
                                $method eq 'GET' ? qr/tender_oauth_get on/
                                                 : undef);
}

for my $path (qw(revoke introspect)) {
    my $r = $t->get("/oauth/$path");

    refusal($r, 405, 'invalid_request', "GET $path");
    is($r->header('Allow'), 'POST', 'what is allowed');
}

refusal($t->post("/oauth/$_", form(%good, %own),
                 { 'Content-Type' => $FORM }), 404, 'invalid_request',
        "there is no '$_'")
    for qw(tokens token/x authorize), '', 'token/', 'TOKEN';
given($t->post('/oauth/%74oken', form(%good, %own),
               { 'Content-Type' => $FORM }), 'an encoded letter',
      refresh => 0);

is(scalar($t->post('/realm/token', form(%good),
                   { 'Content-Type' => $FORM })->header('WWW-Authenticate')),
   'Basic realm="city hall"', 'the realm');

$t->finish;
done_testing;
