#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# Who is let in where: each route that the server says it has, asked for in
# each kind of location, by each kind of caller, with each kind of credential.
# What is to come of it follows from the tables here alone.

use strict;
use warnings;

use JSON::PP ();
use MIME::Base64 qw(encode_base64);
use Test::More;

use lib 't/lib';
use Tender::Access;
use Tender::Api;
use Tender::Jwt;


my $OFF   = JSON::PP::false;
my $PAST  = '2020-01-01T00:00:00Z';
my $FORM  = 'application/x-www-form-urlencoded';
my $KINDS = 'tender_auth api_code bearer oauth2 basic session;';
my @ALL   = qw(read create update delete auction admin);
my @WRITE = qw(create update delete);

# what a route asks for: any of these

my %scope = map { my ($method, $path, @scopes) = split ' ';
                  ("$method $path" => \@scopes) } split /\n/, <<'END';
GET /spore read
GET /tenders read
POST /tenders create
GET /tenders/:tender_id read
PUT /tenders/:tender_id update
PATCH /tenders/:tender_id update
GET /tenders/:tender_id/bidders read
POST /tenders/:tender_id/bidders create
GET /tenders/:tender_id/bidders/:id read
PUT /tenders/:tender_id/bidders/:id update
PATCH /tenders/:tender_id/bidders/:id update
DELETE /tenders/:tender_id/bidders/:id delete
GET /tenders/:tender_id/awards read
POST /tenders/:tender_id/awards create
GET /tenders/:tender_id/awards/:id read
PATCH /tenders/:tender_id/awards/:id update
GET /tenders/:tender_id/auction read
PATCH /tenders/:tender_id/auction update auction
GET /tenders/:tender_id/documents read
POST /tenders/:tender_id/documents create auction
GET /tenders/:tender_id/documents/:id read
PUT /tenders/:tender_id/documents/:id update auction
PATCH /tenders/:tender_id/documents/:id update auction
GET /tenders/:tender_id/bidders/:bid_id/documents read
POST /tenders/:tender_id/bidders/:bid_id/documents create
GET /tenders/:tender_id/bidders/:bid_id/documents/:id read
PUT /tenders/:tender_id/bidders/:bid_id/documents/:id update
PATCH /tenders/:tender_id/bidders/:bid_id/documents/:id update
GET /tenders/:tender_id/awards/:award_id/documents read
POST /tenders/:tender_id/awards/:award_id/documents create
GET /tenders/:tender_id/awards/:award_id/documents/:id read
PUT /tenders/:tender_id/awards/:award_id/documents/:id update
PATCH /tenders/:tender_id/awards/:award_id/documents/:id update
END

# what is asked for is not there, so that who is let in gets a 404, but for

my %answer = ('GET /spore' => 200, 'GET /tenders' => 200,
              'POST /tenders' => 201);

# locations: their lines, what nobody may do there, what everybody needs

my %place = (
    none   => ['', []],
    read   => ['tender_anonymous read;', ['read']],
    write  => ['tender_anonymous write;', ['read', @WRITE]],
    beyond => ['tender_anonymous write; tender_scope delete;',
               ['read', @WRITE], ['delete']],
    far    => ['tender_anonymous write; tender_scope auction read;',
               ['read', @WRITE], ['auction', 'read']],
    module => ['tender_scope Account:read;', [], ['Account:read']],
    host   => ['tender_tenant_from_host on;', []],
);

# callers: scopes of the account; own: of the credential; has: what comes of
# both; token: what a token was asked for; account, gone: what becomes of the
# account and of the credential; dead: it is none any more

my %caller = (
    (map { $_ => { scopes => [$_] } } @ALL),
    writer   => { scopes => ['write'], has => \@WRITE },
    clerk    => { scopes => ['read', 'write'], has => ['read', @WRITE] },
    all      => { scopes => \@ALL },
    nothing  => { scopes => [] },
    module   => { scopes => ['Account:read'] },
    stranger => { scopes => \@ALL, tenant => 'acme' },
    everyone => { scopes => \@ALL, tenant => '*' },
    narrow   => { scopes => \@ALL, own => ['read'], token => ['read'] },
    wide     => { scopes => ['read'], own => \@ALL, has => ['read'] },
    apart    => { scopes => ['read'], own => ['update'], has => [] },
    disabled => { scopes => \@ALL, dead => 1,
                  account => { enabled => $OFF } },
    ended    => { scopes => \@ALL, dead => 1, account => { expires => $PAST } },
    revoked  => { scopes => \@ALL, dead => 1, gone => { enabled => $OFF } },
    expired  => { scopes => \@ALL, dead => 1, gone => { expires => $PAST } },
);

my $t = access_test(location => join "\n        ",
    (map { "location /$_/ { tender_api 0.1; $KINDS $place{$_}[0] }" }
     sort keys %place),
    'location /desk/ { tender_admin; }',
    'location /oauth/ { tender_oauth; tender_oauth_password_grant on; }',
    'location = /login { tender_account; tender_session_secure off; }');

my $c      = $t->client;
my $tender = '0' x 32;
my $real   = $c->post('/write/tenders', { data => {} })->json->{data}{id};
my $made   = 1;
my $checks = 0;
my %tenant_of;                  # each account that was made


# --------------------------------------------------------------- credentials

sub basic { 'Basic ' . encode_base64(join(':', @_), '') }

sub token {
    my ($client, @scopes) = @_;

    my $r = $c->post('/oauth/token', 'grant_type=client_credentials'
                     . (@scopes ? '&scope=' . join '+', @scopes : ''),
                     { Authorization => basic(@$client{qw(id secret)}),
                       'Content-Type' => $FORM });

    return $r->status == 200 ? $r->json->{access_token}
         : die 'no token: ', $r->body;
}


sub account_of {
    my ($tenant, @scopes) = @_;

    my $account = account($t, tenant => $tenant, scopes => \@scopes);

    $tenant_of{ $account->{id} } = $tenant;

    return $account;
}


# headers of each kind of credential, each of a role's own

sub credentials {
    my ($name, $caller) = @_;

    my @own = $caller->{own} ? (scopes => $caller->{own}) : ();
    my $account = account_of($caller->{tenant} // 'default', @ALL);
    my $login = "$name\@" . ($caller->{tenant} // 'default');
    my $key = jwt_secret('HS256', 'k' x 40);

    my $code   = api_code($t, $account, @own);
    my $client = client($t, $account);
    my $user   = user($t, $account, @own, login => $name,
                      password => 'Correct horse');
    my $signer = key($t, $account, kid => $name, alg => 'HS256',
                     secret => $key->{secret});

    my $token = token($client, @{ $caller->{token} || [] });
    my $r = $c->post('/login', { username => $login,
                                 password => 'Correct horse' });
    my ($cookie) = ($r->header('Set-Cookie') // '') =~ /^([^;]+)/;
    my %claims = (sub => $account->{id} + 0, exp => time() + 3600,
                  @own ? (scope => join ' ', @{ $caller->{own} }) : ());

    # the end of a JWT is its own, what is switched off is its key

    $claims{exp} = time() - 3600 if ($caller->{gone} || {})->{expires};
    change($t, $signer, enabled => $OFF)
        if exists(($caller->{gone} || {})->{enabled});

    for my $what ($caller->{gone} ? ($code, $client, $user) : ()) {
        change($t, $what, %{ $caller->{gone} });
    }

    # a token has no more than what it stands on has left

    change($t, $client, @own) if @own && !$caller->{token};
    change($t, $account, scopes => $caller->{scopes},
           %{ $caller->{account} || {} });

    return {
        api_code => { 'X-Api-Code' => $code->{code} },
        bearer   => { Authorization => 'Bearer '
                      . jwt($key, \%claims, { kid => $name }) },
        oauth2   => { Authorization => "Bearer $token" },
        basic    => { Authorization => basic($login, 'Correct horse') },
        session  => { Cookie => $cookie, 'X-CSRF-Token' => $r->json->{csrf} },
    };
}


my %credential = map { $_ => credentials($_, $caller{$_}) } sort keys %caller;


# ------------------------------------------------------------------ verdicts

# all of some are among others; those of a module are those of all of them

sub covers {
    my ($has, $needed) = @_;

    my %has = map { $_ => 1 } @$has;

    return !grep { !$has{$_} && !$has{ s/^.*://r } } @$needed;
}


sub verdict {
    my ($route, $place, $name) = @_;

    my (undef, $anonymous, $needed) = @{ $place{$place} };
    my $caller = $caller{ $name // '' };
    my $has = $anonymous;

    if ($caller) {
        return 401 if $caller->{dead};
        return 401 if $place eq 'host' && ($caller->{tenant} // 'default')
                                          !~ /^(?:default|\*)$/;

        $has = $caller->{has} // $caller->{own} // $caller->{scopes};
    }

    my $may = (grep { my $one = $_; grep { $_ eq $one } @$has }
               @{ $scope{$route} })
              && covers($has, $needed || []);

    return $may ? $answer{$route} // 404 : $caller ? 403 : 401;
}


# a body that is good, so that nothing but the tender is missing

my %BODY = (
    'POST /tenders/:tender_id/awards' => { bid_id => '0' x 32 },
    'PATCH /tenders/:tender_id/auction' => { bids => [{ amount => 300 }] },
);

sub ask {
    my ($route, $place, $headers, $id) = @_;

    my ($method, $path) = split / /, $route;
    my %headers = (Host => 'default.example.com', %{ $headers || {} });
    my $body;

    if ($method =~ /^P/) {
        $body = $path =~ /documents/ && $method ne 'PATCH' ? 'some bytes'
              : { data => $BODY{$route}
                  // ($path =~ /bidders$/ ? { totalValue => { amount => 4 } }
                                          : {}) };

        @headers{'Content-Type', 'Content-Disposition'} =
            ('application/pdf', 'attachment; filename="a.pdf"')
            if !ref $body;
    }

    $id //= $tender;
    $path =~ s/:tender_id/$id/;
    $path =~ s/:\w+/'0' x 32/ge;

    return $c->request($method, "/$place$path", \%headers, $body);
}


# what is wrong with an answer, in words; nothing if it is as it should be

sub wrong {
    my ($r, $want, $what) = @_;

    my $challenge = $r->header('WWW-Authenticate') // '';
    my $got = $r->status;
    my @wrong;

    $checks++;
    $made++ if $got == 201;

    push @wrong, "$got, not $want: " . $r->body if $got != $want;
    push @wrong, "challenge: $challenge"
        if $want == 403 ? $challenge !~ /error="insufficient_scope"/
         : $want == 401 ? $challenge !~ /^Bearer realm="tender"/
         : length $challenge;

    return map { "$what: $_" } @wrong;
}


# -------------------------------------------------------------- procurement

my $spore = $c->get('/write/spore')->json->{methods};
my @routes = sort keys %scope;

is_deeply([sort map { "$_->{method} $_->{path}" } values %$spore],
          [sort @routes, map { s/^GET/HEAD/ ? $_ : () } my @copy = @routes],
          'a rule for each route that the server says it has');

# two kinds of credentials in each cell, three of them taking turns; a password
# is counted before it is looked at, and remembered if it was good

my $turn = 0;

sub kinds {
    my ($name, $good) = @_;

    my @kinds = ('api_code', 'oauth2', 'bearer', 'session');
    my $live = $good && !$caller{$name}{dead};

    return (@kinds[$turn % 4, ++$turn % 4], $live ? 'basic' : ());
}


sub forget_tries {
    my @keys = @{ $t->redis('KEYS', '{g}:tries:*') };

    $t->redis('DEL', @keys) if @keys;
}


for my $place (sort keys %place) {
    my @wrong = map { wrong(ask($_, $place), verdict($_, $place), $_) }
                @routes;

    is_deeply(\@wrong, [], "/$place/: nobody") or diag(join "\n", @wrong);

    for my $name (sort keys %caller) {
        for my $kind (kinds($name, verdict('GET /tenders', $place, $name)
                                   != 401)) {
            my $headers = $credential{$name}{$kind};

            @wrong = map { wrong(ask($_, $place, $headers),
                                 verdict($_, $place, $name), $_) } @routes;
            is_deeply(\@wrong, [], "/$place/: $name, $kind")
                or diag(join "\n", @wrong);
        }
    }
}


# HEAD is let in as GET is, and a refusal tells nothing of what there is

for my $name (sort keys %caller) {
    my $headers = $credential{$name}{api_code};
    my @wrong;

    for my $route (@routes) {
        my $want = verdict($route, 'none', $name);

        push @wrong, wrong(ask($route =~ s/^GET/HEAD/r, 'none', $headers),
                           $want, "HEAD $route")
            if $route =~ /^GET/;

        next if $want !~ /^40[13]$/;

        my @answers = map { $_->head =~ s/^Date.*?\n//mr . $_->body }
                      map { ask($route, 'none', $headers, $_) }
                      $tender, $real, 'x';

        $checks++;
        push @wrong, "$route: it tells what there is"
            if $answers[0] ne $answers[1] || $answers[0] ne $answers[2];
    }

    is_deeply(\@wrong, [], "HEAD, and what a refusal tells: $name")
        or diag(join "\n", @wrong);
}

# a session needs its CSRF token to change anything

{
    my %headers = %{ $credential{all}{session} };

    delete $headers{'X-CSRF-Token'};

    for my $route (@routes) {
        my $r = ask($route, 'none', \%headers);

        is($r->status, $route =~ /^GET/ ? $answer{$route} // 404 : 403,
           "a session without its CSRF token: $route");
        like($r->body, qr/"name":"X-CSRF-Token"/, 'which it is told')
            if $route !~ /^GET/;
        $checks++;
    }
}

is($t->redis('ZCARD', '{b0}:feed'), $made,
   "$made tenders were published by who may, and none by others");


# ------------------------------------------------------------ administration

# all of it needs "admin", but for the first one of all

my @kinds = qw(users clients codes keys);
my @desk = (
    'GET accounts', 'POST accounts', 'GET audit', 'POST bootstrap',
    (map { "$_ accounts/:account" } qw(GET PATCH DELETE)),
    (map { my $kind = $_;
           ((map { "$_ accounts/:account/$kind" } qw(GET POST)),
            (map { "$_ accounts/:account/$kind/:id" }
             qw(GET PATCH DELETE))) } @kinds),
    (map { "POST accounts/:account/$_/:id/rotate" } qw(clients codes)),
);

my %methods;

for (@desk) {
    my ($method, $path) = split / /;

    push @{ $methods{$path} }, $method, $method eq 'GET' ? 'HEAD' : ();
}

for my $path (sort keys %methods) {
    my $r = $c->put("/admin/$path", { data => {} });

    is_deeply([sort split /, /, $r->header('Allow') // ''],
              [sort @{ $methods{$path} }], "a rule for each method of $path");
}

my %new = (
    accounts => sub { { name => 'New', scopes => ['admin'] } },
    users    => sub { { login => 'user' . $_[0], scopes => ['admin'] } },
    clients  => sub { { name => 'New' } },
    codes    => sub { {} },
    keys     => sub { { kid => 'key' . $_[0], alg => 'HS256',
                        secret => 'k' x 40 } },
);

my $n = 0;

# an account of a tenant, with one of each kind

sub target {
    my ($tenant) = @_;

    my $id = account_of($tenant, 'admin')->{id};
    my %target = (account => $id, tenant => $tenant);

    $target{$_} = entry($id, $_) for @kinds;

    return \%target;
}


sub entry {
    my ($id, $kind) = @_;

    return $t->post("/admin/accounts/$id/$kind",
                    { data => $new{$kind}->(++$n) })->json->{data}{id};
}


# one that may be removed: of an account, only what has nothing

sub doomed {
    my ($tenant, $route) = @_;

    my ($kind) = $route =~ m{(\w+)/:id$};
    my $id = account_of($tenant, 'admin')->{id};

    return { account => $id, $kind ? ($kind => entry($id, $kind)) : () };
}


sub ask_desk {
    my ($route, $headers, $target) = @_;

    my ($method, $path) = split / /, $route;
    my ($kind) = $path =~ m{(\w+)(?:/:id.*)?$};
    my $body = $method eq 'POST' && $path =~ m{/rotate$} ? {}
             : $method eq 'POST' && $new{$kind} ? $new{$kind}->(++$n)
             : $method =~ /^P/ ? { enabled => JSON::PP::true } : undef;

    $body->{tenant} = $target->{tenant} if $route eq 'POST accounts';
    $path =~ s/:account/$target->{account}/;
    $path =~ s{(\w+)/:id}{$1/$target->{$1}};

    return $c->request($method, "/desk/$path", $headers,
                       $body && { data => $body });
}


sub desk_verdict {
    my ($route, $name, $tenant) = @_;

    my $caller = $caller{ $name // '' };
    my $has = $caller && ($caller->{has} // $caller->{own}
                          // $caller->{scopes});
    my $of = $caller && ($caller->{tenant} // 'default');

    # it has a token of its own, for which there is no file here
    return 404 if $route eq 'POST bootstrap';
    return 401 if !$caller || $caller->{dead};
    return 403 if !grep { $_ eq 'admin' } @$has;
    return 200 if $route =~ /^GET (?:accounts|audit)$/;
    return $route eq 'POST accounts' ? 403 : 404
        if $of ne '*' && $of ne $tenant;
    return $route =~ m{^POST(?!.*/rotate)} ? 201 : 200;
}


# passwords of who is not let in, one by one

forget_tries();

for my $name (sort grep { $caller{$_}{dead} } keys %caller) {
    my $r = ask('GET /tenders', 'write', $credential{$name}{basic});
    my @wrong = wrong($r, 401, $name);

    is_deeply(\@wrong, [], "/write/: $name, basic");
}

forget_tries();

for my $tenant ('default', 'acme', '*') {
    my $target = target($tenant);

    for my $name (undef, sort keys %caller) {
        for my $kind ($name ? kinds($name) : 'none') {
            my $headers = $name && $credential{$name}{$kind};
            my @wrong;

            for my $route (@desk) {
                my $want = desk_verdict($route, $name, $tenant);
                my $used = $target;

                $used = doomed($tenant, $route)
                    if $want == 200 && $route =~ /^DELETE/;

                my $r = ask_desk($route, $headers, $used);

                $checks++;
                $tenant_of{ $r->json->{data}{id} } = $tenant
                    if $r->status == 201 && $route eq 'POST accounts';
                push @wrong, "$route: " . $r->status . ", not $want: "
                             . $r->body if $r->status != $want;
            }

            is_deeply(\@wrong, [], "the desk, tenant $tenant: "
                      . ($name // 'nobody') . ", $kind")
                or diag(join "\n", @wrong);
        }
    }
}

# lists have a tenant's own alone

for my $case (['all', 'default'], ['stranger', 'acme']) {
    my ($name, $tenant) = @$case;
    my $headers = $credential{$name}{api_code};
    my %tenants = map { $_->{tenant} => 1 }
        @{ $c->get('/desk/accounts?limit=1000', $headers)->json->{data} };

    is_deeply([keys %tenants], [$tenant], "accounts that $name sees");
    my $events = $c->get('/desk/audit?limit=1000', $headers)->json->{data};

    cmp_ok(scalar @$events, '>', 50, "$name sees what was done");
    %tenants = map { $tenant_of{ $_->{account} } => 1 } @$events;
    is_deeply([keys %tenants], [$tenant], "to accounts of $tenant alone");
}


# ---------------------------------------------------------- clients of OAuth

{
    my %client;
    my $account = account_of('default', 'read');

    $client{own}   = client($t, $account);
    $client{other} = client($t, $account);
    $client{far}   = client($t, account_of('default', 'read'));

    for (['admin', 'default'], ['admin_far', 'acme'], ['admin_all', '*']) {
        my ($name, $tenant) = @$_;

        $client{$name} = client($t, account_of($tenant, 'admin'));
    }

    $client{off} = client($t, $account);
    change($t, $client{off}, enabled => $OFF);

    my %sees = map { $_ => 1 } qw(own admin admin_all);
    my $token = token($client{own});
    my $post = sub {
        my ($what, $name, $secret) = @_;

        my $client = $client{$name};

        return $c->post("/oauth/$what", "token=$token", {
            'Content-Type' => $FORM,
            Authorization  => basic($client->{id},
                                    $secret // $client->{secret}),
        });
    };
    my $alive = sub {
        $checks++;

        # not from what a worker remembers
        return $post->(introspect => 'own')->json->{active};
    };

    for my $name (sort keys %client) {
        my $r = $post->(introspect => $name);

        $checks += 3;

        if ($name eq 'off') {
            is($r->status, 401, "introspection by $name");
            is($post->(revoke => $name)->status, 401, "revocation by $name");

        } else {
            is($r->json->{active} ? 1 : 0, $sees{$name} // 0,
               "introspection by $name");
            $sees{$name}
                ? is($r->json->{client_id}, $client{own}{id}, 'whose it is')
                : is($r->body, '{"active":false}', 'and nothing else');

            next if $name eq 'own';

            is($post->(revoke => $name)->status, 200, "revocation by $name");
        }

        ok($alive->(), 'which changes nothing');
    }

    for my $what (qw(introspect revoke)) {
        is($post->($what, 'own', 'wrong')->status, 401, "$what: a wrong one");
        is($post->($what, 'own', $client{other}{secret})->status, 401,
           "$what: another's secret");
        is($c->post("/oauth/$what", "token=$token",
                    { 'Content-Type' => $FORM })->status, 401,
           "$what: nobody");
        $checks += 3;
    }

    ok($alive->(), 'it is still good');
    is($post->(revoke => 'own')->status, 200, 'revocation by its own client');
    ok(!$alive->(), 'ends it');
}

cmp_ok($checks, '>', 15_000, "$checks checks");

$t->finish;
done_testing;
