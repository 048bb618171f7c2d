#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# Credentials: each kind in each way that it may be shown, and in the ways
# that it may not.

use strict;
use warnings;

use MIME::Base64 qw(encode_base64);
use Test::More;

use lib 't/lib';
use Tender::Access;
use Tender::Api;
use Tender::Jwt;


my $all = 'tender_auth api_code bearer oauth2 basic session;';
my $who = join '|', map { "\$tender_$_" }
               qw(principal account client auth_method scopes tenant);

my $t = access_test(
    http     => 'tender_auth_cache off; tender_jwt_key %%DIR%%/jwt alg=HS256;',
    files    => { jwt => 'j' x 32, 'page.html' => 'a page' },
    location => <<"END");
        location /api/0.1/ { tender_api 0.1; tender_anonymous write;
                             tender_ownership off; }
        location /all/     { tender_api 0.1; $all }
        location /default/ { tender_api 0.1; }
        location /open/    { tender_api 0.1; $all tender_anonymous read; }
        location /code/    { tender_api 0.1; tender_auth api_code; }
        location /bearer/  { tender_api 0.1; tender_auth bearer; }
        location /oauth2/  { tender_api 0.1; tender_auth oauth2; }
        location /basic/   { tender_api 0.1; tender_auth basic;
                             tender_auth_realm "the city"; }
        location /session/ { tender_api 0.1; tender_auth session; }
        location /off/     { tender_api 0.1; tender_auth off;
                             tender_anonymous read; }
        location /oauth/   { tender_oauth; tender_oauth_password_grant on; }
        location = /login  { tender_account; tender_session_secure off; }
        location = /who {
            alias %%DIR%%/page.html;
            tender_auth api_code bearer oauth2 basic session;
            add_header X-Who "$who" always;
        }
END

my $account = account($t, scopes => ['read', 'create']);
my $user    = user($t, $account, login => 'clerk',
                   password => 'correct horse');
my $client  = client($t, $account);
my $code    = api_code($t, $account)->{code};

my $c   = $t->client;
my $uri = 'tenders';
my $id  = $account->{id};

my $jwt = jwt(jwt_secret('HS256', 'j' x 32),
              { sub => $id + 0, exp => time() + 600 });

my $token = $c->post('/oauth/token', 'grant_type=client_credentials', {
    'Content-Type' => 'application/x-www-form-urlencoded',
    Authorization  => basic($client->{id}, $client->{secret}),
})->json->{access_token};

my ($cookie) = $c->post('/login', {
    username => 'clerk', password => 'correct horse',
})->header('Set-Cookie') =~ /^([^;]+)/;


sub basic { 'Basic ' . encode_base64(join(':', @_), '') }


# who a request is taken for

sub who {
    my ($query, %headers) = @_;

    my $r = $c->get('/who' . ($query ? "?$query" : ''), \%headers);

    return $r->status == 200 ? $r->header('X-Who') : $r->status;
}


my %who = (
    code    => "$id\@default|$id||api_code|read create|default",
    jwt     => "$id\@default|$id||bearer|read create|default",
    token   => "$id\@default|$id|$client->{id}|oauth2|read create|default",
    basic   => "$id/$user->{id}\@default|$id||basic|read create|default",
    session => "$id/$user->{id}\@default|$id||session|read create|default",
);

my $login = basic('clerk@default', 'correct horse');

is(who("api_code=$code"), $who{code}, 'api_code: in the query');
is(who("a=b&API%5Fcode=$code&c"), $who{code}, 'api_code: spelled so');
is(who('', 'X-Api-Code' => $code), $who{code}, 'api_code: X-Api-Code');
is(who('', Authorization => "Bearer $code"), $who{code}, 'api_code: Bearer');
is(who('', Authorization => "bEaReR $code"), $who{code}, 'api_code: bearer');
is(who('', Authorization => "Bearer   $code"), $who{code},
   'api_code: Bearer and spaces');
is(who('', Authorization => basic($code, '')), $who{code}, 'api_code: Basic');
is(who('', Authorization => basic($code, 'x')), 401,
   'api_code: with a password it is a login');

is(who('', Authorization => "Bearer $jwt"), $who{jwt}, 'JWT: Bearer');
is(who("access_token=$jwt"), $who{jwt}, 'JWT: access_token');

is(who('', Authorization => "Bearer $token"), $who{token}, 'OAuth2: Bearer');
is(who("access_token=$token"), $who{token}, 'OAuth2: access_token');

is(who('', Authorization => $login), $who{basic}, 'login: Basic');
is(who('', Authorization => basic('clerk', 'correct horse')), $who{basic},
   'login: of the default tenant');
is(who('', Cookie => $cookie), $who{session}, 'session: its cookie');
is(who('', Cookie => "a=b; $cookie; c=d"), $who{session},
   'session: among others');


# one in each place, two of them, and the same twice

my %show = (
    'api_code in the query'     => ["api_code=$code"],
    'api_code in a header'      => ['', 'X-Api-Code' => $code],
    'Bearer'                    => ['', Authorization => "Bearer $jwt"],
    'Basic'                     => ['', Authorization => $login],
    'access_token in the query' => ["access_token=$token"],
    'a session'                 => ['', Cookie => $cookie],
);
my @names = sort keys %show;

for my $i (0 .. $#names) {
    for my $j ($i + 1 .. $#names) {
        my ($a, $b) = @show{ @names[$i, $j] };
        my %headers = (@$a[1 .. $#$a], map { $_ } @$b[1 .. $#$b]);

        # the same header of both is two lines of it
        for my $name (keys %headers) {
            my @values = map { my %h = @$_[1 .. $#$_]; $h{$name} // () }
                         $a, $b;

            $headers{$name} = \@values if @values > 1;
        }

        my $query = join '&', grep { length } $a->[0], $b->[0];

        is(who($query, %headers), 400, "$names[$i] and $names[$j]");
    }
}

is(who("api_code=$code&api_code=$code"), 400, 'one twice in the query');
is(who('', 'X-Api-Code' => [$code, $code]), 400, 'one twice in headers');
is(who('', Authorization => ["Bearer $jwt", "Bearer $jwt"]), 400,
   'Authorization twice');
is(who('', Cookie => "$cookie; $cookie"), 400, 'the cookie twice');
is(who('', Cookie => [$cookie, $cookie]), 400, 'in two lines, too');


# malformed, or unknown: never anonymous

for my $case (
    ['nothing behind Bearer', 401, Authorization => 'Bearer '],
    ['Bearer alone', 401, Authorization => 'Bearer'],
    ['another scheme', 401, Authorization => 'Digest username="a"'],
    ['no scheme', 401, Authorization => $code],
    ['an empty header', 400, 'X-Api-Code' => ''],
    ['a space inside', 400, Authorization => "Bearer $code $code"],
    ['Basic that is not base64', 400, Authorization => 'Basic a:b'],
    ['Basic without a colon', 400,
     Authorization => 'Basic ' . encode_base64('clerk', '')],
    ['Basic of nobody', 400, Authorization => basic('', 'correct horse')],
    ['far too long', 400, Authorization => 'Bearer ' . 'a' x 4097],
    ['an unknown code', 401, 'X-Api-Code' => 'tndk' . 'a' x 32],
    ['a short code', 401, 'X-Api-Code' => 'a'],
    ['an unknown token', 401, Authorization => 'Bearer tnda_' . '0' x 96],
    ['half a token', 401, Authorization => 'Bearer ' . substr $token, 0, 50],
    ['a token with another end', 401,
     Authorization => 'Bearer ' . ($token =~ s/.$/g/r)],
    ['a refresh token', 401, Authorization => 'Bearer tndr_' . '0' x 96],
    ['an unknown cookie', 401, Cookie => 'tender_session=tnds' . '0' x 64],
    ['an empty cookie', 401, Cookie => 'tender_session='],
    ['a wrong password', 401,
     Authorization => basic('clerk', 'correct horsf')],
    ['an unknown user', 401,
     Authorization => basic('nobody', 'correct horse')],
    ['a JWT with another end', 401,
     Authorization => 'Bearer ' . ($jwt =~ s/(.)$/$1 eq 'A' ? 'B' : 'A'/er)],
) {
    my ($name, $status, %headers) = @$case;

    for my $place ('/all/', '/open/') {
        my $r = $c->get("$place$uri", \%headers);

        is($r->status, $status, "$place: $name");
        like($r->header('WWW-Authenticate') || '', qr/^Bearer realm="tender"/,
             'the challenge');
        like($r->body, qr/^\{"status":"error","errors":\[\{"location":"header"/,
             'in the shape of the dialect');
    }
}

# one text for all that is wrong with it

my %bodies = map { $_ => 1 } map { $c->get("/all/$uri", $_)->body }
    { 'X-Api-Code' => 'tndk' . 'a' x 32 },
    { Authorization => 'Bearer tnda_' . '0' x 96 },
    { Authorization => basic('clerk', 'wrong') },
    { Authorization => basic('nobody', 'wrong') },
    { Authorization => 'Bearer a.b.c' },
    { Cookie => 'tender_session=a' };

is(keys %bodies, 1, 'one text for all of them') or diag(explain(\%bodies));


# what a location takes, and what not

my %kinds = (
    code    => ["api_code=$code"],
    bearer  => ['', Authorization => "Bearer $jwt"],
    oauth2  => ['', Authorization => "Bearer $token"],
    basic   => ['', Authorization => $login],
    session => ['', Cookie => $cookie],
);

for my $place (sort keys %kinds) {
    for my $kind (sort keys %kinds) {
        my ($query, %headers) = @{ $kinds{$kind} };
        my $r    = $c->get("/$place/$uri?$query", \%headers);
        my $want = $place eq $kind ? 200 : 401;

        is($r->status, $want, "/$place/ and $kind");
    }

    is($c->get("/$place/$uri")->status, 401, "/$place/ and nobody");
}

is($c->get("/basic/$uri")->header('WWW-Authenticate'),
   'Basic realm="the city", charset="UTF-8"', 'the challenge of Basic');
is($c->get("/session/$uri")->header('WWW-Authenticate'),
   'Session realm="tender"', 'of sessions');
is($c->get("/all/$uri")->header('WWW-Authenticate'),
   'Bearer realm="tender", Basic realm="tender", charset="UTF-8"',
   'of more than one');

for my $kind (sort keys %kinds) {
    my ($query, %headers) = @{ $kinds{$kind} };
    my %want = (code => 200, bearer => 200, oauth2 => 200, basic => 401,
                session => 401);

    is($c->get("/default/$uri?$query", \%headers)->status, $want{$kind},
       "without tender_auth: $kind");
    is($c->get("/off/$uri?$query", \%headers)->status, 200,
       "tender_auth off: $kind is nothing");
}

is($c->get("/open/$uri")->status, 200, 'nobody may read here');
is($c->post("/open/$uri", { data => {} })->status, 401, 'but not write');


# answers to somebody are for nobody else

is($c->get("/all/$uri?api_code=$code")->header('Cache-Control'), 'no-store',
   'not to be kept');
is($c->get("/all/$uri", { Authorization => "Bearer $jwt" })
     ->header('Cache-Control'), 'no-store', 'with a header, too');


# no secret is in a log

# nginx itself repeats a header that came twice, before any module sees it

my $logs = $t->access_log
           . $t->kept_log =~ s/^.* client sent duplicate header line: .*$//mgr;

is_deeply([grep { index($logs, $_) >= 0 } $code, $jwt, $token,
           $cookie =~ s/.*=//r, 'correct horse', $login, $client->{secret}],
          [], 'no secret in the logs');
like($logs, qr/ - clerk \[/, 'a login is none');

$t->finish;
done_testing;
