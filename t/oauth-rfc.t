#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# Each MUST and MUST NOT of RFC 6749 (2.3, 3.2, 3.3, 4.3, 4.4, 5, 6), 6750,
# 7009, 7662 and 8414 that applies, named after its clause; docs/oauth.md has
# the table.

use strict;
use warnings;

use JSON::PP ();
use Test::More;

use lib 't/lib';
use Tender::Access;
use Tender::Oauth;


my $t = oauth_test(more => <<'END');
location /no-password/ { tender_oauth; }
        location /scoped/ { tender_api 0.1; tender_auth oauth2;
                            tender_scope Account:read; tender_auth_cache 0; }
        location = /.well-known/oauth-authorization-server {
            tender_oauth_metadata /oauth/;
            tender_oauth_password_grant on;
        }
        location = /off { tender_oauth_metadata /no-password; }
        location = /root { tender_oauth_metadata /; }
END

my $account = account($t, scopes => [qw(read create update delete admin)]);
my $user = user($t, $account, login => 'clerk', password => 'Correct horse');
my $client = client($t, $account, scopes => [qw(read create update delete)]);
my $other = client($t, $account, scopes => ['read']);
my $admin = client($t, $account, addresses => ['127.0.0.1']);
my %login = (grant_type => 'password', username => 'clerk',
             password => 'Correct horse');
my %alone = (grant_type => 'client_credentials');
my $no = { active => JSON::PP::false };


sub login { ask($t, $client, %login, @_)->json }

sub call {
    my ($headers, %opt) = @_;

    my $path = '/api/0.1/tenders' . ($opt{query} ? "?$opt{query}" : '');

    return $opt{body} ? $t->post($path, $opt{body}, $headers)
                      : $t->get($path, $headers);
}

sub bearer { +{ Authorization => "Bearer $_[0]" } }


# ================================================================== RFC 6749

# ------------------------------------------------------------------------ 2.3

given(ask($t, $client, %alone),
      'RFC 6749 2.3.1: HTTP Basic authenticates a client', refresh => 0);
given(post($t, token => { %alone, client_id => $client->{id},
                          client_secret => $client->{secret} }),
      'RFC 6749 2.3.1: so do client_id and client_secret in the body',
      refresh => 0);
refusal(post($t, token => { %alone }, undef,
             form(client_id => $client->{id},
                  client_secret => $client->{secret})), 400,
        'invalid_request', 'RFC 6749 2.3.1: they are not taken from the '
        . 'address', qr/tender_oauth_query_credentials on/);
refusal(post($t, token => { %alone, client_id => $client->{id},
                            client_secret => $client->{secret} },
             basic($client)), 400, 'invalid_request',
        'RFC 6749 2.3: no more than one way in one request');

{
    my @status = map { ask($t, { id => $client->{id}, secret => "wrong$_" },
                           %alone)->status } 1 .. 11;

    is_deeply(\@status, [(401) x 10, 429],
              'RFC 6749 2.3.1: guessing is slowed down');
}


# ------------------------------------------------------------------------ 3.2

for my $method (qw(GET PUT PATCH DELETE)) {
    refusal($t->request($method, '/oauth/token?' . form(%alone),
                        basic($client)), 405, 'invalid_request',
            "RFC 6749 3.2: POST, not $method");
}

given(post($t, token => { %alone, scope => '' }, basic($client)),
      'RFC 6749 3.2: a parameter without a value is left out', refresh => 0);
refusal(post($t, token => { grant_type => '' }, basic($client)), 400,
        'invalid_request', 'RFC 6749 3.2: also one that is needed');
given(post($t, token => { %alone, unknown => 'x' }, basic($client)),
      'RFC 6749 3.2: unknown parameters are ignored', refresh => 0);
refusal(post($t, token => form(%alone) . "&$_", basic($client)), 400,
        'invalid_request', "RFC 6749 3.2: none comes twice: $_",
        qr/^Duplicate parameter/)
    for 'grant_type=client_credentials', 'scope=read&scope=read',
        'unknown=1&unknown=2';
refusal(post($t, token => '', basic($client), form(%alone)), 400,
        'invalid_request', 'RFC 6749 3.2: nothing is read from the address',
        qr/Missing parameter: grant_type/);
refusal(post($t, token => { %alone }), 401, 'invalid_client',
        'RFC 6749 3.2.1: clients authenticate');


# ------------------------------------------------------------------------ 3.3

given(ask($t, $client, %alone, scope => 'delete read'),
      'RFC 6749 3.3: scopes are words, in any order',
      scope => 'read delete', refresh => 0);
given(ask($t, $client, %alone),
      'RFC 6749 3.3: without scope there is a default, which is told',
      scope => 'read create update delete', refresh => 0);
refusal(ask($t, $client, %alone, scope => 'READ'), 400, 'invalid_scope',
        'RFC 6749 3.3: letters are what they are');
given(ask($t, $client, %alone, scope => 'write'),
      'RFC 6749 3.3: if it is written in another way, that is told',
      scope => 'create update delete', refresh => 0);


# ------------------------------------------------------------------------ 4.3

for my $name (qw(username password)) {
    my %part = %login;

    delete $part{$name};
    refusal(ask($t, $client, %part), 400, 'invalid_request',
            "RFC 6749 4.3.2: $name is needed");
}

given(ask($t, $client, %login), 'RFC 6749 4.3.3: a token');
refusal(post($t, token => { %login }), 401, 'invalid_client',
        'RFC 6749 4.3.2: a client authenticates');
refusal(ask($t, $client, %login, password => 'x'), 400, 'invalid_grant',
        'RFC 6749 4.3.2: the password is checked');
refusal($t->post('/no-password/token', form(%login),
                 { 'Content-Type' => $FORM, %{ basic($client) } }), 400,
        'unsupported_grant_type',
        'RFC 6749 4.3: this grant is for where it is switched on');

{
    my $guessed = user($t, $account, login => 'guessed',
                       password => 'Horse 1234');
    my @r = map { ask($t, $client, %login, username => 'guessed',
                      password => "x$_") } 1 .. 11;

    is_deeply([map { $_->status } @r], [(400) x 10, 429],
              'RFC 6749 4.3.2: guessing is slowed down');
    refusal($r[10], 429, 'invalid_request', 'in the shape of the rest');
    like(scalar $r[10]->header('Retry-After'), qr/^\d+$/, 'Retry-After');
}


# ------------------------------------------------------------------------ 4.4

given(ask($t, $client, %alone), 'RFC 6749 4.4.3: a token, and no refresh '
      . 'token', refresh => 0);
refusal(post($t, token => { %alone, client_id => $client->{id} }), 401,
        'invalid_client', 'RFC 6749 4.4: for confidential clients alone');


# -------------------------------------------------------------------------- 5

{
    my $r = ask($t, $client, %login);
    my $said = $r->json;

    is($r->status, 200, 'RFC 6749 5.1: 200');
    is($r->header('Content-Type'), $TYPE, 'RFC 6749 5.1: JSON');
    is($r->header('Cache-Control'), 'no-store',
       'RFC 6749 5.1: Cache-Control: no-store');
    is($r->header('Pragma'), 'no-cache', 'RFC 6749 5.1: Pragma: no-cache');
    ok($said->{access_token}, 'RFC 6749 5.1: access_token');
    is($said->{token_type}, 'bearer', 'RFC 6749 5.1: token_type');
    like($r->body, qr/"expires_in":\d+,/,
         'RFC 6749 5.1: expires_in is a number');
    ok(defined $said->{scope}, 'RFC 6749 5.1: scope');
}

refusal(post($t, token => { %alone, client_id => 'x', client_secret => 'x' }),
        401, 'invalid_client', 'RFC 6749 5.2: invalid_client');
like(scalar post($t, token => { %alone }, { Authorization => 'Basic eDp5' })
     ->header('WWW-Authenticate'), qr/^Basic realm="/,
     'RFC 6749 5.2: 401 asks for the scheme that was used');
refusal(ask($t, $client, %login, username => 'x'), 400, 'invalid_grant',
        'RFC 6749 5.2: invalid_grant');
refusal(ask($t, client($t, $account, grants => ['password']), %alone), 400,
        'unauthorized_client', 'RFC 6749 5.2: unauthorized_client');
refusal(ask($t, $client, grant_type => 'x'), 400, 'unsupported_grant_type',
        'RFC 6749 5.2: unsupported_grant_type');
refusal(ask($t, $client, %alone, scope => 'x'), 400, 'invalid_scope',
        'RFC 6749 5.2: invalid_scope');
refusal(ask($t, $client, grant_type => "a\"b\\c\xc3\xa9"), 400,
        'unsupported_grant_type',
        'RFC 6749 5.2: descriptions are ASCII, without quotes');


# -------------------------------------------------------------------------- 6

{
    my $mine = login();
    my %renew = (grant_type => 'refresh_token',
                 refresh_token => $mine->{refresh_token});

    refusal(ask($t, $other, %renew), 400, 'invalid_grant',
            'RFC 6749 6: a refresh token is bound to its client');
    refusal(post($t, token => { %renew }), 401, 'invalid_client',
            'RFC 6749 6: which authenticates');
    refusal(ask($t, $client, grant_type => 'refresh_token'), 400,
            'invalid_request', 'RFC 6749 6: refresh_token is needed');
    refusal(ask($t, $client, %renew, scope => 'admin'), 400, 'invalid_scope',
            'RFC 6749 6: no scope that was not granted');

    my $r = ask($t, $client, %renew);

    given($r, 'RFC 6749 6: without scope all that was granted',
          scope => $mine->{scope});

    my $next = $r->json->{refresh_token};

    isnt($next, $mine->{refresh_token},
         'RFC 6749 6: a new refresh token replaces the old one');
    refusal(ask($t, $client, %renew), 400, 'invalid_grant',
            'RFC 6749 6: the old one is given up');
    refusal(ask($t, $client, %renew, refresh_token => $next), 400,
            'invalid_grant', 'RFC 6749 10.4: and with it the new one, '
            . 'for one of both was stolen');

    my $part = login(scope => 'read create');

    $r = ask($t, $client, grant_type => 'refresh_token', scope => 'read',
             refresh_token => $part->{refresh_token});
    $r = ask($t, $client, grant_type => 'refresh_token',
             refresh_token => $r->json->{refresh_token});
    given($r, 'RFC 6749 6: the scope of a new refresh token is the same',
          scope => 'read create');
}


# ================================================================== RFC 6750

{
    my $token = login()->{access_token};
    my $part = login(scope => 'update')->{access_token};

    is(call(bearer($token))->status, 200, 'RFC 6750 2.1: Authorization');
    is(call({ Authorization => "bearer $token" })->status, 200,
       'RFC 6750 2.1: in any letters');
    is(call({}, query => "access_token=$token")->status, 200,
       'RFC 6750 2.3: access_token in the address');
    like(scalar call({}, query => "access_token=$token")
         ->header('Cache-Control'), qr/no-store/,
         'RFC 6750 2.3: such an answer is not kept');
    is(call(bearer($token), query => "access_token=$token")->status, 400,
       'RFC 6750 2: one way alone');

    my $r = call({});

    is($r->status, 401, 'RFC 6750 3: without a token');
    like(scalar $r->header('WWW-Authenticate'), qr/^Bearer realm="tender"/,
         'RFC 6750 3: WWW-Authenticate: Bearer');
    unlike(scalar $r->header('WWW-Authenticate'), qr/error/,
           'RFC 6750 3.1: without an error');

    for my $bad ('tnda_' . '0' x 96, substr($token, 0, -1) . 'x', 'x',
                 login()->{refresh_token}) {
        $r = call(bearer($bad));

        is($r->status, 401, 'RFC 6750 3.1: ' . substr $bad, 0, 8);
        like(scalar $r->header('WWW-Authenticate'),
             qr/error="invalid_token"/, 'RFC 6750 3.1: invalid_token');
    }

    $r = call(bearer($part));

    is($r->status, 403, 'RFC 6750 3.1: a scope that is not there');
    like(scalar $r->header('WWW-Authenticate'),
         qr/^Bearer .*error="insufficient_scope".*scope="read"/,
         'RFC 6750 3.1: insufficient_scope, and which');

    my $wide = bearer($token);
    my $module = bearer(login(scope => 'Account:read read')->{access_token});
    my $lead = bearer(login(scope => 'read Lead:create')->{access_token});

    is($t->get('/scoped/tenders', $_)->status, 200,
       'RFC 6750: a scope of a module') for $wide, $module;
    is($t->get('/scoped/tenders', $lead)->status, 200,
       'RFC 6750: or of all of them');
    is(call($lead, body => '{"data":{}}')->status, 403,
       'RFC 6750: one of another module is none');
}


# ================================================================== RFC 7009

{
    my $revoke = sub {
        my ($token, %opt) = @_;

        post($t, revoke => { token => $token, %{ $opt{more} || {} } },
             basic($opt{client} || $client));
    };
    my $done = sub {
        my ($r, $name) = @_;

        is($r->status, 200, $name) or diag($r->body);
        is($r->body, '{}', "$name: nothing is told");
        Tender::Oauth::closed($r, $name);
    };
    my $mine = login();

    refusal(post($t, revoke => { token => $mine->{access_token} }), 401,
            'invalid_client', 'RFC 7009 2.1: clients authenticate');
    refusal(post($t, revoke => {}, basic($client)), 400, 'invalid_request',
            'RFC 7009 2.1: token is needed', qr/Missing parameter: token/);
    $done->($revoke->($mine->{access_token}, client => $other),
            'RFC 7009 2.1: one of another client');
    ok(alive($t, $mine->{access_token}), 'RFC 7009 2.1: is not revoked');
    $done->($revoke->($mine->{refresh_token}, client => $other),
            'RFC 7009 2.1: nor its refresh token');
    ok(alive($t, $mine->{access_token}), 'RFC 7009 2.1: it is good still');
    $done->($revoke->($_), 'RFC 7009 2.2: a token that there is not: '
            . substr $_, 0, 8)
        for 'x', 'tnda_' . '0' x 96, 'tndr_' . '0' x 96,
            $mine->{access_token} =~ s/.$/x/r,
            substr($mine->{access_token}, 0, 37) . '0' x 64;
    ok(alive($t, $mine->{access_token}), 'RFC 7009 2.2: changes nothing');

    $done->($revoke->($mine->{access_token}), 'RFC 7009 2.1: an access token');
    ok(!alive($t, $mine->{access_token}), 'RFC 7009 2.1: at once');
    $done->($revoke->($mine->{access_token}), 'RFC 7009 2.2: once more');
    is_deeply(introspect($t, $client, $mine->{access_token}), $no,
              'RFC 7009 2.1: nobody is told of it');
    isnt(login()->{access_token}, $mine->{access_token},
         'RFC 7009 2.1: it does not come back');

    my $next = ask($t, $client, grant_type => 'refresh_token',
                   refresh_token => $mine->{refresh_token});

    given($next, 'RFC 7009 2.1: its refresh token stays');
    $next = $next->json;
    $done->($revoke->($next->{refresh_token}), 'RFC 7009 2.1: a refresh '
            . 'token');
    ok(!alive($t, $next->{access_token}),
       'RFC 7009 2.1: and the access tokens of the same grant');
    refusal(ask($t, $client, grant_type => 'refresh_token',
                refresh_token => $next->{refresh_token}), 400,
            'invalid_grant', 'RFC 7009 2.1: it is good no more');

    for my $hint (qw(refresh_token access_token other)) {
        my $one = login(scope => 'read');

        $done->($revoke->($one->{access_token},
                          more => { token_type_hint => $hint }),
                "RFC 7009 2.1: the hint $hint");
        ok(!alive($t, $one->{access_token}), 'RFC 7009 2.1: may be wrong');
    }

    my $used = login(scope => 'read delete');
    my $after = ask($t, $client, grant_type => 'refresh_token',
                    refresh_token => $used->{refresh_token})->json;

    $done->($revoke->($used->{refresh_token}),
            'RFC 7009 2.1: a refresh token that was used');
    ok(!alive($t, $after->{access_token}), 'RFC 7009 2.1: ends its family');

    my $alone = ask($t, $client, %alone)->json->{access_token};

    $done->($revoke->($alone =~ s/tnda/tndr/r),
            'RFC 7009 2.2: a refresh token of a grant without');
    ok(alive($t, $alone), 'RFC 7009 2.2: changes nothing');
    $done->($revoke->($alone), 'RFC 7009 2.1: a client\'s own token');
    ok(!alive($t, $alone), 'RFC 7009 2.1: it has ended');

    my ($family) = $alone =~ /^tnda_(.{32})/;

    is($t->redis('EXISTS', "{g}:family:$family"), 0, 'nothing is left of it');
}


# ================================================================== RFC 7662

{
    my $mine = login(scope => 'read create');
    my $told = introspect($t, $client, $mine->{access_token});
    my $exp = delete $told->{exp};

    is_deeply($told, {
        active     => JSON::PP::true,
        scope      => 'read create',
        client_id  => $client->{id},
        username   => 'clerk@default',
        token_type => 'bearer',
        sub        => "$account->{id}/$user->{id}\@default",
    }, 'RFC 7662 2.2: what a token is') or diag(explain $told);
    cmp_ok(abs($exp - time - $mine->{expires_in}), '<=', 2,
           'RFC 7662 2.2: exp, in seconds');

    $told = introspect($t, $client, $mine->{refresh_token});
    is($told->{active}, JSON::PP::true, 'RFC 7662 2.1: a refresh token');
    ok(!exists $told->{token_type}, 'RFC 7662 2.2: which opens nothing');
    is($told->{scope}, 'read create', 'RFC 7662 2.2: its scopes');
    cmp_ok($told->{exp}, '>', $exp, 'RFC 7662 2.2: lives longer');

    my $alone = ask($t, $client, %alone)->json->{access_token};

    $told = introspect($t, $client, $alone);
    is($told->{sub}, "$account->{id}\@default",
       'RFC 7662 2.2: of a client alone');
    ok(!exists $told->{username}, 'RFC 7662 2.2: there is no user');

    my $r = post($t, introspect => { token => $mine->{access_token} });

    refusal($r, 401, 'invalid_client', 'RFC 7662 2.1: who asks authenticates');
    like(scalar $r->header('WWW-Authenticate'), qr/^Basic /,
         'RFC 7662 2.3: 401 as in RFC 6749');
    refusal(post($t, introspect => {}, basic($client)), 400,
            'invalid_request', 'RFC 7662 2.1: token is needed');
    Tender::Oauth::closed(post($t, introspect => { token => 'x' },
                               basic($client)), 'RFC 7662 2.2');

    is_deeply(introspect($t, $other, $mine->{access_token}), $no,
              'RFC 7662 2.2: another client is told nothing');
    is_deeply(introspect($t, $client, $_), $no,
              'RFC 7662 2.2: nor is anybody of ' . substr $_, 0, 8)
        for 'x', 'tnda_' . '0' x 96, 'tndr_' . '0' x 96,
            $mine->{access_token} =~ s/tnda/tndr/r,
            $mine->{refresh_token} =~ s/tndr/tnda/r,
            substr($mine->{access_token}, 0, 37) . '0' x 64;
    is(introspect($t, $admin, $mine->{access_token})->{active},
       JSON::PP::true, 'RFC 7662 4: a client with the scope admin is told');

    change($t, $user, enabled => JSON::PP::false);
    is_deeply(introspect($t, $client, $mine->{access_token}), $no,
              'RFC 7662 2.2: a user who is switched off');
    change($t, $user, enabled => JSON::PP::true);

    change($t, $user, scopes => ['read']);
    is(introspect($t, $client, $mine->{access_token})->{scope}, 'read',
       'RFC 7662 2.2: scope is what it may do now');
    change($t, $user, scopes => undef);

    # what binds a client to addresses binds nobody who asks about its tokens

    my $there = client($t, $account, addresses => ['127.0.0.1']);
    my $token = ask($t, $there, %alone)->json->{access_token};

    change($t, $there, addresses => ['192.0.2.0/24']);
    is(introspect($t, $admin, $token)->{active}, JSON::PP::true,
       'RFC 7662 4: a client that is elsewhere');

    # tenants see nothing of each other

    my $acme = account($t, tenant => 'acme', scopes => [qw(read admin)]);
    my $theirs = client($t, $acme);
    my $all = client($t, account($t, tenant => '*',
                                 scopes => [qw(read admin)]));

    is_deeply(introspect($t, $theirs, $mine->{access_token}), $no,
              'RFC 7662 4: an administrator of another tenant');
    is(introspect($t, $all, $mine->{access_token})->{active}, JSON::PP::true,
       'RFC 7662 4: and one of all of them');
}


# ================================================================== RFC 8414

{
    my $path = '/.well-known/oauth-authorization-server';
    my $r = $t->get($path);
    my $base = $t->url;
    my $methods = [qw(client_secret_basic client_secret_post)];

    is($r->status, 200, 'RFC 8414 3.2: 200');
    like(scalar $r->header('Content-Type'), qr{^application/json\b},
         'RFC 8414 3.2: JSON');

    my $said = $r->json;

    is_deeply($said, {
        issuer => $base,
        token_endpoint => "$base/oauth/token",
        revocation_endpoint => "$base/oauth/revoke",
        introspection_endpoint => "$base/oauth/introspect",
        scopes_supported => [qw(read create update delete write auction
                                admin)],
        response_types_supported => [],
        grant_types_supported => [qw(password client_credentials
                                     refresh_token)],
        token_endpoint_auth_methods_supported => $methods,
        revocation_endpoint_auth_methods_supported => $methods,
        introspection_endpoint_auth_methods_supported => $methods,
    }, 'RFC 8414 2: what there is') or diag(explain $said);

    is("$said->{issuer}$path", $t->url($path),
       'RFC 8414 3.3: issuer is where it was asked for');
    is($t->get($path, { Host => 'acme.example.com' })->json->{issuer},
       'http://acme.example.com', 'RFC 8414 2: as the client calls it');
    unlike($said->{issuer}, qr/[?#]/, 'RFC 8414 2: no query, no fragment');
    given($t->post($said->{token_endpoint} =~ s/^\Q$base\E//r,
                   form(%alone), { 'Content-Type' => $FORM,
                                   %{ basic($client) } }),
          'RFC 8414 2: the token endpoint is there', refresh => 0);

    is_deeply($t->get('/off')->json->{grant_types_supported},
              [qw(client_credentials refresh_token)],
              'RFC 8414 2: a grant that is off is not listed');
    is($t->get('/off')->json->{token_endpoint}, "$base/no-password/token",
       'RFC 8414 2: another prefix');
    is($t->get('/root')->json->{token_endpoint}, "$base/token",
       'RFC 8414 2: the root');
    is($t->head($path)->status, 200, 'RFC 8414 3.1: HEAD');
    refusal($t->post($path, 'x'), 405, 'invalid_request',
            'RFC 8414 3.1: GET alone');
    is(scalar $t->post($path, 'x')->header('Allow'), 'GET, HEAD', 'Allow');
}

$t->finish;
done_testing;
